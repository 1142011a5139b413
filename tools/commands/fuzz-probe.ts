import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { recognise } from '../model/usb/text/recognise.ts';
import { EXIT } from '../model/user-error.ts';
import { deviceReport, inspect } from '../report/probe/device-report.ts';
import { jsonReport } from '../report/probe/json-report.ts';
import { listReport } from '../report/probe/list-report.ts';
import { maskDump } from '../report/probe/mask.ts';
import { makeStyle } from '../report/probe/style.ts';
import { readArguments } from './arguments/read-arguments.ts';

/** One input may take this long; beyond it is a hang. */
const SLOWEST_MILLISECONDS = 10_000;

/** `tools/launch.mjs fuzz-probe --minutes 10 [--seed N]`: mutated dumps through everything `tools/probe` does with a file. */
export async function fuzzProbe(args: readonly string[]): Promise<number> {
  const options = {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now()) },
  } as const;
  const usage = 'Usage: node tools/launch.mjs fuzz-probe [--minutes N] [--seed N]';
  const read = readArguments(args, { command: 'fuzz-probe', usage, options });
  if (!read) return EXIT.fine;
  const { values } = read;
  const end = Date.now() + Number(values.minutes) * 60_000;
  const random = makeRandom(Number(values.seed));
  const seeds = fuzzSeeds();
  let count = 0;
  for (; Date.now() < end; count++) {
    const input = mutate(pick(seeds, random), seeds, random);
    const trouble = tryInput(input);
    if (trouble === undefined) continue;
    console.error(`seed ${values.seed}, input ${count}: ${trouble}\n${Buffer.from(input).toString('base64')}`);
    return EXIT.fixable;
  }
  console.log(`${count} mutated dumps, no exception and no hang (seed ${values.seed})`);
  return EXIT.fine;
}

/** What went wrong with `input`, an exception or a hang; undefined when nothing did. */
export function tryInput(input: Uint8Array): string | undefined {
  const begin = performance.now();
  try {
    useInput(input);
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const took = performance.now() - begin;
  return took > SLOWEST_MILLISECONDS ? `took ${Math.round(took)} ms` : undefined;
}

function useInput(input: Uint8Array): void {
  const style = makeStyle(80, true);
  const inspections = recognise(input, 'fuzz').map((dump) => inspect(dump));
  for (const each of inspections) deviceReport(each, style, true);
  listReport(inspections, style);
  JSON.stringify(jsonReport(inspections.map(({ subject }) => inspect(maskDump(subject.dump)))));
}

/** Every fixture of the descriptor and capture folders. */
export function fuzzSeeds(): Uint8Array[] {
  const folders = ['descriptors/gadgets', 'descriptors/ethernet', 'descriptors/hostile', 'descriptors/forms'];
  return folders.flatMap((folder) => {
    const path = join(PROJECT_ROOT, 'test', 'fixtures', folder);
    return readdirSync(path).map((name) => new Uint8Array(readFileSync(join(path, name))));
  });
}

export type Random = (limit: number) => number;

/** The same numbers for the same seed (mulberry32): a finding can be had again. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % Math.max(1, limit);
  };
}

export const pick = <T>(all: readonly T[], random: Random): T => all[random(all.length)] as T;

const INTERESTING = [0, 1, 2, 4, 5, 7, 9, 0x0a, 0x0b, 0x0f, 0x10, 0x18, 0x24, 0x30, 0x7f, 0x80, 0xff] as const;

/** One to sixteen changes: flipped bits, telling values, cuts, repeats, swapped halves, pieces of another dump. */
export function mutate(seed: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let data: Uint8Array = Uint8Array.from(seed);
  for (let change = 1 + random(16); change > 0; change--) data = mutateOnce(data, seeds, random);
  return data;
}

function mutateOnce(data: Uint8Array, seeds: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random(data.length);
  const length = 1 + random(Math.min(64, data.length - at));
  switch (random(7)) {
    case 0:
      return data.map((byte, index) => (index === at ? byte ^ (1 << random(8)) : byte));
    case 1:
      return data.map((byte, index) => (index === at ? pick(INTERESTING, random) : byte));
    case 2:
      return data.slice(0, at);
    case 3:
      return splice(data, at, length, new Uint8Array());
    case 4:
      return splice(data, at, 0, data.slice(at, at + length));
    case 5:
      return splice(data, at, length, piece(pick(seeds, random), random));
    default:
      return splice(data.slice(at), data.length, 0, data.slice(0, at));
  }
}

const piece = (from: Uint8Array, random: Random) => {
  const at = random(from.length);
  return from.slice(at, at + 1 + random(128));
};

function splice(data: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const result = new Uint8Array(
    data.length - Math.min(remove, data.length - Math.min(at, data.length)) + insert.length,
  );
  result.set(data.subarray(0, at));
  result.set(insert, Math.min(at, data.length));
  result.set(data.subarray(at + remove), Math.min(at, data.length) + insert.length);
  return result;
}
