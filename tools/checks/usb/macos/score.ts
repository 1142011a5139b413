// score.ts — a personality and a USB device or interface in, the probe score macOS gives the match out.
//
//   row     device keys                                   interface keys
//   100000  idVendor idProduct bcdDevice                  … and bInterfaceNumber bConfigurationValue
//   90000   idVendor idProduct                            … and bInterfaceNumber bConfigurationValue
//   80000   idVendor bDeviceSubClass bDeviceProtocol      idVendor bInterfaceSubClass bInterfaceProtocol     class is ff
//   70000   idVendor bDeviceSubClass                      idVendor bInterfaceSubClass                        class is ff
//   60000   class subclass protocol                       class subclass protocol                            class is not ff
//   50000   class subclass                                class subclass                                     class is not ff
//
// Technical Q&A QA1076; what it does not say is from IOUSBFamily 560.4.2 (IOUSBDevice::matchPropertyTable and
// IOUSBInterface's): keys beyond a row's own are harmless in the first two rows and refuse the match in the others; "*"
// costs 1000 each, idProductMask 500; IOProbeScore is added, and counts 9000 from 10000 on. The current family is closed.

export interface UsbProperties {
  readonly provider: 'device' | 'interface';
  readonly idVendor: number;
  readonly idProduct: number;
  readonly bcdDevice: number;
  readonly class: number;
  readonly subclass: number;
  readonly protocol: number;
  /** Interfaces only. */
  readonly bInterfaceNumber?: number;
  readonly bConfigurationValue?: number;
}

type Wanted = number | '*';

/** The matching keys of a personality. `class`, `subclass`, `protocol` stand for bDeviceClass or bInterfaceClass and so on. */
export interface MatchKeys {
  readonly provider: 'device' | 'interface';
  readonly idVendor?: Wanted;
  readonly idProduct?: Wanted;
  readonly idProductMask?: number;
  readonly idProductArray?: readonly number[];
  readonly bcdDevice?: Wanted;
  readonly class?: Wanted;
  readonly subclass?: Wanted;
  readonly protocol?: Wanted;
  readonly bInterfaceNumber?: Wanted;
  readonly bConfigurationValue?: Wanted;
  readonly IOProbeScore?: number;
}

type Key =
  | 'idVendor'
  | 'idProduct'
  | 'bcdDevice'
  | 'class'
  | 'subclass'
  | 'protocol'
  | 'bInterfaceNumber'
  | 'bConfigurationValue';

interface Row {
  readonly score: number;
  readonly keys: readonly Key[];
  /** Extra keys are harmless. */
  readonly open: boolean;
  readonly vendorClass: boolean | undefined;
}

const row = (score: number, keys: readonly Key[], vendorClass?: boolean): Row => ({
  score,
  keys,
  open: vendorClass === undefined,
  vendorClass,
});

const CLASS_ROWS: readonly Row[] = [
  row(80_000, ['idVendor', 'subclass', 'protocol'], true),
  row(70_000, ['idVendor', 'subclass'], true),
  row(60_000, ['class', 'subclass', 'protocol'], false),
  row(50_000, ['class', 'subclass'], false),
];
const PLACE = ['bInterfaceNumber', 'bConfigurationValue'] as const;
const ROWS: Readonly<Record<'device' | 'interface', readonly Row[]>> = {
  device: [row(100_000, ['idVendor', 'idProduct', 'bcdDevice']), row(90_000, ['idVendor', 'idProduct']), ...CLASS_ROWS],
  interface: [
    row(100_000, ['idVendor', 'idProduct', ...PLACE, 'bcdDevice']),
    row(90_000, ['idVendor', 'idProduct', ...PLACE]),
    ...CLASS_ROWS,
  ],
};

export interface Score {
  /** 0: no match. */
  readonly score: number;
  /** The row that matched, by its keys. */
  readonly keys: readonly string[];
}

const NO_MATCH: Score = { score: 0, keys: [] };

export function matchScore(wanted: MatchKeys, has: UsbProperties): Score {
  if (wanted.provider !== has.provider) return NO_MATCH;
  const present = presentKeys(wanted);
  if (present.some((key) => !keyMatches(wanted, has, key))) return NO_MATCH;
  const found = ROWS[has.provider].find((each) => rowMatches(each, present, has));
  if (!found) return NO_MATCH;
  const extra = wanted.IOProbeScore ?? 0;
  return { score: found.score - penalty(wanted, present) + (extra >= 10_000 ? 9000 : extra), keys: found.keys };
}

const ALL_KEYS: readonly Key[] = ['idVendor', 'idProduct', 'bcdDevice', 'class', 'subclass', 'protocol', ...PLACE];

const presentKeys = (wanted: MatchKeys) =>
  ALL_KEYS.filter((key) => wanted[key] !== undefined || (key === 'idProduct' && wanted.idProductArray !== undefined));

function keyMatches(wanted: MatchKeys, has: UsbProperties, key: Key): boolean {
  if (key === 'idProduct' && wanted.idProductArray?.includes(has.idProduct)) return true;
  const value = wanted[key];
  if (value === '*' || value === has[key]) return true;
  const mask = key === 'idProduct' ? wanted.idProductMask : undefined;
  return mask !== undefined && typeof value === 'number' && (value & mask) === (has.idProduct & mask);
}

function rowMatches({ keys, open, vendorClass }: Row, present: readonly Key[], has: UsbProperties): boolean {
  if (!keys.every((key) => present.includes(key))) return false;
  if (!open && present.some((key) => !keys.includes(key))) return false;
  return vendorClass === undefined || (has.class === 0xff) === vendorClass;
}

function penalty(wanted: MatchKeys, present: readonly Key[]): number {
  const wildcards = present.filter((key) => wanted[key] === '*').length;
  return wildcards * 1000 + (wanted.idProductMask === undefined ? 0 : 500);
}
