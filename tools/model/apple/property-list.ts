// property-list.ts — a property list of any kind in, plain values out, with readers that say what was expected where.

import { type PlistValue, parse, parseBinary } from 'plist';
import { EXIT, UserError } from '../../report/user-error.ts';

export type { PlistValue };
export type Dictionary = Readonly<Record<string, PlistValue>>;

/** XML, binary or old-style text, as it lies in a file or as a program prints it. `what` names it in the error. */
export function parsePropertyList(source: Uint8Array | string, what: string): PlistValue {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, 8));
  try {
    if (magic === 'bplist00') return parseBinary(bytes);
    return parse(typeof source === 'string' ? source : new TextDecoder().decode(bytes));
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new UserError(`${what} is no property list: ${reason}`, 'Give the file as macOS wrote it.', EXIT.unusable);
  }
}

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
