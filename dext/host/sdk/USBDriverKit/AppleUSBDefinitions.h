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

struct IOUSBDeviceDescriptor : IOUSBDescriptorHeader {
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

struct IOUSBConfigurationDescriptor : IOUSBDescriptorHeader {
  uint16_t wTotalLength;
  uint8_t bNumInterfaces;
  uint8_t bConfigurationValue;
  uint8_t iConfiguration;
  uint8_t bmAttributes;
  uint8_t MaxPower;
};

struct IOUSBInterfaceDescriptor : IOUSBDescriptorHeader {
  uint8_t bInterfaceNumber;
  uint8_t bAlternateSetting;
  uint8_t bNumEndpoints;
  uint8_t bInterfaceClass;
  uint8_t bInterfaceSubClass;
  uint8_t bInterfaceProtocol;
  uint8_t iInterface;
};

struct IOUSBEndpointDescriptor : IOUSBDescriptorHeader {
  uint8_t bEndpointAddress;
  uint8_t bmAttributes;
  uint16_t wMaxPacketSize;
  uint8_t bInterval;
};

struct IOUSBStringDescriptor : IOUSBDescriptorHeader {
  uint8_t bString[1];  // UTF-16, little-endian, bLength - 2 bytes
};

struct IOUSBDeviceQualifierDescriptor : IOUSBDescriptorHeader {
  uint16_t bcdUSB;
  uint8_t bDeviceClass;
  uint8_t bDeviceSubClass;
  uint8_t bDeviceProtocol;
  uint8_t bMaxPacketSize0;
  uint8_t bNumConfigurations;
  uint8_t bReserved;
};

struct IOUSBInterfaceAssociationDescriptor : IOUSBDescriptorHeader {
  uint8_t bFirstInterface;
  uint8_t bInterfaceCount;
  uint8_t bFunctionClass;
  uint8_t bFunctionSubClass;
  uint8_t bFunctionProtocol;
  uint8_t iFunction;
};

struct IOUSBBOSDescriptor : IOUSBDescriptorHeader {
  uint16_t wTotalLength;
  uint8_t bNumDeviceCaps;
};

struct IOUSBDeviceCapabilityDescriptorHeader : IOUSBDescriptorHeader {
  uint8_t bDevCapabilityType;
};

struct IOUSBSuperSpeedEndpointCompanionDescriptor : IOUSBDescriptorHeader {
  uint8_t bMaxBurst;
  uint8_t bmAttributes;
  uint16_t wBytesPerInterval;
};

struct IOUSBSuperSpeedPlusIsochronousEndpointCompanionDescriptor : IOUSBDescriptorHeader {
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
  kIOUSBEndpointDescriptorPacketSize = 0x07ff,
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
