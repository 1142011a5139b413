import type { Cursor } from './cursor.ts';
import { type Attributes, CLASS_ATTRIBUTES, METHOD_ATTRIBUTES, PARAMETER_ATTRIBUTES } from './model.ts';
import { spell } from './token.ts';

const KNOWN = { class: CLASS_ATTRIBUTES, method: METHOD_ATTRIBUTES, parameter: PARAMETER_ATTRIBUTES } as const;
const ALL: ReadonlySet<string> = new Set(Object.values(KNOWN).flat());
const NEEDS_NAME: ReadonlySet<string> = new Set(['TYPE', 'QUEUENAME', 'EXTENDS']);

// Attributes of C++ and of Apple's availability headers: they say nothing about calls.
const FOREIGN =
  /^(?:__attribute__|__attribute|__deprecated|__deprecated_msg|__unused|DEPRECATED_ATTRIBUTE|(?:API|IOKIT|__API)_[A-Z_]+|__(?:OSX|IOS)_[A-Z_]+|NDK_\w+)$/;

const plainName = (text: string): string => text.replace(/^IIG_/, '');

export const startsAttribute = (cursor: Cursor): boolean =>
  ALL.has(plainName(cursor.peek().text)) ||
  FOREIGN.test(cursor.peek().text) ||
  (cursor.is('[') && cursor.peek(1).text === '[');

/**
 * Takes the attribute that stands at the cursor into `attributes`; false when none does. Attributes of other tools are
 * passed over.
 */
export function takeAttribute(cursor: Cursor, of: keyof typeof KNOWN, attributes: Map<string, string>): boolean {
  const token = cursor.peek();
  if (token.kind !== 'word' && !cursor.is('[')) return false;
  if (cursor.is('[') && cursor.peek(1).text === '[') {
    cursor.balanced();
    return true;
  }
  if (FOREIGN.test(token.text)) {
    cursor.next();
    if (cursor.is('(')) cursor.balanced();
    return true;
  }
  const name = plainName(token.text);
  if (!ALL.has(name)) return false;
  const known: readonly string[] = KNOWN[of];
  if (!known.includes(name)) cursor.mistakes.abandon(token, `an attribute of a ${of}: ${known.join(', ')}`);
  if (attributes.has(name)) cursor.mistakes.abandon(token, `${name} only once`);
  cursor.next();
  attributes.set(name, NEEDS_NAME.has(name) ? argument(cursor, name) : '');
  return true;
}

function argument(cursor: Cursor, name: string): string {
  const what =
    { TYPE: 'the name of a method', QUEUENAME: 'the name of a dispatch queue' }[name] ?? 'the name of a class';
  cursor.expect('(', ` and ${what} behind ${name}`);
  const start = cursor.place;
  cursor.word(`${what} in ${name}(…)`);
  while (cursor.accept('::')) cursor.word(`${what} in ${name}(…)`);
  const text = spell(cursor.since(start));
  cursor.expect(')', ` behind ${what}`);
  return text;
}

/** Whether any of `names` is among `attributes`. */
export const has = (attributes: Attributes, ...names: readonly string[]): boolean =>
  names.some((name) => attributes.has(name));
