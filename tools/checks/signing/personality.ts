// personality.ts — IOKitPersonalities in, each personality's matching keys out; and whether one matches a USB device.

import { dictAt, isArray, isDict, type PlistDict, type PlistValue, stringAt } from '../../model/signing/plist.ts';
import type { UsbDevice, UsbInterface } from './options.ts';

export const USB_DEVICE = 'IOUSBHostDevice';
export const USB_INTERFACE = 'IOUSBHostInterface';

/** Matching keys of IOUSBHost, the same in a personality and in the entitlement. */
const DEVICE_KEYS = [
  'idVendor',
  'idProduct',
  'bcdDevice',
  'bDeviceClass',
  'bDeviceSubClass',
  'bDeviceProtocol',
] as const;
const INTERFACE_KEYS = [
  'bConfigurationValue',
  'bInterfaceNumber',
  'bInterfaceClass',
  'bInterfaceSubClass',
  'bInterfaceProtocol',
] as const;
export const MATCHING_KEYS: readonly string[] = [...DEVICE_KEYS, ...INTERFACE_KEYS, 'idProductArray', 'idProductMask'];

export interface Personality {
  readonly name: string;
  readonly dict: PlistDict;
  readonly provider: string;
  readonly kernelClass: string;
  readonly userClass: string | undefined;
}

/** The personalities of a dext; what is no dictionary is left out. */
export function personalitiesOf(info: PlistDict): readonly Personality[] {
  return [...dictAt(info, 'IOKitPersonalities')].flatMap(([name, dict]) => {
    if (!isDict(dict)) return [];
    return [
      {
        name,
        dict,
        provider: stringAt(dict, 'IOProviderClass') ?? '',
        kernelClass: stringAt(dict, 'IOClass') ?? '',
        userClass: stringAt(dict, 'IOUserClass'),
      },
    ];
  });
}

export function matchesUsb({ provider }: Personality): boolean {
  return provider === USB_DEVICE || provider === USB_INTERFACE;
}

/** Whether a personality, or an element of the entitlement, is met by the device, for an interface by one of its own. */
export function meets(dict: PlistDict, device: UsbDevice, needsInterface: boolean): boolean {
  if (!DEVICE_KEYS.every((key) => agrees(dict.get(key), device[key])) || !productAgrees(dict, device)) return false;
  return !needsInterface || device.interfaces.some((candidate) => meetsInterface(dict, candidate));
}

function meetsInterface(dict: PlistDict, candidate: UsbInterface): boolean {
  return INTERFACE_KEYS.every((key) => agrees(dict.get(key), candidate[key]));
}

function agrees(wanted: PlistValue | undefined, actual: number): boolean {
  return wanted === undefined || wanted === actual || wanted === '*';
}

function productAgrees(dict: PlistDict, { idProduct }: UsbDevice): boolean {
  const list = dict.get('idProductArray');
  if (isArray(list) && !list.includes(idProduct)) return false;
  const mask = dict.get('idProductMask');
  const product = dict.get('idProduct');
  return typeof mask !== 'number' || typeof product !== 'number' || (idProduct & mask) === (product & mask);
}
