// plain-value.ts — a property list's value as it was read in, one without kinds of numbers out.

import { isArray, isDict, PlistReal, type PlistValue as StrictValue } from '../signing/plist.ts';
import type { PlistValue } from './property-list-values.ts';

/** Without the difference between 1 and 1.0, which only matters where signatures are compared. */
export function plain(value: StrictValue): PlistValue {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [key, plain(item)]));
  if (isArray(value)) return value.map(plain);
  if (value instanceof PlistReal) return value.value;
  return typeof value === 'bigint' ? Number(value) : value;
}
