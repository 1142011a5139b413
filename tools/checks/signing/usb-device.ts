// usb-device.ts — a device's descriptors in, the numbers its driver's personalities are matched against out.

import { numberIn } from '../../model/usb/node.ts';
import type { Tree } from '../../model/usb/tree.ts';
import type { UsbDevice } from './options.ts';

/** Undefined when there is no device descriptor. Only alternate setting 0 counts: it is what is there when drivers match. */
export function usbDeviceOf({ device, configurations }: Tree): UsbDevice | undefined {
  if (!device) return undefined;
  return {
    idVendor: numberIn(device, 'idVendor'),
    idProduct: numberIn(device, 'idProduct'),
    bcdDevice: numberIn(device, 'bcdDevice'),
    bDeviceClass: numberIn(device, 'bDeviceClass'),
    bDeviceSubClass: numberIn(device, 'bDeviceSubClass'),
    bDeviceProtocol: numberIn(device, 'bDeviceProtocol'),
    interfaces: configurations.flatMap(({ value, settings }) =>
      settings
        .filter(({ alternate }) => alternate === 0)
        .map(({ interface: number, triple: [main, sub, protocol] }) => ({
          bConfigurationValue: value,
          bInterfaceNumber: number,
          bInterfaceClass: main,
          bInterfaceSubClass: sub,
          bInterfaceProtocol: protocol,
        })),
    ),
  };
}
