// USBDriverKitDefs.h — what the USB family has in DriverKit only. As with Apple's, only USBDriverKit.h includes it,
// behind what it needs.
#pragma once

enum IOUSBAbortOptions {
  kIOUSBAbortAsynchronous = 0,
  kIOUSBAbortSynchronous = 1,
};

// Frees what a Copy… method returned. Implemented by the host's runtime.
void IOUSBHostFreeDescriptor(const IOUSBDeviceDescriptor * descriptor);
void IOUSBHostFreeDescriptor(const IOUSBConfigurationDescriptor * descriptor);
void IOUSBHostFreeDescriptor(const IOUSBBOSDescriptor * descriptor);
void IOUSBHostFreeDescriptor(const IOUSBStringDescriptor * descriptor);
