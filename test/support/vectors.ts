// vectors.ts — a file of test/wire in, its vectors out. The format is told in test/wire/README.md.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';

export interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Everything else that is said of it, in the order of the file. */
  readonly meaning: readonly (readonly [key: string, value: string])[];
}

/** `path` from the project's top folder. */
export function readVectors(path: string): Vector[] {
  const lines = readFileSync(join(PROJECT_ROOT, path), 'utf8').split('\n');
  const vectors: { name: string; bytes: number[]; meaning: [string, string][] }[] = [];
  lines.forEach((line, index) => {
    const [, key, value] = /^(\w+): ?(.*)$/.exec(line) ?? [];
    if (line === '' || line.startsWith('#')) return;
    if (key === undefined || value === undefined) throw new Error(`${path}:${index + 1}: expected \`key: value\``);
    if (key === 'name') vectors.push({ name: value, bytes: [], meaning: [] });
    const current = vectors.at(-1);
    if (current === undefined) throw new Error(`${path}:${index + 1}: expected a name first`);
    if (key === 'bytes') current.bytes.push(...hexBytes(value));
    else if (key !== 'name') current.meaning.push([key, value]);
  });
  return vectors.map(({ name, bytes, meaning }) => ({ name, bytes: Uint8Array.from(bytes), meaning }));
}

/** `4e43 00*12`: hex, and a repeated byte. */
export const hexBytes = (text: string): number[] =>
  text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const [digits = '', times = '1'] = word.split('*');
      if (!/^([0-9a-f]{2})+$/.test(digits)) throw new Error(`${word} is not hexadecimal`);
      const bytes = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
      return Array.from({ length: Number(times) }, () => bytes).flat();
    });

export const meanings = ({ meaning }: Vector, key: string): string[] =>
  meaning.filter(([name]) => name === key).map(([, value]) => value);
