// vectors.ts — a `descriptors.hex` of firmware-info in, dumps out. The form is that of test/wire: `bytes:` lines under a `name:`.

import { joinBytes } from '../bytes.ts';
import { bytesDump, type Dump } from '../dump.ts';
import { parseHex } from './hex.ts';

const FORM = 'descriptors.hex';
/** `xx*n` stands for n times xx; nothing in a descriptor is longer than this. */
const MOST_REPEATS = 65_535;

export const isVectors = (text: string) => /^name: /m.test(text) && /^bytes: [0-9a-f]/im.test(text);

/** One device when the file says its device descriptor; else each vector is a configuration of its own. */
export function parseVectors(text: string, name: string): Dump[] {
  const device = parseHex(/^# Device descriptor: ([0-9a-f ]+)$/im.exec(text)?.[1] ?? '');
  const vectors = text.split(/^(?=name: )/m).flatMap((block) => {
    const called = /^name: (.*)$/m.exec(block)?.[1];
    const bytes = [...block.matchAll(/^bytes: (.*)$/gm)].map((match) => lineBytes(match[1] ?? ''));
    return called === undefined ? [] : [{ called, bytes: joinBytes(bytes) }];
  });
  if (device) return [bytesDump(FORM, name, joinBytes([device, ...vectors.map(({ bytes }) => bytes)]))];
  return vectors.map(({ called, bytes }) => bytesDump(FORM, `${name}: ${called}`, bytes));
}

function lineBytes(line: string): Uint8Array {
  const spelled = line.replace(/\b([0-9a-f]{2})\*(\d{1,5})\b/gi, (_, pair: string, count) =>
    pair.repeat(Math.min(Number(count), MOST_REPEATS)),
  );
  return parseHex(spelled) ?? new Uint8Array();
}
