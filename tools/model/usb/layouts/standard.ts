// standard.ts — descriptors of USB 2.0 chapter 9 and USB 3.2 chapter 9, and the hub's (USB 2.0, 11.23.2; USB 3.2, 10.15.2).

import { bcd, hex8, hex16, hex32, layout, rest, str, u8, u16 } from '../layout.ts';
import {
  bits,
  meansBurst,
  meansClass,
  meansConfigurationAttributes,
  meansEndpointAddress,
  meansEndpointAttributes,
  meansInterval,
  meansMaxPower,
  meansPacketSize,
  meansProtocol,
  meansSubclass,
  unit,
} from '../meanings.ts';

export const TYPE = {
  device: 0x01,
  configuration: 0x02,
  string: 0x03,
  interface: 0x04,
  endpoint: 0x05,
  qualifier: 0x06,
  otherSpeed: 0x07,
  association: 0x0b,
  bos: 0x0f,
  capability: 0x10,
  hid: 0x21,
  classInterface: 0x24,
  classEndpoint: 0x25,
  companion: 0x30,
  isochronousCompanion: 0x31,
} as const;

export const DEVICE = layout('Device', TYPE.device, [
  bcd('bcdUSB'),
  u8('bDeviceClass', meansClass),
  u8('bDeviceSubClass', meansSubclass),
  u8('bDeviceProtocol', meansProtocol),
  u8('bMaxPacketSize0'),
  hex16('idVendor'),
  hex16('idProduct'),
  bcd('bcdDevice'),
  str('iManufacturer'),
  str('iProduct'),
  str('iSerial'),
  u8('bNumConfigurations'),
]);

const CONFIGURATION_FIELDS = [
  u16('wTotalLength'),
  u8('bNumInterfaces'),
  u8('bConfigurationValue'),
  str('iConfiguration'),
  hex8('bmAttributes', meansConfigurationAttributes),
  u8('bMaxPower', meansMaxPower),
] as const;
export const CONFIGURATION = layout('Configuration', TYPE.configuration, CONFIGURATION_FIELDS);
export const OTHER_SPEED = layout('Other speed configuration', TYPE.otherSpeed, CONFIGURATION_FIELDS);

export const INTERFACE = layout('Interface', TYPE.interface, [
  u8('bInterfaceNumber'),
  u8('bAlternateSetting'),
  u8('bNumEndpoints'),
  u8('bInterfaceClass', meansClass),
  u8('bInterfaceSubClass', meansSubclass),
  u8('bInterfaceProtocol', meansProtocol),
  str('iInterface'),
]);

const ENDPOINT_FIELDS = [
  hex8('bEndpointAddress', meansEndpointAddress),
  u8('bmAttributes', meansEndpointAttributes),
  hex16('wMaxPacketSize', meansPacketSize),
  u8('bInterval', meansInterval),
] as const;
export const ENDPOINT = layout('Endpoint', TYPE.endpoint, ENDPOINT_FIELDS);
/** Audio 1.0 endpoints are two bytes longer (Audio 1.0, 4.6.1.1). */
export const AUDIO_ENDPOINT = layout('Endpoint', TYPE.endpoint, [
  ...ENDPOINT_FIELDS,
  u8('bRefresh'),
  hex8('bSynchAddress'),
]);

export const QUALIFIER = layout('Device qualifier', TYPE.qualifier, [
  bcd('bcdUSB'),
  u8('bDeviceClass', meansClass),
  u8('bDeviceSubClass', meansSubclass),
  u8('bDeviceProtocol', meansProtocol),
  u8('bMaxPacketSize0'),
  u8('bNumConfigurations'),
  u8('bReserved'),
]);

export const ASSOCIATION = layout('Interface association', TYPE.association, [
  u8('bFirstInterface'),
  u8('bInterfaceCount'),
  u8('bFunctionClass', meansClass),
  u8('bFunctionSubClass', meansSubclass),
  u8('bFunctionProtocol', meansProtocol),
  str('iFunction'),
]);

export const COMPANION = layout('SuperSpeed endpoint companion', TYPE.companion, [
  u8('bMaxBurst', meansBurst),
  hex8('bmAttributes'),
  u16('wBytesPerInterval'),
]);

export const STANDARD = [
  DEVICE,
  CONFIGURATION,
  OTHER_SPEED,
  INTERFACE,
  ENDPOINT,
  QUALIFIER,
  ASSOCIATION,
  COMPANION,
  layout('OTG', 0x09, [hex8('bmAttributes', bits('SRP', 'HNP', 'ADP'))]),
  layout('Debug', 0x0a, [hex8('bDebugInEndpoint'), hex8('bDebugOutEndpoint')]),
  layout('SuperSpeedPlus isochronous companion', TYPE.isochronousCompanion, [
    u16('wReserved'),
    hex32('dwBytesPerInterval'),
  ]),
  layout('Hub', 0x29, [
    u8('bNbrPorts'),
    hex16('wHubCharacteristics'),
    u8('bPwrOn2PwrGood', unit(2, 'ms')),
    u8('bHubContrCurrent', unit(1, 'mA')),
    rest('DeviceRemovable'),
  ]),
  layout('SuperSpeed hub', 0x2a, [
    u8('bNbrPorts'),
    hex16('wHubCharacteristics'),
    u8('bPwrOn2PwrGood', unit(2, 'ms')),
    u8('bHubContrCurrent', unit(4, 'mA')),
    u8('bHubHdrDecLat'),
    u16('wHubDelay', unit(1, 'ns')),
    hex16('DeviceRemovable'),
  ]),
];
