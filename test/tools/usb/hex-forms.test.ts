import { describe, expect, it } from 'vitest';
import { fixtureBytes } from './fixtures.ts';
import { read } from './read-form.ts';

const bytes = fixtureBytes('gadgets/ncm2-high.descriptors.bin');
const hex = Buffer.from(bytes).toString('hex');

const rows = (width: number) =>
  Array.from({ length: Math.ceil(bytes.length / width) }, (_, row) => bytes.subarray(row * width, (row + 1) * width));
const pairs = (row: Uint8Array, separator = ' ') =>
  Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(separator);
const offset = (row: number, digits: number) => (row * 16).toString(16).padStart(digits, '0');
const printable = (row: Uint8Array) =>
  Array.from(row, (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');

const HEX_FORMS: readonly (readonly [string, string])[] = [
  ['one line', hex],
  ['capitals in lines', hex.toUpperCase().replace(/.{64}/g, '$&\n')],
  ['pairs', pairs(bytes)],
  ['pairs with colons', pairs(bytes, ':')],
  ['words with 0x', Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')],
  [
    'a C array',
    `static const uint8_t desc[] = {\n${rows(8)
      .map((row) => `  ${Array.from(row, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}, // part`)
      .join('\n')}\n};`,
  ],
  [
    'xxd',
    rows(16)
      .map(
        (row, index) =>
          `${offset(index, 8)}: ${pairs(row, '').replace(/.{4}/g, '$& ').trim().padEnd(39)}  ${printable(row)}`,
      )
      .join('\n'),
  ],
  [
    'hexdump -C',
    `${rows(16)
      .map(
        (row, index) =>
          `${offset(index, 8)}  ${pairs(row.subarray(0, 8))}  ${pairs(row.subarray(8))}`.padEnd(60) +
          `|${printable(row)}|`,
      )
      .join('\n')}\n${bytes.length.toString(16).padStart(8, '0')}\n`,
  ],
  [
    'od -An -tx1',
    rows(16)
      .map((row) => ` ${pairs(row)}`)
      .join('\n'),
  ],
  ['base64', Buffer.from(bytes).toString('base64').replace(/.{60}/g, '$&\n')],
];

describe('hex text', () => {
  it.each(HEX_FORMS)('is read as %s', (_, text) => {
    expect(read(text).map(({ descriptors }) => Buffer.from(descriptors.bytes).toString('hex'))).toEqual([hex]);
  });

  it('is not what prose is', () => {
    expect(read('Dear maintainers, the device does not work.')).toEqual([]);
    expect(read('{ "name": "package", "version": "1" }')).toEqual([]);
  });
});
