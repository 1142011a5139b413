#include "port/attachment.h"

#include <DriverKit/IOLib.h>

namespace multiport {

kern_return_t Attachment::attach(PortNub * nub, OSAction * onSignal) {
  nub_ = nub;
  IOMemoryDescriptor * portMemory = nullptr;
  IOMemoryDescriptor * receiveMemory = nullptr;
  kern_return_t result = nub->Attach(onSignal, &signalController_, &portMemory, &receiveMemory);
  if (result != kIOReturnSuccess) return result;
  result = map(portMemory, 0, &portMap_);
  if (result == kIOReturnSuccess) result = map(receiveMemory, kIOMemoryMapReadOnly, &receiveMap_);
  OSSafeReleaseNULL(portMemory);  // the maps hold what they need
  OSSafeReleaseNULL(receiveMemory);
  if (result != kIOReturnSuccess) return result;
  MutableBytes portBytes{reinterpret_cast<uint8_t *>(portMap_->GetAddress()), portMap_->GetLength()};
  Bytes receiveBytes{reinterpret_cast<const uint8_t *>(receiveMap_->GetAddress()), receiveMap_->GetLength()};
  if (!Port::understands(portBytes, receiveBytes)) return kIOReturnUnsupported;  // another version of the driver
  port_.emplace(portBytes, receiveBytes);
  return kIOReturnSuccess;
}

void Attachment::detach() {
  port_.reset();
  if (nub_) nub_->Detach();
  nub_ = nullptr;
  OSSafeReleaseNULL(portMap_);
  OSSafeReleaseNULL(receiveMap_);
  OSSafeReleaseNULL(signalController_);
}

kern_return_t Attachment::map(IOMemoryDescriptor * memory, uint64_t options, IOMemoryMap ** map) {
  return memory ? memory->CreateMapping(options, 0, 0, 0, 0, map) : kIOReturnBadArgument;
}

}  // namespace multiport
