// personalities.ts — what the personalities say, and what the device says.

import type { Variant } from '../variants.ts';
import { info, personality } from './change.ts';

const USB = {
  idVendor: 0x0bda,
  idProduct: 0x8153,
  bcdDevice: 0x3000,
  bDeviceClass: 0,
  bDeviceSubClass: 0,
  bDeviceProtocol: 0,
};

const NCM = {
  bConfigurationValue: 1,
  bInterfaceNumber: 0,
  bInterfaceClass: 2,
  bInterfaceSubClass: 13,
  bInterfaceProtocol: 0,
};

export const PERSONALITIES_VARIANTS: readonly Variant[] = [
  {
    name: 'a personality that lends a kernel driver a match and a dext nothing',
    kind: 'developer-id',
    change: info('dext', {
      IOKitPersonalities: {
        Lent: {
          CFBundleIdentifier: 'com.apple.driver.usb.AppleUSBHostCompositeDevice',
          IOClass: 'AppleUSBHostCompositeDevice',
          IOProviderClass: 'IOUSBHostDevice',
          idVendor: 1,
          idProduct: 2,
        },
      },
    }),
    id: 'F41',
    rule: 'personalities-present',
    seen: /Lent/,
  },
  {
    name: 'a dext without personalities',
    kind: 'developer-id',
    change: info('dext', { IOKitPersonalities: undefined }),
    id: 'F41',
    rule: 'personalities-present',
    seen: /nothing/,
  },
  {
    name: 'a personality without its kernel bundle',
    kind: 'developer-id',
    change: personality('Controller', { CFBundleIdentifierKernel: undefined }),
    id: 'F60',
    rule: 'personality-kernel',
    seen: /Controller.*nothing/,
  },
  {
    name: 'a personality of a plain service with a kernel bundle that is none',
    kind: 'developer-id',
    change: personality('Controller', { CFBundleIdentifierKernel: 'com.apple.kpi.iokitt' }),
    id: 'F60',
    rule: 'personality-kernel',
    seen: /Controller.*com\.apple\.kpi\.iokitt/,
  },
  {
    name: 'an Ethernet personality with the kernel bundle of a plain service',
    kind: 'developer-id',
    change: personality('Port', { CFBundleIdentifierKernel: 'com.apple.kpi.iokit' }),
    id: 'F60',
    rule: 'personality-kernel',
    seen: /Port.*com\.apple\.kpi\.iokit/,
  },
  {
    name: 'a personality without a class',
    kind: 'developer-id',
    change: personality('Port', { IOUserClass: undefined }),
    id: 'F61',
    rule: 'personality-class',
    seen: /Port.*nothing/,
  },
  {
    name: 'a class the program does not have',
    kind: 'developer-id',
    change: personality('Port', { IOUserClass: 'PortEthernt' }),
    id: 'F61',
    rule: 'personality-class',
    seen: /PortEthernt/,
  },
  {
    name: 'a server name of another organisation',
    kind: 'developer-id',
    change: personality('Port', { IOUserServerOneProcess: true, IOUserServerName: 'org.other.driver' }),
    id: 'F62',
    rule: 'personality-server-name',
    level: 'warn',
    seen: /org\.other\.driver/,
  },
  {
    name: 'a vendor id that is a string',
    kind: 'developer-id',
    change: personality('Controller', { idVendor: '3034' }),
    id: 'F58',
    rule: 'personality-usb-keys',
    seen: /"3034"/,
  },
  {
    name: 'an interface personality with a vendor and no product',
    kind: 'developer-id',
    change: personality('Controller', { IOProviderClass: 'IOUSBHostInterface', idProduct: undefined }),
    id: 'F58',
    rule: 'personality-usb-keys',
    seen: /without a product/,
  },
  {
    name: 'a configuration on a device personality',
    kind: 'developer-id',
    change: personality('Controller', { bConfigurationValue: 1 }),
    id: 'F58',
    rule: 'personality-usb-keys',
    seen: /bConfigurationValue/,
  },
  {
    name: 'a provider class of old kernels',
    kind: 'developer-id',
    change: personality('Controller', { IOProviderClass: 'IOUSBDevice' }),
    id: 'F58',
    rule: 'personality-usb-keys',
    seen: /IOUSBDevice/,
  },
  {
    name: 'personalities that do not match the device',
    kind: 'developer-id',
    change: (recipe) => recipe,
    options: { usbDevice: { ...USB, idProduct: 0x8156, interfaces: [NCM] } },
    id: 'F58',
    rule: 'personality-device',
    seen: /0bda:8156/,
  },
  {
    name: "an interface that Apple's own driver matches as well",
    kind: 'developer-id',
    change: personality('Controller', {
      IOProviderClass: 'IOUSBHostInterface',
      bInterfaceNumber: 0,
      bConfigurationValue: 1,
    }),
    options: { usbDevice: { ...USB, interfaces: [NCM] } },
    id: 'F59',
    rule: 'personality-score',
    level: 'warn',
    seen: /IOProbeScore/,
  },
];
