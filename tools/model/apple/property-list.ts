// property-list.ts — a property list of any kind in, plain values out, with readers that say what was expected where.

import { type PlistValue, parseOpenStep } from 'plist';
import { readPlist } from '../signing/read-plist.ts';
import { View } from '../signing/view.ts';
import { EXIT, UserError } from '../user-error.ts';
import { plain } from './plain-value.ts';

export { plain } from './plain-value.ts';
export * from './property-list-values.ts';

/** XML, binary or old-style text, as it lies in a file or as a program prints it. `what` names it in the error. */
export function parsePropertyList(source: Uint8Array | string, what: string): PlistValue {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  const text = new TextDecoder().decode(bytes);
  try {
    const strict = /^(?:bplist|\s*<[?!p])/.test(text.slice(0, 64));
    return strict ? plain(readPlist(new View(bytes))) : parseOpenStep(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`${what} is no property list: ${reason}`, 'Give it as macOS wrote it.', EXIT.unusable);
  }
}
