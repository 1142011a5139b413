// IOUSBHostFamilyDefinitions.h — results, options and property names of the USB family.
#pragma once

#include <DriverKit/IOReturn.h>
#include <DriverKit/IOTypes.h>

// Values: IOKit/usb/IOUSBHostFamilyDefinitions.h
#define kUSBHostReturnPipeStalled iokit_usb_err(0x1000)
#define kUSBHostReturnNoPower iokit_usb_err(0x1001)

typedef enum tIOUSBHostConnectionSpeed {
  kIOUSBHostConnectionSpeedNone = 0,
  kIOUSBHostConnectionSpeedFull = 1,
  kIOUSBHostConnectionSpeedLow = 2,
  kIOUSBHostConnectionSpeedHigh = 3,
  kIOUSBHostConnectionSpeedSuper = 4,
  kIOUSBHostConnectionSpeedSuperPlus = 5,
  kIOUSBHostConnectionSpeedSuperPlusBy2 = 6,
} tIOUSBHostConnectionSpeed;

// What GetPortStatus says.
enum tIOUSBHostPortStatus {
  kIOUSBHostPortStatusConnectedSpeedPhase = 8,
  kIOUSBHostPortStatusConnectedSpeedMask = 0x00000700,
  kIOUSBHostPortStatusConnectedSpeedNone = 0x000,
  kIOUSBHostPortStatusConnectedSpeedFull = 0x100,
  kIOUSBHostPortStatusConnectedSpeedLow = 0x200,
  kIOUSBHostPortStatusConnectedSpeedHigh = 0x300,
  kIOUSBHostPortStatusConnectedSpeedSuper = 0x400,
  kIOUSBHostPortStatusConnectedSpeedSuperPlus = 0x500,
  kIOUSBHostPortStatusConnectedSpeedSuperPlusBy2 = 0x600,
  kIOUSBHostPortStatusResetting = 1u << 11,
  kIOUSBHostPortStatusEnabled = 1u << 12,
  kIOUSBHostPortStatusSuspended = 1u << 13,
  kIOUSBHostPortStatusOvercurrent = 1u << 14,
};
typedef enum tIOUSBHostPortStatus tIOUSBHostPortStatus;

#define kUSBHostMatchingPropertyVendorID "idVendor"
#define kUSBHostMatchingPropertyProductID "idProduct"
#define kUSBHostMatchingPropertyProductIDMask "idProductMask"
#define kUSBHostMatchingPropertyProductIDArray "idProductArray"
#define kUSBHostMatchingPropertyDeviceClass "bDeviceClass"
#define kUSBHostMatchingPropertyDeviceSubClass "bDeviceSubClass"
#define kUSBHostMatchingPropertyDeviceProtocol "bDeviceProtocol"
#define kUSBHostMatchingPropertyDeviceReleaseNumber "bcdDevice"
#define kUSBHostMatchingPropertyConfigurationValue "bConfigurationValue"
#define kUSBHostMatchingPropertyInterfaceClass "bInterfaceClass"
#define kUSBHostMatchingPropertyInterfaceSubClass "bInterfaceSubClass"
#define kUSBHostMatchingPropertyInterfaceProtocol "bInterfaceProtocol"
#define kUSBHostMatchingPropertyInterfaceNumber "bInterfaceNumber"
#define kUSBHostMatchingPropertySpeed "USBSpeed"

#define kIOUSBHostDeviceClassName "IOUSBHostDevice"
#define kIOUSBHostInterfaceClassName "IOUSBHostInterface"

#define kUSBHostPropertyLocationID "locationID"
#define kUSBHostDevicePropertyVendorString "kUSBVendorString"
#define kUSBHostDevicePropertyProductString "kUSBProductString"
#define kUSBHostDevicePropertySerialNumberString "kUSBSerialNumberString"
#define kUSBHostDevicePropertyPreferredConfiguration "kUSBPreferredConfiguration"
#define kUSBHostDevicePropertyCurrentConfiguration "kUSBCurrentConfiguration"
#define kUSBHostDevicePropertyEnableLPM "kUSBHostDeviceEnableLPM"
#define kUSBHostDevicePropertyDisablePortLPM "kUSBHostDeviceDisablePortLPM"
