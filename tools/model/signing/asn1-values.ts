// asn1-values.ts — elements of ASN.1 in, numbers, names, times and text out.

import { type Asn1, TAG } from './asn1.ts';
import type { View } from './view.ts';

/** The dotted form of an object identifier. */
export function oid(element: Asn1): string {
  const content = element.expect(TAG.oid, 'object identifier').content;
  const parts: number[] = [];
  let part = 0;
  for (const [at, byte] of content.bytes.entries()) {
    if (part > 2 ** 42) throw content.error(at, 'an object identifier with an absurd number');
    part = part * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (parts.length === 0)
      parts.push(Math.min(2, Math.floor(part / 40)), part - 40 * Math.min(2, Math.floor(part / 40)));
    else parts.push(part);
    part = 0;
  }
  if (parts.length === 0 || (content.bytes.at(-1) ?? 0) >= 0x80)
    throw content.error(0, 'an object identifier that does not end');
  return parts.join('.');
}

/** A signed whole number that fits in 53 bits. */
export function integer(element: Asn1): number {
  const content = element.expect(TAG.integer, 'integer').content;
  if (content.length === 0 || content.length > 8) throw element.error(`an integer of ${content.length} bytes`);
  const value = BigInt.asIntN(content.length * 8, BigInt(`0x${content.hex()}`));
  if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
    throw element.error('an integer of more than 53 bits');
  }
  return Number(value);
}

export function boolean(element: Asn1): boolean {
  const content = element.expect(TAG.boolean, 'boolean').content;
  return content.u8(0, 'boolean') !== 0;
}

/** The bytes of a bit string whose bits come in whole bytes. */
export function bitString(element: Asn1): View {
  const content = element.expect(TAG.bitString, 'bit string').content;
  if (content.u8(0, 'unused bits') !== 0) throw content.error(0, 'a bit string that ends inside a byte');
  return content.slice(1);
}

/** Text of any of ASN.1's string types. Bytes that are not UTF-8 count as Latin-1; BMPString is read as UTF-16. */
export function text(element: Asn1): string {
  const bytes = Buffer.from(element.content.bytes);
  if (element.is(30)) return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : '';
  const utf8 = bytes.toString('utf8');
  return utf8.includes('�') ? bytes.toString('latin1') : utf8;
}

/** UTCTime (years 1950 to 2049) or GeneralizedTime, both in UTC as X.509 and RFC 3161 demand. */
export function time(element: Asn1): Date {
  const digits = text(element);
  const match = /^(\d\d)?(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?Z$/.exec(digits);
  if (!match || element.is(TAG.generalizedTime) !== (match[1] !== undefined))
    throw element.error(`${JSON.stringify(digits)} is no time`);
  const [, century, short, month, day, hour, minute, second, fraction] = match;
  const year = century === undefined ? (Number(short) < 50 ? 2000 : 1900) + Number(short) : Number(century + short);
  const iso = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.${(fraction ?? '0').padEnd(3, '0').slice(0, 3)}Z`;
  const value = new Date(iso);
  if (Number.isNaN(value.getTime())) throw element.error(`${JSON.stringify(digits)} is no time`);
  return value;
}
