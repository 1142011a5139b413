import { expect, it } from 'vitest';
import { formatSpeed } from '../../../tools/report/speed.ts';

it.each([
  [0, '0 bit/s'],
  [999, '999 bit/s'],
  [10_000_000, '10 Mbit/s'],
  [940_400_000, '940 Mbit/s'],
  [1_000_000_000, '1 Gbit/s'],
  [2_500_000_000, '2.5 Gbit/s'],
  [25_000_000_000, '25 Gbit/s'],
])('writes %d bits a second as %s', (speed, text) => expect(formatSpeed(speed)).toBe(text));
