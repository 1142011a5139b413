// personality.ts — IOKitPersonalities in, each personality's matching keys out; and whether one matches a USB device.

import {
  dictAt,
  isArray,
  isDict,
  type PlistDict,
  PlistReal,
  type PlistValue,
  stringAt,
} from '../../model/signing/plist.ts';
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

/**
 * The personalities of a dext that start code of its own. What is no dictionary is left out, and so is what belongs to
 * another bundle by its CFBundleIdentifier: a personality without code, which only lends a kernel driver new matches.
 */
export function personalitiesOf(info: PlistDict): readonly Personality[] {
  return [...dictAt(info, 'IOKitPersonalities')].flatMap(([name, dict]) => {
    if (!isDict(dict) || isCodeless(dict, stringAt(info, 'CFBundleIdentifier'))) return [];
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

function isCodeless(dict: PlistDict, own: string | undefined): boolean {
  const owner = stringAt(dict, 'CFBundleIdentifier');
  return owner !== undefined && owner !== own && !dict.has('CFBundleIdentifierKernel') && !dict.has('IOUserClass');
}

export function matchesUsb({ provider }: Personality): boolean {
  return provider === USB_DEVICE || provider === USB_INTERFACE;
}

/** Whether a personality, or an element of the entitlement, is met by the device, for an interface by one of its own. */
export function meets(dict: PlistDict, device: UsbDevice, needsInterface: boolean): boolean {
  const plain = DEVICE_KEYS.filter((key) => key !== 'idProduct' || !dict.has('idProductMask'));
  if (!plain.every((key) => agrees(dict.get(key), device[key])) || !productAgrees(dict, device)) return false;
  return !needsInterface || device.interfaces.some((candidate) => meetsInterface(dict, candidate));
}

function meetsInterface(dict: PlistDict, candidate: UsbInterface): boolean {
  return INTERFACE_KEYS.every((key) => agrees(dict.get(key), candidate[key]));
}

function agrees(wanted: PlistValue | undefined, actual: number): boolean {
  return wanted === undefined || wanted === '*' || numberOf(wanted) === actual;
}

function productAgrees(dict: PlistDict, { idProduct }: UsbDevice): boolean {
  const list = dict.get('idProductArray');
  if (isArray(list) && !list.some((entry) => numberOf(entry) === idProduct)) return false;
  const mask = numberOf(dict.get('idProductMask'));
  const product = numberOf(dict.get('idProduct'));
  return mask === undefined || product === undefined || (idProduct & mask) === (product & mask);
}

/** Property list editors write some numbers as reals; the kernel takes them for what they are. */
export function numberOf(value: PlistValue | undefined): number | undefined {
  if (value instanceof PlistReal) return value.value;
  return typeof value === 'number' ? value : undefined;
}
