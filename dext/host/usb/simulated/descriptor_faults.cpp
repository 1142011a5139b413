#include "host/usb/simulated/descriptor_faults.h"

#include "host/usb/chapter9.h"
#include "host/usb/simulated/wire.h"

namespace multiport::host::simulated {

namespace {

// Where the last class-specific descriptor of a well-formed configuration starts.
size_t lastClassDescriptor(const std::vector<uint8_t> & configuration) {
  size_t last = 0;
  for (size_t at = 0; at < configuration.size(); at += configuration[at])
    if (configuration[at + 1] == usb::kClassSpecificInterface) last = at;
  return last;
}

}  // namespace

void damageConfiguration(std::vector<uint8_t> & configuration, DescriptorFault fault) {
  auto total = static_cast<uint32_t>(configuration.size());
  switch (fault) {
    case DescriptorFault::ZeroLength:
      configuration[lastClassDescriptor(configuration)] = 0;
      break;
    case DescriptorFault::LongClassDescriptor:
      configuration[lastClassDescriptor(configuration)] = 255;
      break;
    case DescriptorFault::TotalLengthTooLong:
      put16(configuration, 2, total + 64);
      break;
    case DescriptorFault::TotalLengthTooShort:
      put16(configuration, 2, total - 9);
      break;
    case DescriptorFault::TooManyInterfaces:
      configuration[4] = 32;
      break;
    case DescriptorFault::NoInterfaces:
      configuration[4] = 0;
      break;
    case DescriptorFault::HeaderOnly:
      put16(configuration, 2, configuration[0]);
      break;
    case DescriptorFault::WrongType:
      configuration[1] = usb::kString;
      break;
    case DescriptorFault::NoConfiguration:
      configuration.clear();
      break;
    case DescriptorFault::None:
    case DescriptorFault::NoAssociation:
    case DescriptorFault::NoUnion:
    case DescriptorFault::NoEthernet:
    case DescriptorFault::NoNcm:
    case DescriptorFault::NoNotificationPipe:
    case DescriptorFault::NoBulkOut:
    case DescriptorFault::ZeroPacketSize:
    case DescriptorFault::SameEndpoints:
    case DescriptorFault::UnionNamesNobody:
    case DescriptorFault::SegmentSizeZero:
    case DescriptorFault::ShortClass:
    case DescriptorFault::SwappedUnion:
    case DescriptorFault::ShortDevice:
    case DescriptorFault::NoStrings:
    case DescriptorFault::ShortStrings:
      break;
  }
}

}  // namespace multiport::host::simulated
