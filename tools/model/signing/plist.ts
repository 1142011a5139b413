// plist.ts — the values of a property list, whatever form they were read from, and how they compare.

/** A floating-point number: 1.0 is not the integer 1, and comparing entitlements is literal. */
export class PlistReal {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

export type PlistDict = ReadonlyMap<string, PlistValue>;

/** A `number` is always a whole one; whole numbers beyond 53 bits are `bigint`. */
export type PlistValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | PlistReal
  | readonly PlistValue[]
  | PlistDict;

export function isDict(value: PlistValue | undefined): value is PlistDict {
  return value instanceof Map;
}

export function isArray(value: PlistValue | undefined): value is readonly PlistValue[] {
  return Array.isArray(value);
}

/** The string under `key`; undefined when there is none or it is something else. */
export function stringAt(dict: PlistDict, key: string): string | undefined {
  const value = dict.get(key);
  return typeof value === 'string' ? value : undefined;
}

/** The dictionary under `key`; an empty one when there is none or it is something else. */
export function dictAt(dict: PlistDict, key: string): PlistDict {
  const value = dict.get(key);
  return isDict(value) ? value : new Map();
}

/** The strings in the array under `key`; what is no string is left out. */
export function stringsAt(dict: PlistDict, key: string): readonly string[] {
  const value = dict.get(key);
  return isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

/** Whether two values are literally the same: type, value, order of arrays; the order of dictionaries does not count. */
export function samePlist(a: PlistValue | undefined, b: PlistValue | undefined): boolean {
  if (a instanceof Date || b instanceof Date)
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof PlistReal || b instanceof PlistReal) {
    return a instanceof PlistReal && b instanceof PlistReal && a.value === b.value;
  }
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  }
  if (isArray(a) || isArray(b)) {
    return isArray(a) && isArray(b) && a.length === b.length && a.every((entry, index) => samePlist(entry, b[index]));
  }
  if (isDict(a) || isDict(b)) {
    return isDict(a) && isDict(b) && a.size === b.size && [...a].every(([key, value]) => samePlist(value, b.get(key)));
  }
  return a === b;
}

/** A value on one line, written as Apple's old property lists are: `[{idVendor = "*"}]`. */
export function show(value: PlistValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof PlistReal) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (value instanceof Uint8Array)
    return `<${Buffer.from(value.subarray(0, 16)).toString('hex')}${value.length > 16 ? '…' : ''}>`;
  if (isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (isDict(value)) return `{${[...value].map(([key, entry]) => `${key} = ${show(entry)}`).join(', ')}}`;
  return String(value);
}
