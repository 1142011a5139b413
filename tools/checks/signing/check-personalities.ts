// check-personalities.ts — IOKitPersonalities as the kernel reads them: can they match, is a process started, which class.

import type { Finding, Trouble } from '../../model/finding.ts';
import { type PlistDict, show, stringAt } from '../../model/signing/plist.ts';
import type { UsbDevice } from './options.ts';
import {
  MATCHING_KEYS,
  matchesUsb,
  meets,
  type Personality,
  personalitiesOf,
  USB_DEVICE,
  USB_INTERFACE,
} from './personality.ts';
import { fine, trouble } from './report-trouble.ts';

const NETWORK_CLASS = 'IOUserNetworkEthernet';
const NETWORK_KERNELS: readonly string[] = ['com.apple.iokit.IOSkywalkFamily', 'com.apple.iokit.IONetworkFamily'];
const SERVICE_CLASS = 'IOUserService';
const SERVICE_KERNELS: readonly string[] = ['com.apple.kpi.iokit'];
const OLD_PROVIDERS: readonly string[] = ['IOUSBDevice', 'IOUSBInterface'];
/** An interface personality with a vendor needs one of these as well. */
const PRODUCT_KEYS = ['idProduct', 'idProductArray', 'idProductMask'];
const INTERFACE_CLASS_KEYS = ['bInterfaceClass', 'bInterfaceSubClass', 'bInterfaceProtocol'];
const COMMUNICATIONS = 2;

/** `classesMissing` are IOUserClass names the dext's program does not mention. */
export function checkPersonalities(
  infoPath: string,
  info: PlistDict,
  classesMissing: readonly string[],
  usbDevice: UsbDevice | undefined,
): readonly Finding[] {
  const personalities = personalitiesOf(info);
  if (personalities.length === 0) {
    return [
      trouble('F41', 'personalities-present', {
        subject: infoPath,
        title: 'the dext has no personality',
        seen: `IOKitPersonalities is ${show(info.get('IOKitPersonalities'))}`,
        fix: 'Add IOKitPersonalities with one entry for each service to match.',
      }),
    ];
  }
  const found = personalities.flatMap((personality) => [
    ...checkKernelBundle(infoPath, personality),
    ...checkClass(infoPath, personality, classesMissing),
    ...checkServerName(infoPath, info, personality),
    ...checkUsbKeys(infoPath, personality),
  ]);
  if (found.length === 0 && usbDevice) found.push(...checkAgainstDevice(infoPath, personalities, usbDevice));
  return found.length > 0
    ? found
    : [fine('personalities', infoPath, `${personalities.map(({ name }) => name).join(', ')} can match`)];
}

function checkKernelBundle(infoPath: string, { name, dict, kernelClass }: Personality): readonly Trouble[] {
  const kernel = stringAt(dict, 'CFBundleIdentifierKernel');
  const isNetwork = kernelClass === NETWORK_CLASS;
  const right = isNetwork ? NETWORK_KERNELS : kernelClass === SERVICE_CLASS ? SERVICE_KERNELS : undefined;
  if (kernel !== undefined && (right === undefined || right.includes(kernel))) return [];
  const fix = isNetwork
    ? 'Set CFBundleIdentifierKernel to com.apple.iokit.IOSkywalkFamily.'
    : 'Set CFBundleIdentifierKernel to com.apple.kpi.iokit.';
  const what =
    kernel === undefined
      ? 'the kernel takes the bundle for one without code and starts no process'
      : `the kernel does not load the family of ${kernelClass} and does not find the class`;
  return [
    trouble('F60', 'personality-kernel', {
      subject: infoPath,
      seen: `${name}: CFBundleIdentifierKernel is ${show(dict.get('CFBundleIdentifierKernel'))}`,
      consequence: what,
      fix,
    }),
  ];
}

