// packet.cpp — IOUserNetworkPacket: a frame's place in its buffer.

#include <string>

#include "host/runtime/network/packet_pool.h"
#include "host/runtime/rules.h"

using namespace multiport::runtime;

namespace {

constexpr uint32_t kLinkBroadcast = 1u << 0;
constexpr uint32_t kLinkMulticast = 1u << 1;

// The values of a packet that the dext has now.
IOUserNetworkPacket_IVars & mine(const IOUserNetworkPacket * packet, const char * method) {
  auto & values = *packet->ivars;
  bool isMine = values.owner == PacketOwner::Transmitting || values.owner == PacketOwner::Receiving;
  if (!isMine) breakRule(rule::kPacketOwner, std::string(method) + " of packet " + std::to_string(values.index));
  return values;
}

}  // namespace

bool IOUserNetworkPacket::init() { return super::init(); }

void IOUserNetworkPacket::free() {
  delete ivars;
  super::free();
}

uint64_t IOUserNetworkPacket::getDataVirtualAddress() const {
  auto & values = mine(this, "getDataVirtualAddress");
  if (!values.buffer) breakRule(rule::kMapToDext, "getDataVirtualAddress of packet " + std::to_string(values.index));
  return reinterpret_cast<uint64_t>(values.buffer);
}

uint64_t IOUserNetworkPacket::getDataIOVirtualAddress() const { return ivars->segmentOffset; }

uint64_t IOUserNetworkPacket::getMemorySegmentOffset() const { return ivars->segmentOffset; }

IOUserNetworkPacketBufferPool * IOUserNetworkPacket::getPacketBufferPool() const { return ivars->pool; }

kern_return_t IOUserNetworkPacket::setDataOffsetAndLength(uint16_t offset, uint32_t length) {
  auto & values = mine(this, "setDataOffsetAndLength");
  if (offset > values.bufferSize || length > values.bufferSize - offset) return kIOReturnBadArgument;
  values.state->dataOffset = offset;
  values.state->dataLength = length;
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::setDataLength(uint32_t length) {
  return setDataOffsetAndLength(getDataOffset(), length);
}

uint32_t IOUserNetworkPacket::getDataLength() const { return mine(this, "getDataLength").state->dataLength; }

kern_return_t IOUserNetworkPacket::setDataOffset(uint16_t offset) {
  return setDataOffsetAndLength(offset, getDataLength());
}

uint16_t IOUserNetworkPacket::getDataOffset() const { return mine(this, "getDataOffset").state->dataOffset; }

IOReturn IOUserNetworkPacket::setDataOff(uint16_t offset) { return setDataOffset(offset); }

uint16_t IOUserNetworkPacket::getDataOff() const { return getDataOffset(); }

IOReturn IOUserNetworkPacket::setDataOffAndLen(uint16_t offset, uint32_t length) {
  return setDataOffsetAndLength(offset, length);
}

IOReturn IOUserNetworkPacket::setLinkHeaderLength(uint8_t length) {
  mine(this, "setLinkHeaderLength").state->linkHeaderLength = length;
  return kIOReturnSuccess;
}

uint8_t IOUserNetworkPacket::getLinkHeaderLength() const {
  return mine(this, "getLinkHeaderLength").state->linkHeaderLength;
}

IOReturn IOUserNetworkPacket::prepareWithQueue(IOUserNetworkPacketQueue * queue,
                                               IOUserNetworkPacketDirection direction) {
  auto & values = mine(this, "prepareWithQueue");
  if (!queue || direction == kIOUserNetworkPacketDirectionNone) return kIOReturnBadArgument;
  values.state->direction = static_cast<uint8_t>(direction);
  values.isPrepared = true;
  return kIOReturnSuccess;
}

// Nothing on the host asks how a transmission ended.
void IOUserNetworkPacket::setCompletionStatus(IOReturn) { mine(this, "setCompletionStatus"); }

IOReturn IOUserNetworkPacket::setRxChecksumInfo(IOUserNetworkPacketRxChecksumFlags flags, uint16_t value) {
  mine(this, "setRxChecksumInfo").state->checksum = flags << 16 | value;
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacket::getRxChecksumInfo(IOUserNetworkPacketRxChecksumFlags * flags, uint16_t * value) const {
  uint32_t checksum = mine(this, "getRxChecksumInfo").state->checksum;
  *flags = checksum >> 16;
  *value = static_cast<uint16_t>(checksum);
  return kIOReturnSuccess;
}

// The OS side of the host makes every checksum itself and cuts every frame.
IOReturn IOUserNetworkPacket::getTxChecksumInfo(IOUserNetworkPacketTxChecksumFlags * flags, uint16_t * start,
                                                uint16_t * stuff) const {
  *flags = 0;
  *start = *stuff = 0;
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacket::getTSOInfo(uint16_t * segsz, IOUserNetworkPacketTSOFlags * flags) const {
  *segsz = 0;
  *flags = 0;
  return kIOReturnSuccess;
}

IOUserNetworkPacketServiceClass IOUserNetworkPacket::getServiceClass() const {
  return kIOUserNetworkPacketServiceClassBE;
}

bool IOUserNetworkPacket::isLinkBroadcast() const {
  return (mine(this, "isLinkBroadcast").state->flags & kLinkBroadcast) != 0;
}

bool IOUserNetworkPacket::isLinkMulticast() const {
  return (mine(this, "isLinkMulticast").state->flags & kLinkMulticast) != 0;
}

namespace {

void setFlag(IOUserNetworkPacket_IVars & values, uint32_t flag, bool isSet) {
  values.state->flags = isSet ? values.state->flags | flag : values.state->flags & ~flag;
}

}  // namespace

IOReturn IOUserNetworkPacket::setIsLinkBroadcast(bool isBroadcast) {
  setFlag(mine(this, "setIsLinkBroadcast"), kLinkBroadcast, isBroadcast);
  return kIOReturnSuccess;
}

IOReturn IOUserNetworkPacket::setIsLinkMulticast(bool isMulticast) {
  setFlag(mine(this, "setIsLinkMulticast"), kLinkMulticast, isMulticast);
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::SetHeadroom(uint8_t headroom) {
  mine(this, "SetHeadroom").headroom = headroom;
  return kIOReturnSuccess;
}

kern_return_t IOUserNetworkPacket::GetHeadroom(uint8_t * headroom) const {
  *headroom = ivars->headroom;
  return kIOReturnSuccess;
}

// Nothing on the host sleeps, stamps times or tags in hardware.
void IOUserNetworkPacket::setWakeFlag() {}

IOReturn IOUserNetworkPacket::setTimestamp(uint64_t) { return kIOReturnSuccess; }

IOReturn IOUserNetworkPacket::getTimestamp(uint64_t *) const { return kIOReturnUnsupported; }

IOReturn IOUserNetworkPacket::getVlanTag(uint16_t *) const { return kIOReturnUnsupported; }

IOReturn IOUserNetworkPacket::setVlanTag(uint16_t) { return kIOReturnUnsupported; }
