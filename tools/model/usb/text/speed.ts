// speed.ts — the many ways programs write a speed.

import type { Speed } from '../dump.ts';

const WORDS: readonly [RegExp, Speed][] = [
  [/super.*(plus|\+)|\b(10|20|40)(\.0)? ?gb|\b(1|2|4)0000(\.0)?\b/i, 'super-plus'],
  [/super|\b5(\.0)? ?gb|\b5000(\.0)?\b/i, 'super'],
  [/high|\b480(\.0)?\b/i, 'high'],
  [/full|\b12(\.0)?\b/i, 'full'],
  [/low|\b1\.5\b/i, 'low'],
];

/** `480 Mb/s`, `super_speed`, `High Speed (480Mbps)`, `5000`; undefined for anything else. */
export const readSpeed = (text: string | undefined): Speed | undefined =>
  text === undefined ? undefined : WORDS.find(([pattern]) => pattern.test(text.replaceAll('_', ' ')))?.[1];
