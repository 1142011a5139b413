#include "host/usb/simulated/descriptors.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "host/usb/chapter9.h"
#include "host/usb/simulated/descriptor_faults.h"
#include "host/usb/simulated/port_strings.h"
#include "host/usb/simulated/wire.h"

// USB 2.0 and 3.2, chapter 9; CDC 1.2, section 5.2; ECM 1.2, section 5.4; NCM 1.0, section 5.
//
//   configuration
//     per port: interface association
//       control interface 02/0d/00 (ECM: 02/06/00): header, union, Ethernet, NCM (ECM: not); interrupt IN
//       data interface 0a/00/01 (ECM: 0a/00/00), alternate setting 0: nothing
//                                                alternate setting 1: bulk IN, bulk OUT

namespace multiport::host::simulated {

namespace {

// bmEthernetStatistics: selectors 1 to 5 and 0x19, each at bit selector - 1.
constexpr uint32_t kStatistics = 0x0100001f;

bool isSuper(UsbSpeed speed) { return speed >= UsbSpeed::Super; }

struct EndpointShape {
  uint8_t address;
  uint8_t attributes;  // 2 bulk, 3 interrupt
  uint16_t packetSize;
  uint8_t interval;
};

void putEndpoint(ByteWriter & out, const EndpointShape & shape, UsbSpeed speed) {
  bool isInterrupt = shape.attributes == 3;
  out.u8(7).u8(usb::kEndpoint).u8(shape.address).u8(shape.attributes).u16(shape.packetSize).u8(shape.interval);
  if (!isSuper(speed)) return;
  out.u8(6).u8(usb::kEndpointCompanion).u8(isInterrupt ? 0 : 15).u8(0).u16(isInterrupt ? kNotificationPacket : 0);
}

struct InterfaceShape {
  uint8_t number, alternate, endpoints, subclass, protocol, string;
};

void putInterface(ByteWriter & out, uint8_t interfaceClass, const InterfaceShape & shape) {
  out.u8(9).u8(usb::kInterface).u8(shape.number).u8(shape.alternate).u8(shape.endpoints).u8(interfaceClass);
  out.u8(shape.subclass).u8(shape.protocol).u8(shape.string);
}

void putClassDescriptors(ByteWriter & out, const AdapterModel & model, unsigned port) {
  auto at = addressesOf(port);
  auto has = [&](DescriptorFault fault) { return model.has(fault, port); };
  bool isNcm = model.kindOf(port) == FunctionKind::Ncm;
  if (has(DescriptorFault::ShortClass)) {
    for (uint8_t subtype : {0x00, 0x06, 0x0f, 0x1a})
      if (isNcm || subtype != 0x1a) out.u8(4).u8(usb::kClassSpecificInterface).u8(subtype).u8(at.controlInterface);
    return;
  }
  out.u8(5).u8(usb::kClassSpecificInterface).u8(0x00).u16(0x0120);
  if (!has(DescriptorFault::NoUnion)) {
    uint8_t control = at.controlInterface;
    uint8_t subordinate = has(DescriptorFault::UnionNamesNobody) ? 0x77 : at.dataInterface;
    if (has(DescriptorFault::SwappedUnion)) std::swap(control, subordinate);
    out.u8(5).u8(usb::kClassSpecificInterface).u8(0x06).u8(control).u8(subordinate);
  }
  if (!has(DescriptorFault::NoEthernet)) {
    uint16_t segment = has(DescriptorFault::SegmentSizeZero) ? 0 : model.segmentSize;
    uint8_t macString = macStringOf(port);
    if (model.has(MacFault::Missing, port)) macString = 0;
    if (model.has(MacFault::Nowhere, port)) macString = 0xee;
    out.u8(13).u8(usb::kClassSpecificInterface).u8(0x0f).u8(macString).u32(kStatistics);
    out.u16(segment).u16(model.multicastFilters).u8(0);
  }
  if (isNcm && !has(DescriptorFault::NoNcm))
    out.u8(6).u8(usb::kClassSpecificInterface).u8(0x1a).u16(0x0100).u8(kNcmCapabilities);
}

void putFunction(ByteWriter & out, const AdapterModel & model, unsigned port, UsbSpeed speed) {
  auto has = [&](DescriptorFault fault) { return model.has(fault, port); };
  auto at = addressesOf(port);
  auto pipes = addressesOf(has(DescriptorFault::SameEndpoints) ? 1 : port);
  bool isNcm = model.kindOf(port) == FunctionKind::Ncm;
  uint8_t subclass = isNcm ? 0x0d : 0x06, dataProtocol = isNcm;
  uint16_t bulkSize = has(DescriptorFault::ZeroPacketSize) ? 0 : bulkPacketSize(speed);
  if (!has(DescriptorFault::NoAssociation))
    out.u8(8)
        .u8(usb::kInterfaceAssociation)
        .u8(at.controlInterface)
        .u8(2)
        .u8(2)
        .u8(subclass)
        .u8(0)
        .u8(labelStringOf(port));
  bool notifies = !has(DescriptorFault::NoNotificationPipe);
  putInterface(out, 0x02, {at.controlInterface, 0, notifies, subclass, 0, labelStringOf(port)});
  putClassDescriptors(out, model, port);
  uint8_t interval = speed == UsbSpeed::Full ? 32 : 9;  // 32 ms: frames at full speed, 2^(n-1) microframes above
  if (notifies) putEndpoint(out, {pipes.notificationIn, 3, kNotificationPacket, interval}, speed);
  bool sends = !has(DescriptorFault::NoBulkOut);
  putInterface(out, 0x0a, {at.dataInterface, 0, 0, 0, dataProtocol, 0});
  putInterface(out, 0x0a, {at.dataInterface, 1, static_cast<uint8_t>(sends ? 2 : 1), 0, dataProtocol, 0});
  putEndpoint(out, {pipes.bulkIn, 2, bulkSize, 0}, speed);
  if (sends) putEndpoint(out, {pipes.bulkOut, 2, bulkSize, 0}, speed);
}

std::vector<uint8_t> configuration(const AdapterModel & model, UsbSpeed speed, uint8_t type) {
  ByteWriter out;
  uint8_t power = isSuper(speed) ? 112 : 250;  // 896 mA in units of 8, 500 mA in units of 2
  out.u8(9).u8(type).u16(0).u8(2 * model.ports).u8(kConfigurationValue).u8(0).u8(0x80).u8(power);
  for (unsigned port = 1; port <= model.ports; port++) putFunction(out, model, port, speed);
  auto bytes = out.take();
  put16(bytes, 2, static_cast<uint32_t>(bytes.size()));
  return bytes;
}

std::vector<uint8_t> device(const AdapterModel & model) {
  ByteWriter out;
  bool super = isSuper(model.speed);
  out.u8(18).u8(usb::kDevice).u16(super ? 0x0320 : 0x0210).u8(0xef).u8(0x02).u8(0x01).u8(super ? 9 : 64);
  out.u16(model.vendor).u16(model.product).u16(model.release);
  out.u8(kManufacturerString).u8(kProductString).u8(kSerialString).u8(1);
  return out.take();
}

std::vector<uint8_t> qualifier() {
  ByteWriter out;
  out.u8(10).u8(usb::kDeviceQualifier).u16(0x0210).u8(0xef).u8(0x02).u8(0x01).u8(64).u8(1).u8(0);
  return out.take();
}

// The container id joins what belongs to one device; any sixteen bytes that only it has will do.
void putContainer(ByteWriter & out, const AdapterModel & model) {
  out.u8(20).u8(usb::kCapability).u8(0x04).u8(0);
  auto mac = macOf(model, 1);
  for (unsigned i = 0; i < 16; i++) out.u8(i < 6 ? mac[i] : 0x40 + i);
}

std::vector<uint8_t> binaryObjectStore(const AdapterModel & model) {
  ByteWriter out;
  bool super = isSuper(model.speed), plus = model.speed == UsbSpeed::SuperPlus;
  out.u8(5).u8(usb::kBos).u16(0).u8(2 + super + plus);
  out.u8(7).u8(usb::kCapability).u8(0x02).u32(0x00000002);  // USB 2.0 extension: LPM
  if (super) out.u8(10).u8(usb::kCapability).u8(0x03).u8(0).u16(0x000e).u8(1).u8(10).u16(100);
  putContainer(out, model);
  if (plus)  // one sublink speed pair: 10 Gbit/s, symmetric, SuperSpeedPlus
    out.u8(20).u8(usb::kCapability).u8(0x0a).u8(0).u32(1).u16(0x1100).u16(0).u32(0x000a4030).u32(0x000a40b0);
  auto bytes = out.take();
  put16(bytes, 2, static_cast<uint32_t>(bytes.size()));
  return bytes;
}

}  // namespace

uint16_t bulkPacketSize(UsbSpeed speed) {
  if (isSuper(speed)) return 1024;
  return speed == UsbSpeed::High ? 512 : 64;
}

Descriptors describeAdapter(const AdapterModel & model) {
  Descriptors all{.device = device(model),
                  .configuration = configuration(model, model.speed, usb::kConfiguration),
                  .bos = binaryObjectStore(model),
                  .qualifier = {},
                  .otherSpeed = {},
                  .strings = stringsOf(model)};
  if (model.speed == UsbSpeed::High) {
    all.qualifier = qualifier();
    all.otherSpeed = configuration(model, UsbSpeed::Full, usb::kOtherSpeed);
  }
  damageConfiguration(all.configuration, model.descriptorFault);
  if (model.descriptorFault == DescriptorFault::ShortDevice) all.device.resize(8);
  if (model.descriptorFault == DescriptorFault::NoStrings) all.strings.clear();
  if (model.descriptorFault == DescriptorFault::ShortStrings)
    for (auto & string : all.strings) string.resize(std::min<size_t>(string.size(), 6));
  return all;
}

}  // namespace multiport::host::simulated
