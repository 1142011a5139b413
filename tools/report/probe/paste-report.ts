// paste-report.ts — what to paste into Info.plist and the entitlements so that our driver matches a device. The same code makes
// the bundle's own: see tools/generate.

import type { Port, Verdict } from '../../checks/usb/verdict.ts';
import { entitlements } from '../../generate/entitlements.ts';
import { infoPlist } from '../../generate/info-plist.ts';
import { asDictionary, type Dictionary, type PlistValue } from '../../model/apple/property-list-values.ts';
import { hexNumber } from '../../model/usb/bytes.ts';
import type { Identity } from '../../model/usb/identity.ts';
import { wrap } from '../text.ts';
import type { Style } from './style.ts';

const NOWHERE = { value: 1, source: '' } as const;

/** Only the ids count for matching; what else a device file holds does not reach the plist. */
function generated({ vendorId, productId }: Identity) {
  const party = (id: number) => ({ id: hexNumber(id, 4), name: '', source: '' });
  const file = {
    vendor: party(vendorId),
    model: party(productId),
    framings: { value: [], source: '' },
    configuration: NOWHERE,
    ports: { value: [], source: '' },
    limits: { maxFrameBytes: NOWHERE },
    quirks: {},
  } as const;
  return [{ folder: 'device', file }];
}

const TRANSPORT = 'com.apple.developer.driverkit.transport.usb';

/** The personality of our controller for this device: an element of IOKitPersonalities. */
export function devicePersonality(identity: Identity): string {
  const { IOKitPersonalities: all } = infoPlist(generated(identity), { version: '0', oneProcess: false });
  return elementLines(`Controller ${identity.id}`, asDictionary(asDictionary(all)['Controller device'])).join('\n');
}

/** For a driver that takes one function and leaves the others to macOS: row 90000 of an interface. */
function interfacePersonality({ vendorId, productId }: Identity, { number, function: each }: Port): string[] {
  return elementLines(`Port ${number}`, {
    IOClass: 'IOUserNetworkEthernet',
    IOProviderClass: 'IOUSBHostInterface',
    bConfigurationValue: each.configuration.value,
    bInterfaceNumber: each.control.interface,
    idProduct: productId,
    idVendor: vendorId,
  });
}

/** How a driver would match that is not ours, and what would not do: for the curious. */
export function functionReport({ identity, ports }: Verdict, style: Style): string[] {
  if (!identity || ports.length === 0) return [];
  const tie = 'By class alone it would tie with the driver of macOS (60000 against 60000); with idProduct, but without';
  const miss = 'bInterfaceNumber and bConfigurationValue, nothing would match at all (QA1076).';
  return [
    `${style.bold('One function alone')} ${style.dim('— what a driver of its own would match')}`,
    ...ports.flatMap((port) => interfacePersonality(identity, port)).map((line) => `  ${line}`),
    ...wrap(`${tie} ${miss}`, style.width - 2, 0).map((line) => `  ${style.dim(line)}`),
    '',
  ];
}

/** The element of the entitlements that lets the driver open this device, once Apple granted the vendor. */
export const entitlement = (identity: Identity): string =>
  elementLines(TRANSPORT, entitlements(generated(identity), 'release')[TRANSPORT] ?? []).join('\n');

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function elementLines(key: string, value: PlistValue | Dictionary): string[] {
  const [first = '', ...others] = valueLines(value as PlistValue);
  return others.length > 0 ? [`<key>${escaped(key)}</key>`, first, ...others] : [`<key>${escaped(key)}</key> ${first}`];
}

function valueLines(value: PlistValue): string[] {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  if (typeof value === 'number') return [`<integer>${value}</integer>`];
  if (typeof value === 'boolean') return [value ? '<true/>' : '<false/>'];
  if (Array.isArray(value)) return ['<array>', ...indented(value.flatMap(valueLines)), '</array>'];
  if (typeof value === 'string') return [`<string>${escaped(value)}</string>`];
  const entries = Object.entries(asDictionary(value)).sort(([one], [other]) => (one < other ? -1 : 1));
  return ['<dict>', ...indented(entries.flatMap(([key, inside]) => elementLines(key, inside))), '</dict>'];
}

/** For a device we can drive: nothing to paste for the others. */
export function pasteReport({ identity, answer }: Verdict, style: Style): string[] {
  if (!identity || (answer !== 'drivable' && answer !== 'partly drivable')) return [];
  const indented = (text: string) => text.split('\n').map((line) => `  ${line}`);
  return [
    `${style.bold('Info.plist')} ${style.dim('— element of IOKitPersonalities')}`,
    ...indented(devicePersonality(identity)),
    `${style.bold('Entitlements')} ${style.dim('— for a release; in development idVendor is *')}`,
    ...indented(entitlement(identity)),
    '',
  ];
}
