// packet_older_names.cpp — the first names of IOUserNetworkPacket's methods; each calls the newer one.

#include <NetworkingDriverKit/IOUserNetworkPacket.h>

kern_return_t IOUserNetworkPacket::SetDataLength(uint32_t length) { return setDataLength(length); }

kern_return_t IOUserNetworkPacket::GetDataLength(uint32_t * length) const {
  *length = getDataLength();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::SetDataOffset(uint16_t offset) { return setDataOffset(offset); }

kern_return_t IOUserNetworkPacket::GetDataOffset(uint16_t * offset) const {
  *offset = getDataOffset();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::SetLinkHeaderLength(uint8_t length) { return setLinkHeaderLength(length); }

kern_return_t IOUserNetworkPacket::GetLinkHeaderLength(uint8_t * length) const {
  *length = getLinkHeaderLength();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::GetMemorySegmentOffset(uint64_t * offset) const {
  *offset = getMemorySegmentOffset();
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::GetPacketBufferPool(IOUserNetworkPacketBufferPool ** pool) const {
  *pool = getPacketBufferPool();
  return kIOReturnSuccess;
}
