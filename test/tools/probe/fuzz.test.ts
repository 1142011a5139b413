import { expect, it } from 'vitest';
import { fuzzSeeds, makeRandom, mutate, pick, tryInput } from '../../../tools/commands/fuzz-probe.ts';
import { fixtureBytes } from '../usb/fixtures.ts';

const seeds = fuzzSeeds();

it.each([1, 2, 3, 4])('takes mutated dumps without an exception or a hang (seed %i)', (seed) => {
  const random = makeRandom(seed);
  for (let count = 0; count < 250; count++)
    expect(tryInput(mutate(pick(seeds, random), seeds, random))).toBeUndefined();
});

it.each([
  'gadgets/ecm-ncm-rndis-super.descriptors.bin',
  'ethernet/fibocom-fm101-mbim-ss.descriptors.bin',
  'forms/SPUSBHostDataType-macos26.json',
])('takes %s cut off at each of its bytes', (name) => {
  const seed = fixtureBytes(name);
  for (let length = 0; length < seed.length; length++) expect(tryInput(seed.subarray(0, length))).toBeUndefined();
});

it('takes the largest and dullest inputs', () => {
  const dull = [0x00, 0x01, 0x02, 0x09, 0xff].map((byte) => new Uint8Array(16_384).fill(byte));
  const pairs = [
    [2, 0x24],
    [2, 0x0b],
    [2, 4],
    [2, 5],
    [9, 2],
    [9, 4],
    [8, 0x0b],
    [7, 5],
  ].map(([length = 0, type = 0]) =>
    Uint8Array.from({ length: 16_384 }, (_, index) => [length, type][index % length] ?? 0),
  );
  const deep = ['[', '{"a":', '<array>', '<plist><array>'].map((piece) => Buffer.from(piece.repeat(20_000)));
  for (const input of [...dull, ...pairs, ...deep]) expect(tryInput(input)).toBeUndefined();
});
