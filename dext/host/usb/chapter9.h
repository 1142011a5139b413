// chapter9.h — the numbers of USB 2.0 and 3.2, chapter 9, that more than one file needs.
#pragma once

#include <cstdint>

namespace multiport::host::usb {

// bRequest, table 9-4 (from kSetSel on: USB 3.2)
constexpr uint8_t kGetStatus = 0;
constexpr uint8_t kClearFeature = 1;
constexpr uint8_t kSetFeature = 3;
constexpr uint8_t kSetAddress = 5;
constexpr uint8_t kGetDescriptor = 6;
constexpr uint8_t kGetConfiguration = 8;
constexpr uint8_t kSetConfiguration = 9;
constexpr uint8_t kGetInterface = 10;
constexpr uint8_t kSetInterface = 11;
constexpr uint8_t kSetSel = 48;
constexpr uint8_t kSetIsochronousDelay = 49;

// bmRequestType without its direction bit: type in bits 6:5, recipient in bits 4:0
constexpr uint8_t kIn = 0x80;
constexpr uint8_t kStandardDevice = 0x00;
constexpr uint8_t kStandardInterface = 0x01;
constexpr uint8_t kStandardEndpoint = 0x02;
constexpr uint8_t kClassInterface = 0x21;

// bDescriptorType, table 9-5
constexpr uint8_t kDevice = 1;
constexpr uint8_t kConfiguration = 2;
constexpr uint8_t kString = 3;
constexpr uint8_t kInterface = 4;
constexpr uint8_t kEndpoint = 5;
constexpr uint8_t kDeviceQualifier = 6;
constexpr uint8_t kOtherSpeed = 7;
constexpr uint8_t kInterfaceAssociation = 11;
constexpr uint8_t kBos = 15;
constexpr uint8_t kCapability = 16;
constexpr uint8_t kClassSpecificInterface = 0x24;
constexpr uint8_t kEndpointCompanion = 0x30;

// wValue of SET_FEATURE and CLEAR_FEATURE, table 9-6
constexpr uint16_t kEndpointHalt = 0;
constexpr uint16_t kRemoteWakeup = 1;
constexpr uint16_t kFunctionSuspend = 0;
constexpr uint16_t kU1Enable = 48;
constexpr uint16_t kU2Enable = 49;
constexpr uint16_t kLtmEnable = 50;

}  // namespace multiport::host::usb
