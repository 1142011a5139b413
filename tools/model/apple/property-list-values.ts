// property-list-values.ts — readers of plain property list values. Apart from the parser: that takes longer to load than a small
// tool to start.

import type { PlistValue } from 'plist';

export type { PlistValue };
export type Dictionary = Readonly<Record<string, PlistValue>>;

export const isDictionary = (value: PlistValue | undefined): value is { [key: string]: PlistValue } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array);

export const asDictionary = (value: PlistValue | undefined): Dictionary => (isDictionary(value) ? value : {});
export const asArray = (value: PlistValue | undefined): readonly PlistValue[] => (Array.isArray(value) ? value : []);

/** Text, also of a number: old-style property lists do not tell them apart. */
export const asText = (value: PlistValue | undefined): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;

export function asNumber(value: PlistValue | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
