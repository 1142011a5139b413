// counter-page.ts — the page of counters the controller publishes in, what each port had counted at one moment out.
//
// The page is memory of another process that goes on writing. Each record is guarded by a sequence number that is odd while
// it is written (a seqlock); a reader takes the record, looks at the number again and starts over when it changed.
//
// What this relies on: Atomics.load on a BigUint64Array is one load of 64 bits that cannot tear, and V8 makes it sequentially
// consistent for memory that is not a SharedArrayBuffer as well. On x86-64 it is a plain mov, which later loads never pass;
// on arm64 an ldar, an acquire that no later load passes. So the second look at the number comes behind every word of the
// record, without a fence. An ordinary element access would be at the mercy of the compiler. Nothing is ever written: the page
// is mapped read-only.
//
// Header, 64 bytes: 0 u32 magic · 4 u32 version · 8 u32 ports · 12 u32 portBytes · 16 u64 heartbeat
// Record, portBytes: 0 u32 sequence · 4 u32 number · 8 u32 flags · 16 u64 bitsPerSecond · 24 u64 nanoseconds
//   32, 128, 224, 320: 96 bytes each of {frames, bytes, transfers, signals, dropped[8]} · 416 u64 verdicts[8]

import { type PortFlags, readPortFlags } from './protocol.ts';
import { REASONS, type ReasonName, VERDICTS, type VerdictName } from './reasons.ts';

export const COUNTER_PAGE = { magic: 0x5443504d, version: 1, headerBytes: 64, portBytes: 1024 } as const;

/** One direction of a port as one process counted it. */
export interface PathCounters {
  readonly frames: bigint;
  readonly bytes: bigint;
  readonly transfers: bigint;
  readonly signals: bigint;
  readonly dropped: Readonly<Record<ReasonName, bigint>>;
}

export const PATHS = [
  'receivedByController',
  'receivedByPort',
  'transmittedByPort',
  'transmittedByController',
] as const;

export interface PortCounters extends PortFlags, Readonly<Record<(typeof PATHS)[number], PathCounters>> {
  readonly index: number;
  readonly number: number;
  readonly bitsPerSecond: number;
  /** When the controller published this, by its own clock. */
  readonly nanoseconds: bigint;
  readonly verdicts: Readonly<Record<VerdictName, bigint>>;
}

export interface CounterPage {
  /** How often the controller has published; it stands still while the controller does. */
  readonly heartbeat: bigint;
  readonly ports: readonly PortCounters[];
  /** Indices of records that were being written whenever we looked: their writer stopped in the middle. */
  readonly writing: readonly number[];
}

/** Why nobody may read a page: the field that cannot be true. */
export type PageTrouble = 'size' | 'magic' | 'version' | 'portBytes' | 'ports';

const MOST_PORTS = 64;
/** Writing a record takes less than a microsecond; a thousand looks mean that its writer stopped in the middle. */
const TRIES = 1000;
/** What of a record has a meaning. */
const RECORD_WORDS = 480 / 8;

/** Reads the whole page in place; every record is of one moment, different records of moments close to each other. */
export function readCounterPage(memory: ArrayBuffer): CounterPage | PageTrouble {
  if (memory.byteLength < COUNTER_PAGE.headerBytes) return 'size';
  const words = new BigUint64Array(memory, 0, Math.floor(memory.byteLength / 8));
  const [magic, version] = halves(load(words, 0));
  const [ports, portBytes] = halves(load(words, 8));
  if (magic !== COUNTER_PAGE.magic) return 'magic';
  if (version !== COUNTER_PAGE.version) return 'version';
  if (portBytes !== COUNTER_PAGE.portBytes) return 'portBytes';
  if (ports > MOST_PORTS || COUNTER_PAGE.headerBytes + ports * portBytes > memory.byteLength) return 'ports';
  const heartbeat = load(words, 16);
  const indices = Array.from({ length: ports }, (_, index) => index);
  const records = indices.map((index) => readSteady(words, index));
  return {
    heartbeat,
    ports: records.filter((record) => record !== undefined),
    writing: indices.filter((index) => records[index] === undefined),
  };
}

/** A private copy of one record that nobody wrote to meanwhile; undefined when that never was so. */
function readSteady(words: BigUint64Array, index: number): PortCounters | undefined {
  const at = COUNTER_PAGE.headerBytes + index * COUNTER_PAGE.portBytes;
  const copy = new BigUint64Array(RECORD_WORDS);
  for (let tries = 0; tries < TRIES; tries++) {
    const [before] = halves(load(words, at));
    if (before % 2 === 1) continue;
    for (let word = 0; word < copy.length; word++) copy[word] = load(words, at + word * 8);
    const [after] = halves(load(words, at));
    if (after === before) return readRecord(copy, index);
  }
  return undefined;
}

function readRecord(words: BigUint64Array, index: number): PortCounters {
  const at = (offset: number) => words[offset / 8] ?? 0n;
  const [, number] = halves(at(0));
  const [flags] = halves(at(8));
  return {
    index,
    number,
    ...readPortFlags(flags),
    bitsPerSecond: Number(at(16)),
    nanoseconds: at(24),
    receivedByController: readPath(words, 32),
    receivedByPort: readPath(words, 128),
    transmittedByPort: readPath(words, 224),
    transmittedByController: readPath(words, 320),
    verdicts: named(VERDICTS, words, 416),
  };
}

function readPath(words: BigUint64Array, start: number): PathCounters {
  const at = (offset: number) => words[(start + offset) / 8] ?? 0n;
  return {
    frames: at(0),
    bytes: at(8),
    transfers: at(16),
    signals: at(24),
    dropped: named(REASONS, words, start + 32),
  };
}

const named = <Name extends string>(names: readonly { readonly name: Name }[], words: BigUint64Array, start: number) =>
  Object.fromEntries(names.map(({ name }, index) => [name, words[start / 8 + index] ?? 0n])) as Record<Name, bigint>;

const load = (words: BigUint64Array, offset: number) => Atomics.load(words, offset / 8);

/** Two 32-bit fields out of the word they share, the one at the lower address first. */
const halves = (word: bigint): [number, number] => [Number(word & 0xffffffffn), Number(word >> 32n)];
