// AppleUSBDefinitions.h — what the USB specifications define: descriptors, requests, their numbers.
//
// Structures are packed and have the names of the specifications' fields; their multi-byte fields are little-endian.
#pragma once

#include <stdint.h>

#define USBToHost16(value) ((uint16_t)(value))
#define USBToHost32(value) ((uint32_t)(value))
#define USBToHost64(value) ((uint64_t)(value))
#define HostToUSB16(value) ((uint16_t)(value))
#define HostToUSB32(value) ((uint32_t)(value))
#define HostToUSB64(value) ((uint64_t)(value))

// USB 3.2, table 9-6; USB 2.0, table 9-5
enum tIOUSBDescriptorType {
  kIOUSBDescriptorTypeDevice = 1,
  kIOUSBDescriptorTypeConfiguration = 2,
  kIOUSBDescriptorTypeString = 3,
  kIOUSBDescriptorTypeInterface = 4,
  kIOUSBDescriptorTypeEndpoint = 5,
  kIOUSBDescriptorTypeDeviceQualifier = 6,
  kIOUSBDescriptorTypeOtherSpeedConfiguration = 7,
  kIOUSBDescriptorTypeInterfacePower = 8,
  kIOUSBDescriptorTypeOTG = 9,
  kIOUSBDescriptorTypeDebug = 10,
  kIOUSBDescriptorTypeInterfaceAssociation = 11,
  kIOUSBDescriptorTypeBOS = 15,
  kIOUSBDescriptorTypeDeviceCapability = 16,
  kIOUSBDescriptorTypeHub = 41,
  kIOUSBDescriptorTypeSuperSpeedHub = 42,
  kIOUSBDescriptorTypeSuperSpeedUSBEndpointCompanion = 48,
  kIOUSBDescriptorTypeSuperSpeedPlusIsochronousEndpointCompanion = 49,
};
typedef enum tIOUSBDescriptorType tIOUSBDescriptorType;

enum tIOUSBDescriptorSize {
  kIOUSBDescriptorSizeDevice = 18,
  kIOUSBDescriptorSizeConfiguration = 9,
  kIOUSBDescriptorSizeInterface = 9,
  kIOUSBDescriptorSizeEndpoint = 7,
  kIOUSBDescriptorSizeStringMinimum = 2,
  kIOUSBDescriptorSizeStringMaximum = 255,
  kIOUSBDescriptorSizeDeviceQualifier = 10,
  kIOUSBDescriptorSizeInterfaceAssociation = 8,
  kIOUSBDescriptorSizeBOS = 5,
  kIOUSBDescriptorSizeDeviceCapability = 3,
  kIOUSBDescriptorSizeSuperSpeedUSBEndpointCompanion = 6,
  kIOUSBDescriptorSizeSuperSpeedPlusIsochronousEndpointCompanion = 8,
};

#pragma pack(push, 1)

struct IOUSBDescriptorHeader {
  uint8_t bLength;
  uint8_t bDescriptorType;
};
typedef struct IOUSBDescriptorHeader IOUSBDescriptorHeader;
typedef struct IOUSBDescriptorHeader IOUSBDescriptor;

struct IOUSBDeviceDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint16_t bcdUSB;
  uint8_t bDeviceClass;
  uint8_t bDeviceSubClass;
  uint8_t bDeviceProtocol;
  uint8_t bMaxPacketSize0;
  uint16_t idVendor;
  uint16_t idProduct;
  uint16_t bcdDevice;
  uint8_t iManufacturer;
  uint8_t iProduct;
  uint8_t iSerialNumber;
  uint8_t bNumConfigurations;
};

struct IOUSBConfigurationDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint16_t wTotalLength;
  uint8_t bNumInterfaces;
  uint8_t bConfigurationValue;
  uint8_t iConfiguration;
  uint8_t bmAttributes;
  uint8_t MaxPower;
};

struct IOUSBInterfaceDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bInterfaceNumber;
  uint8_t bAlternateSetting;
  uint8_t bNumEndpoints;
  uint8_t bInterfaceClass;
  uint8_t bInterfaceSubClass;
  uint8_t bInterfaceProtocol;
  uint8_t iInterface;
};

struct IOUSBEndpointDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bEndpointAddress;
  uint8_t bmAttributes;
  uint16_t wMaxPacketSize;
  uint8_t bInterval;
};

struct IOUSBStringDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bString[1];  // UTF-16, little-endian, bLength - 2 bytes
};

struct IOUSBDeviceQualifierDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint16_t bcdUSB;
  uint8_t bDeviceClass;
  uint8_t bDeviceSubClass;
  uint8_t bDeviceProtocol;
  uint8_t bMaxPacketSize0;
  uint8_t bNumConfigurations;
  uint8_t bReserved;
};

struct IOUSBInterfaceAssociationDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bFirstInterface;
  uint8_t bInterfaceCount;
  uint8_t bFunctionClass;
  uint8_t bFunctionSubClass;
  uint8_t bFunctionProtocol;
  uint8_t iFunction;
};

struct IOUSBBOSDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint16_t wTotalLength;
  uint8_t bNumDeviceCaps;
};

struct IOUSBDeviceCapabilityDescriptorHeader {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
};

// USB 3.2, section 9.6.2
struct IOUSBDeviceCapabilityUSB2Extension {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
  uint32_t bmAttributes;
};

struct IOUSBDeviceCapabilitySuperSpeedUSB {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
  uint8_t bmAttributes;
  uint16_t wSpeedsSupported;
  uint8_t bFunctionalitySupport;
  uint8_t bU1DevExitLat;
  uint16_t wU2DevExitLat;
};

struct IOUSBDeviceCapabilitySuperSpeedPlusUSB {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
  uint8_t bReserved;
  uint32_t bmAttributes;
  uint16_t wFunctionalitySupport;
  uint16_t wReserved;
  uint32_t bmSublinkSpeedAttr[];
};

struct IOUSBDeviceCapabilityContainerID {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
  uint8_t bReservedID;
  uint8_t containerID[16];
};

struct IOUSBPlatformCapabilityDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bDevCapabilityType;
  uint8_t bReserved;
  uint8_t PlatformCapabilityUUID[16];
};

// USB 2.0, section 9.3
struct IOUSBDeviceRequest {
  uint8_t bmRequestType;
  uint8_t bRequest;
  uint16_t wValue;
  uint16_t wIndex;
  uint16_t wLength;
};

struct IOUSBSuperSpeedEndpointCompanionDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint8_t bMaxBurst;
  uint8_t bmAttributes;
  uint16_t wBytesPerInterval;
};

struct IOUSBSuperSpeedPlusIsochronousEndpointCompanionDescriptor {
  uint8_t bLength;
  uint8_t bDescriptorType;
  uint16_t wReserved;
  uint32_t dwBytesPerInterval;
};

#pragma pack(pop)

static_assert(sizeof(IOUSBDeviceDescriptor) == kIOUSBDescriptorSizeDevice);
static_assert(sizeof(IOUSBConfigurationDescriptor) == kIOUSBDescriptorSizeConfiguration);
static_assert(sizeof(IOUSBInterfaceDescriptor) == kIOUSBDescriptorSizeInterface);
static_assert(sizeof(IOUSBEndpointDescriptor) == kIOUSBDescriptorSizeEndpoint);
static_assert(sizeof(IOUSBSuperSpeedEndpointCompanionDescriptor) == 6);

// USB 2.0, table 9-13
enum {
  kIOUSBEndpointDescriptorNumber = 0x0f,
  kIOUSBEndpointDescriptorDirection = 0x80,
  kIOUSBEndpointDescriptorDirectionOut = 0x00,
  kIOUSBEndpointDescriptorDirectionIn = 0x80,
  kIOUSBEndpointDescriptorTransferType = 0x03,
  kIOUSBEndpointDescriptorTransferTypeControl = 0x00,
  kIOUSBEndpointDescriptorTransferTypeIsochronous = 0x01,
  kIOUSBEndpointDescriptorTransferTypeBulk = 0x02,
  kIOUSBEndpointDescriptorTransferTypeInterrupt = 0x03,
  kIOUSBEndpointDescriptorSynchronizationType = 0x0c,
  kIOUSBEndpointDescriptorSynchronizationTypeNone = 0x00,
  kIOUSBEndpointDescriptorSynchronizationTypeAsynchronous = 0x04,
  kIOUSBEndpointDescriptorSynchronizationTypeAdaptive = 0x08,
  kIOUSBEndpointDescriptorSynchronizationTypeSynchronous = 0x0c,
  kIOUSBEndpointDescriptorUsageType = 0x30,
  kIOUSBEndpointDescriptorUsageTypeIsocData = 0x00,
  kIOUSBEndpointDescriptorUsageTypeIsocFeedback = 0x10,
  kIOUSBEndpointDescriptorUsageTypeIsocImplicit = 0x20,
  kIOUSBEndpointDescriptorPacketSize = 0x07ff,
  kIOUSBEndpointDescriptorPacketSizeMult = 0x1800,
  kIOUSBEndpointDescriptorPacketSizeMultPhase = 11,
};

