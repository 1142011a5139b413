// property-list.ts — a property list of any kind in, plain values out, with readers that say what was expected where.

import { type PlistValue, parse, parseBinary } from 'plist';
import { EXIT, UserError } from '../../report/user-error.ts';

export * from './property-list-values.ts';

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
