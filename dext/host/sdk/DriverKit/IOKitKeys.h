// IOKitKeys.h — names of planes and of properties that matching and power management know. Values: xnu,
// iokit/IOKit/IOKitKeys.h.
#pragma once

#define kIOServicePlane "IOService"
#define kIOPowerPlane "IOPower"
#define kIODeviceTreePlane "IODeviceTree"
#define kIOUSBPlane "IOUSB"

#define kIOServiceClass "IOService"
#define kIOClassKey "IOClass"
#define kIOProviderClassKey "IOProviderClass"
#define kIONameMatchKey "IONameMatch"
#define kIOPropertyMatchKey "IOPropertyMatch"
#define kIOPropertyExistsMatchKey "IOPropertyExistsMatch"
#define kIOMatchCategoryKey "IOMatchCategory"
#define kIOProbeScoreKey "IOProbeScore"
#define kIOUserClassKey "IOUserClass"
#define kIOUserServerNameKey "IOUserServerName"
#define kIOUserServerOneProcessKey "IOUserServerOneProcess"
#define kIOUserServicePropertiesKey "IOUserServiceProperties"
#define kIOUserClientClassKey "IOUserClientClass"
#define kIOServiceDEXTEntitlementsKey "IOServiceDEXTEntitlements"
#define kIOBSDNameKey "BSD Name"
