// requirement-match.ts — what a code requirement compares: a certificate's fields and marks, and how.

import { type Certificate, commonName } from './certificate.ts';
import { OID } from './oids.ts';
import type { PlistValue } from './plist.ts';
import type { View } from './view.ts';

/** By the number a requirement has for it: how it is written, and what it asks. */
export const COMPARISONS: Readonly<Record<number, readonly [string, (value: string, operand: string) => boolean]>> = {
  1: ['=', (value, operand) => value === operand],
  2: ['~', (value, operand) => value.includes(operand)],
  3: ['^=', (value, operand) => value.startsWith(operand)],
  4: ['$=', (value, operand) => value.endsWith(operand)],
  5: ['<', (value, operand) => value.localeCompare(operand, 'en', { numeric: true }) < 0],
  6: ['>', (value, operand) => value.localeCompare(operand, 'en', { numeric: true }) > 0],
  7: ['<=', (value, operand) => value.localeCompare(operand, 'en', { numeric: true }) <= 0],
  8: ['>=', (value, operand) => value.localeCompare(operand, 'en', { numeric: true }) >= 0],
};

const FIELDS: Readonly<Record<string, string>> = {
  'subject.CN': OID.commonName,
  'subject.OU': OID.organizationalUnit,
  'subject.O': OID.organization,
  'subject.C': OID.country,
  'subject.UID': OID.userId,
};

/** A subject's field by its name in a requirement; its common name for names that are none. */
export function subjectField(certificate: Certificate, field: string): PlistValue | undefined {
  const type = FIELDS[field];
  return type === undefined ? commonName(certificate) : certificate.subject.attributes.get(type);
}

/** An object identifier's contents without its tag and length. */
export function dotted(view: View): string {
  const parts: number[] = [];
  let part = 0;
  for (const byte of view.bytes) {
    part = (part * 128 + (byte & 0x7f)) % 2 ** 48;
    if (byte >= 0x80) continue;
    if (parts.length === 0)
      parts.push(Math.min(2, Math.floor(part / 40)), part - 40 * Math.min(2, Math.floor(part / 40)));
    else parts.push(part);
    part = 0;
  }
  return parts.join('.');
}
