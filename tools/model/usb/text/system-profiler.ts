// system-profiler.ts — `system_profiler -json` (or -xml, or its text) in, dumps out. It knows devices, but no descriptor of theirs.
//
// Up to macOS 15 the data type is SPUSBDataType; macOS 26 leaves that empty and has SPUSBHostDataType with other keys.

import { asArray, asDictionary, asText, type Dictionary, type PlistValue } from '../../apple/property-list-values.ts';
import type { Dump } from '../dump.ts';
import { locationOf } from '../location.ts';
import { partialDescriptors, versionNumber } from './partial.ts';
import { readSpeed } from './speed.ts';

/** What one entry says, whichever generation wrote it. */
interface Entry {
  readonly name: string;
  readonly vendor: string | undefined;
  readonly product: string | undefined;
  readonly version: string | undefined;
  readonly manufacturer: string | undefined;
  readonly serial: string | undefined;
  readonly speed: string | undefined;
  readonly location: string | undefined;
}

const NOTE =
  'system_profiler tells ids and names only; `ioreg -a -r -c IOUSBHostDevice -l` tells interfaces and drivers.';

/** The devices of a parsed JSON or property list; undefined when it is not system_profiler's. */
export function readSystemProfiler(value: unknown, name: string): Dump[] | undefined {
  const trees = treesOf(value);
  return trees
    ?.flatMap((tree) => [...entriesOf(asDictionary(tree as PlistValue), 0)])
    .flatMap((entry) => toDump(entry, name));
}

function treesOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) {
    const typed = value.filter((each) => /^SPUSB(Host)?DataType$/.test(String(asDictionary(each)._dataType)));
    return typed.length > 0 ? typed : undefined;
  }
  const { SPUSBDataType: old, SPUSBHostDataType: current } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return old === undefined && current === undefined
    ? undefined
    : [...(asArray(old as PlistValue) ?? []), ...(asArray(current as PlistValue) ?? [])];
}

/** Deeper than USB's seven tiers nothing can be. */
const DEEPEST = 16;

function* entriesOf(tree: Dictionary, depth: number): Generator<Entry> {
  if (depth > DEEPEST) return;
  const text = (...keys: readonly string[]) =>
    keys.map((key) => asText(tree[key])).find((found) => found !== undefined);
  const vendor = text('USBDeviceKeyVendorID', 'vendor_id', 'b_vendor_id');
  if (vendor !== undefined)
    yield {
      name: text('_name') ?? '',
      vendor,
      product: text('USBDeviceKeyProductID', 'product_id', 'a_product_id'),
      version: text('USBDeviceKeyProductVersion', 'bcd_device', 'c_bcd_device'),
      manufacturer: text('USBDeviceKeyVendorName', 'manufacturer', 'f_manufacturer'),
      serial: text('USBDeviceKeySerialNumber', 'serial_num', 'd_serial_num'),
      speed: text('USBDeviceKeyLinkSpeed', 'device_speed', 'e_device_speed'),
      location: text('USBKeyLocationID', 'location_id', 'g_location_id'),
    };
  for (const child of asArray(tree._items)) yield* entriesOf(asDictionary(child), depth + 1);
}

/** `0x05c6  (Qualcomm, Inc)`; Apple writes its own id in words. */
const idOf = (text: string | undefined) => {
  if (text === 'apple_vendor_id') return 0x05ac;
  const digits = /^0x([0-9a-f]{1,4})\b/i.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
};

function toDump(entry: Entry, name: string): Dump[] {
  const idVendor = idOf(entry.vendor);
  if (idVendor === undefined) return [];
  const strings = new Map<number, string>();
  const index = (text: string | undefined) => {
    if (!text || text === 'Not Provided') return undefined;
    strings.set(strings.size + 1, text.trim());
    return strings.size;
  };
  const told = {
    idVendor,
    idProduct: idOf(entry.product),
    bcdDevice: versionNumber(entry.version),
    iManufacturer: index(entry.manufacturer),
    iProduct: index(entry.name),
    iSerial: index(entry.serial),
  };
  const location = /^0x([0-9a-f]{1,8})/i.exec(entry.location ?? '')?.[1];
  const speed = readSpeed(entry.speed);
  return [
    {
      form: 'system_profiler',
      name,
      descriptors: partialDescriptors(told, []),
      strings,
      unreadableStrings: new Set(),
      ...(speed && { speed }),
      ...(location !== undefined && { location: locationOf(Number.parseInt(location, 16)) }),
      system: 'macos',
      lacks: new Set(['configurations', 'endpoints', 'class-specific', 'companions']),
      notes: [NOTE],
    },
  ];
}

const TEXT_KEYS: Readonly<Record<string, string>> = {
  'USB Vendor ID': 'vendor_id',
  'Vendor ID': 'vendor_id',
  'USB Product ID': 'product_id',
  'Product ID': 'product_id',
  'USB Product Version': 'bcd_device',
  Version: 'bcd_device',
  Manufacturer: 'manufacturer',
  'Serial Number': 'serial_num',
  'Link Speed': 'device_speed',
  Speed: 'device_speed',
  'Location ID': 'location_id',
};

export const isSystemProfilerText = (text: string) =>
  /^\s*USB:\s*$/m.test(text) && /^\s*(USB )?Vendor ID: |^\s*Location ID: /m.test(text);

/** `system_profiler SPUSBDataType` as people paste it: a title with a colon, then `Key: value` lines. */
export function parseSystemProfilerText(text: string, name: string): Dump[] {
  const entries: Record<string, string>[] = [];
  for (const line of text.split(/\r?\n/)) {
    const [, title] = /^\s*(.+):\s*$/.exec(line) ?? [];
    const [, key = '', value] = /^\s*([^:]+): (.+?)\s*$/.exec(line) ?? [];
    if (title !== undefined) entries.push({ _name: title });
    const known = TEXT_KEYS[key.trim()];
    const current = entries.at(-1);
    if (known && value !== undefined && current) current[known] = value;
  }
  return readSystemProfiler({ SPUSBDataType: entries }, name) ?? [];
}