function checkClass(
  infoPath: string,
  { name, dict, userClass }: Personality,
  missing: readonly string[],
): readonly Trouble[] {
  if (userClass === undefined) {
    return [
      trouble('F61', 'personality-class', {
        subject: infoPath,
        seen: `${name}: IOUserClass is ${show(dict.get('IOUserClass'))}`,
        consequence: 'no IOUserClass defined',
      }),
    ];
  }
  if (!missing.includes(userClass)) return [];
  return [
    trouble('F61', 'personality-class', {
      subject: infoPath,
      seen: `${name}: IOUserClass ${userClass} occurs nowhere in the program`,
      consequence: `DK: userMeta ${userClass} was not found in fClasses`,
      confidence: 'medium',
    }),
  ];
}

/** IOUserServerOneProcess counts by its presence; the server name must share the bundle id's first two parts and a dot. */
function checkServerName(infoPath: string, info: PlistDict, { name, dict }: Personality): readonly Trouble[] {
  const identifier = stringAt(info, 'CFBundleIdentifier') ?? '';
  const server = stringAt(dict, 'IOUserServerName');
  if (!dict.has('IOUserServerOneProcess') || server === undefined) return [];
  const organisation = /^[^.]*\.[^.]*\./.exec(identifier)?.[0];
  if (organisation !== undefined && server.startsWith(organisation)) return [];
  return [
    trouble('F62', 'personality-server-name', {
      level: 'warn',
      subject: infoPath,
      seen: `${name}: IOUserServerName is ${server}, CFBundleIdentifier is ${identifier}`,
      consequence: `IOUserServerName "${server}" not correct organization for bundleID "${identifier}"; each service gets a process of its own`,
    }),
  ];
}

function checkUsbKeys(infoPath: string, personality: Personality): readonly Trouble[] {
  const { name, dict, provider } = personality;
  const says = (seen: string) => [
    trouble('F58', 'personality-usb-keys', { subject: infoPath, seen: `${name}: ${seen}` }),
  ];
  if (OLD_PROVIDERS.includes(provider))
    return says(`IOProviderClass is ${provider}; a dext's provider is ${USB_DEVICE} or ${USB_INTERFACE}`);
  if (provider === '') return says(`IOProviderClass is ${show(dict.get('IOProviderClass'))}`);
  if (!matchesUsb(personality)) return [];
  for (const key of MATCHING_KEYS) {
    const value = dict.get(key);
    if (typeof value === 'string' || value instanceof Uint8Array || typeof value === 'boolean')
      return says(`${key} is ${show(value)}, not a number`);
  }
  const has = (key: string) => dict.has(key);
  if (provider === USB_DEVICE) {
    const odd = ['bConfigurationValue', 'bInterfaceNumber', ...INTERFACE_CLASS_KEYS].find(has);
    if (odd !== undefined) return says(`${odd} never matches an ${USB_DEVICE}`);
  }
  if (has('idVendor') && ![...PRODUCT_KEYS, ...INTERFACE_CLASS_KEYS, 'bDeviceClass', 'bDeviceSubClass'].some(has)) {
    return says('idVendor without a product matches nothing');
  }
  return MATCHING_KEYS.some(has) ? [] : says(`no key says which ${provider}`);
}

function checkAgainstDevice(
  infoPath: string,
  personalities: readonly Personality[],
  device: UsbDevice,
): readonly Trouble[] {
  const usb = personalities.filter(matchesUsb);
  if (usb.length === 0) return [];
  const matching = usb.filter(({ dict, provider }) => meets(dict, device, provider === USB_INTERFACE));
  const id = `${hex(device.idVendor)}:${hex(device.idProduct)}`;
  if (matching.length === 0) {
    return [
      trouble('F58', 'personality-device', {
        subject: infoPath,
        seen: `${usb.map(({ name }) => name).join(', ')}: none matches the device ${id}`,
      }),
    ];
  }
  const shy = matching.find(({ dict, provider }) => provider === USB_INTERFACE && !dict.has('IOProbeScore'));
  if (!shy || !device.interfaces.some(({ bInterfaceClass }) => bInterfaceClass === COMMUNICATIONS)) return [];
  return [
    trouble('F59', 'personality-score', {
      level: 'warn',
      subject: infoPath,
      seen: `${shy.name} matches an interface of ${id}, which Apple's drivers for CDC match as well, without IOProbeScore`,
    }),
  ];
}

function hex(id: number): string {
  return id.toString(16).padStart(4, '0');
}
