// derived_test.cpp — what follows from USB descriptors.

#include <doctest/doctest.h>
#include <USBDriverKit/AppleUSBDescriptorParsing.h>
#include <USBDriverKit/IOUSBHostFamilyDefinitions.h>

namespace {

IOUSBEndpointDescriptor endpoint(uint8_t type, uint16_t packet, uint8_t interval) {
  return {7, kIOUSBDescriptorTypeEndpoint, 0x81, type, packet, interval};
}

constexpr uint32_t kFull = kIOUSBHostConnectionSpeedFull;
constexpr uint32_t kHigh = kIOUSBHostConnectionSpeedHigh;
constexpr uint32_t kSuper = kIOUSBHostConnectionSpeedSuper;

// A USB 2.0 extension that is a byte too short, a SuperSpeed capability, a whole USB 2.0 extension, a container id cut
// off.
constexpr uint8_t kBos[] = {5,  15, 31, 0, 4,                     //
                            6,  16, 2,  0, 0,  0,                 //
                            10, 16, 3,  0, 14, 0, 1, 10, 255, 7,  //
                            7,  16, 2,  6, 0,  0, 0,              //
                            20, 16, 4};

const IOUSBBOSDescriptor * bos() { return reinterpret_cast<const IOUSBBOSDescriptor *>(kBos); }

}  // namespace

TEST_CASE("an interval is a power of two of microframes, but frames for slow interrupt endpoints") {
  auto interrupt = endpoint(kIOUSBEndpointTypeInterrupt, 8, 10);
  CHECK(IOUSBGetEndpointIntervalFrames(kFull, &interrupt) == 10);
  CHECK(IOUSBGetEndpointIntervalMicroframes(kFull, &interrupt) == 80);
  CHECK(IOUSBGetEndpointIntervalEncodedMicroframes(kFull, &interrupt) == 7);
  CHECK(IOUSBGetEndpointIntervalMicroframes(kHigh, &interrupt) == 512);
  CHECK(IOUSBGetEndpointIntervalEncodedMicroframes(kHigh, &interrupt) == 10);
  CHECK(IOUSBGetEndpointIntervalFrames(kHigh, &interrupt) == 64);
  auto isochronous = endpoint(kIOUSBEndpointTypeIsochronous, 8, 1);
  CHECK(IOUSBGetEndpointIntervalFrames(kFull, &isochronous) == 1);
  CHECK(IOUSBGetEndpointIntervalFrames(kHigh, &isochronous) == 0);
  auto hostile = endpoint(kIOUSBEndpointTypeIsochronous, 8, 255);
  CHECK(IOUSBGetEndpointIntervalMicroframes(kHigh, &hostile) == 1u << 15);
  auto bulk = endpoint(kIOUSBEndpointTypeBulk, 512, 1);
  CHECK(IOUSBGetEndpointIntervalMicroframes(kHigh, &bulk) == 0);
}

TEST_CASE("a burst counts packets as its speed and type have them") {
  auto isochronous = endpoint(kIOUSBEndpointTypeIsochronous, 0x1400, 1);  // three of 1024 bytes
  auto bulk = endpoint(kIOUSBEndpointTypeBulk, 1024, 0);
  IOUSBSuperSpeedEndpointCompanionDescriptor companion{6, 48, 3, 0x02, 0};
  IOUSBSuperSpeedPlusIsochronousEndpointCompanionDescriptor plus{8, 49, 0, 96000};
  CHECK(IOUSBGetEndpointBurstSize(kHigh, &isochronous, nullptr, nullptr) == 3072);
  CHECK(IOUSBGetEndpointBurstSize(kFull, &isochronous, nullptr, nullptr) == 1024);
  CHECK(IOUSBGetEndpointBurstSize(kSuper, &bulk, &companion, nullptr) == 4096);
  CHECK(IOUSBGetEndpointBurstSize(kSuper, &isochronous, &companion, nullptr) == 1024 * 4 * 3);
  CHECK(IOUSBGetEndpointBurstSize(kSuper, &isochronous, &companion, &plus) == 96000);
  CHECK(IOUSBGetEndpointMaxStreams(kSuper, &bulk, &companion) == 4);
  CHECK(IOUSBGetEndpointMaxStreams(kHigh, &bulk, &companion) == 0);
}

TEST_CASE("power is counted in the units of the speed") {
  IOUSBConfigurationDescriptor configuration{9, 2, 9, 1, 1, 0, 0x80, 112};
  CHECK(IOUSBGetConfigurationMaxPowerMilliAmps(kHigh, &configuration) == 224);
  CHECK(IOUSBGetConfigurationMaxPowerMilliAmps(kSuper, &configuration) == 896);
}

TEST_CASE("capabilities are found whole or not at all") {
  auto * extension = IOUSBGetUSB20ExtensionDeviceCapabilityDescriptor(bos());
  REQUIRE(extension);
  CHECK(uint32_t{extension->bmAttributes} == 6);  // copied: as it lies, it need not be aligned
  auto * super = IOUSBGetSuperSpeedDeviceCapabilityDescriptor(bos());
  REQUIRE(super);
  CHECK(uint16_t{super->wU2DevExitLat} == 0x7ff);
  CHECK(IOUSBGetContainerIDDescriptor(bos()) == nullptr);
  CHECK(IOUSBGetPlatformCapabilityDescriptor(bos()) == nullptr);
  CHECK(IOUSBGetNextCapabilityDescriptor(nullptr, nullptr) == nullptr);
}

TEST_CASE("errors are put together as they are taken apart") {
  CHECK(iokit_family_err(sub_iokit_usb, 0x1000) == kUSBHostReturnPipeStalled);
  CHECK(err_get_sub(iokit_vendor_specific_err(5)) == 0xffe);
  CHECK(err_get_code(iokit_vendor_specific_err(5)) == 5);
}