// USB 2.0, table 9-10
enum {
  kIOUSBConfigurationDescriptorAttributeRemoteWakeCapable = 0x20,
  kIOUSBConfigurationDescriptorAttributeSelfPowered = 0x40,
};

// USB 3.2, table 9-14
typedef enum tIOUSBDeviceCapabilityType {
  kIOUSBDeviceCapabilityTypeWireless = 1,
  kIOUSBDeviceCapabilityTypeUSB20Extension = 2,
  kIOUSBDeviceCapabilityTypeSuperSpeed = 3,
  kIOUSBDeviceCapabilityTypeContainerID = 4,
  kIOUSBDeviceCapabilityTypePlatform = 5,
  kIOUSBDeviceCapabilityTypePowerDelivery = 6,
  kIOUSBDeviceCapabilityTypeBatteryInfo = 7,
  kIOUSBDeviceCapabilityTypePdConsumerPort = 8,
  kIOUSBDeviceCapabilityTypePdProviderPort = 9,
  kIOUSBDeviceCapabilityTypeSuperSpeedPlus = 10,
  kIOUSBDeviceCapabilityTypePrecisionMeasurement = 11,
  kIOUSBDeviceCapabilityTypeWirelessExt = 12,
  kIOUSBDeviceCapabilityTypeBillboard = 13,
} tIOUSBDeviceCapabilityType;

// USB 3.2, table 9-7
enum {
  kIOUSBDeviceFeatureSelectorRemoteWakeup = 1,
  kIOUSBDeviceFeatureSelectorTestMode = 2,
  kIOUSBDeviceFeatureSelectorU1Enable = 48,
  kIOUSBDeviceFeatureSelectorU2Enable = 49,
  kIOUSBDeviceFeatureSelectorLTMEnable = 50,
  kIOUSBInterfaceFeatureSelectorSuspend = 0,
  IOUSBEndpointFeatureSelectorStall = 0,
};

typedef enum {
  kIOUSBEndpointDirectionOut = 0,
  kIOUSBEndpointDirectionIn = 1,
  kIOUSBEndpointDirectionUnknown = 2,
} tIOUSBEndpointDirection;

typedef enum {
  kIOUSBEndpointTypeControl = 0,
  kIOUSBEndpointTypeIsochronous = 1,
  kIOUSBEndpointTypeBulk = 2,
  kIOUSBEndpointTypeInterrupt = 3,
} tIOUSBEndpointType;

// USB 2.0, section 9.3
typedef enum {
  kIOUSBDeviceRequestDirectionOut = 0x00,
  kIOUSBDeviceRequestDirectionIn = 0x80,
  kIOUSBDeviceRequestDirectionMask = 0x80,
} tIOUSBDeviceRequestDirectionValue;

typedef enum {
  kIOUSBDeviceRequestTypeStandard = 0x00,
  kIOUSBDeviceRequestTypeClass = 0x20,
  kIOUSBDeviceRequestTypeVendor = 0x40,
  kIOUSBDeviceRequestTypeMask = 0x60,
} tIOUSBDeviceRequestTypeValue;

typedef enum {
  kIOUSBDeviceRequestRecipientDevice = 0,
  kIOUSBDeviceRequestRecipientInterface = 1,
  kIOUSBDeviceRequestRecipientEndpoint = 2,
  kIOUSBDeviceRequestRecipientOther = 3,
  kIOUSBDeviceRequestRecipientMask = 0x1f,
} tIOUSBDeviceRequestRecipientValue;

// USB 2.0, table 9-4
typedef enum {
  kIOUSBDeviceRequestGetStatus = 0,
  kIOUSBDeviceRequestClearFeature = 1,
  kIOUSBDeviceRequestSetFeature = 3,
  kIOUSBDeviceRequestSetAddress = 5,
  kIOUSBDeviceRequestGetDescriptor = 6,
  kIOUSBDeviceRequestSetDescriptor = 7,
  kIOUSBDeviceRequestGetConfiguration = 8,
  kIOUSBDeviceRequestSetConfiguration = 9,
  kIOUSBDeviceRequestGetInterface = 10,
  kIOUSBDeviceRequestSetInterface = 11,
  kIOUSBDeviceRequestSynchFrame = 12,
} tIOUSBDeviceRequest;

enum { kIOUSBLanguageIDEnglishUS = 0x0409 };
