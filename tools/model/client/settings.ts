// settings.ts — what a person says a port should be in, the bytes the driver takes out; and back.

import { macTrouble } from '../usb/mac.ts';
import { EXIT, UserError } from '../user-error.ts';
import { macText } from './protocol.ts';

/** The keys of Setting and ChangeSetting. */
export const KEY = { allowed: 1, label: 2, mac: 3, mtu: 4, transfers: 5, slots: 6, block: 7 } as const;
export type SettingName = keyof typeof KEY;
export const SETTING_NAMES = Object.keys(KEY) as readonly SettingName[];

/** One wish; the value as text, which is how it is typed, saved and shown. An empty one is the device's own. */
export interface Wish {
  readonly name: SettingName;
  readonly value: string;
}

/** The Ethernet header in front of what an MTU counts. */
const HEADER_BYTES = 14;
const LABEL_BYTES = 63;

/** `label=Printer` as typed. Throws a UserError that says what is wrong and what would be right. */
export function parseWish(text: string): Wish {
  const split = text.indexOf('=');
  const typed = text.slice(0, Math.max(0, split));
  const name = SETTING_NAMES.find((each) => each === typed);
  if (name === undefined) {
    const words = typed === '' ? `${text}: not NAME=VALUE` : `there is no setting ${typed}`;
    throw unusable(words, `The names are ${SETTING_NAMES.join(', ')}.`);
  }
  const value = text.slice(split + 1);
  const wish = { name, value: value === 'default' ? '' : value };
  encodeWish(wish);
  return wish;
}

/** The bytes of a wish. Throws a UserError for a value no driver would take. */
export function encodeWish({ name, value }: Wish): Uint8Array {
  if (value === '') return new Uint8Array();
  switch (name) {
    case 'allowed':
      return Uint8Array.of(oneOf(value, ['no', 'yes']));
    case 'label':
      return encodeLabel(value);
    case 'mac':
      return encodeMac(value);
    case 'mtu':
      return encodeNumber(name, value, 68, 65_535 - HEADER_BYTES, HEADER_BYTES);
    case 'transfers':
    case 'slots':
      return encodeNumber(name, value, 1, 1024, 0);
    case 'block':
      return encodeNumber(name, value, 2048, 1 << 20, 0);
    default:
      return name satisfies never;
  }
}

/** What the driver says a setting is, '' when nobody set it; undefined when these bytes cannot be that. */
export function decodeWish(name: SettingName, bytes: Uint8Array): Wish | undefined {
  const value = bytes.length === 0 ? '' : decodeValue(name, bytes);
  return value === undefined ? undefined : { name, value };
}

function decodeValue(name: SettingName, bytes: Uint8Array): string | undefined {
  switch (name) {
    case 'allowed':
      return bytes.length === 1 ? (bytes[0] === 0 ? 'no' : 'yes') : undefined;
    case 'label':
      return new TextDecoder().decode(bytes);
    case 'mac':
      return bytes.length === 6 ? macText(bytes) : undefined;
    default: {
      if (bytes.length !== 4) return undefined;
      const number = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
      return String(name === 'mtu' ? number - HEADER_BYTES : number);
    }
  }
}

function oneOf(value: string, words: readonly [string, string]): number {
  const index = words.indexOf(value);
  if (index < 0) throw unusable(`${value}: neither ${words.join(' nor ')}`, 'For example: allowed=no');
  return index;
}

function encodeLabel(value: string): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a label must not have
  if (/[\u0000-\u001f\u007f-\u009f]/.test(value))
    throw unusable('A label has no control characters', 'Leave them out.');
  if (bytes.length > LABEL_BYTES)
    throw unusable(`A label has 1 to ${LABEL_BYTES} bytes, this one ${bytes.length}`, 'For example: label=Printer');
  return bytes;
}

function encodeMac(value: string): Uint8Array {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(value))
    throw unusable(`${value} is no MAC address`, 'For example: mac=02:00:00:00:00:01; mac=default takes it back');
  const trouble = macTrouble(value);
  if (trouble) throw unusable(`${value} ${trouble}`, 'The first byte of a usable one is even: 02:…');
  return Uint8Array.from(value.split(':'), (byte) => Number.parseInt(byte, 16));
}

function encodeNumber(name: string, value: string, least: number, most: number, add: number): Uint8Array {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw unusable(`${name}=${value}: not a whole number from ${least} to ${most}`, `For example: ${name}=${least}`);
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number + add, true);
  return bytes;
}

const unusable = (message: string, fix: string) => new UserError(message, fix, EXIT.unusable);
