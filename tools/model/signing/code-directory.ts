// code-directory.ts — one code directory in; identifier, team, flags and every hash out.
//
// CodeDirectory (big-endian)                          xnu cs_blobs.h
//   0 magic 0xfade0c02   4 length        8 version       12 flags          16 hashOffset    20 identOffset
//  24 nSpecialSlots     28 nCodeSlots   32 codeLimit     36 hashSize       37 hashType      38 platform
//  39 pageSize (log2)   40 spare2
//  44 scatterOffset   from 0x20100      48 teamOffset   from 0x20200       52 spare3, 56 codeLimit64 from 0x20300
//  64 execSegBase, 72 execSegLimit, 80 execSegFlags from 0x20400          88 runtime, 92 preEncryptOffset from 0x20500
// The hash of special slot k lies at hashOffset - k * hashSize, that of code slot n at hashOffset + n * hashSize.

import { digest, type HashName } from './crypto.ts';
import type { View } from './view.ts';

const MAGIC = 0xfade0c02;
const MAX_PAGE_SHIFT = 24;
const MAX_SPECIAL = 32;

/** Flags of a code directory that decide something here. */
export const CODE_FLAG = { adhoc: 0x2, runtime: 0x10000, linkerSigned: 0x20000 } as const;

/** Hash types with the bytes of a hash that are stored. */
const HASH_TYPES: Readonly<Record<number, { readonly name: HashName; readonly size: number }>> = {
  1: { name: 'sha1', size: 20 },
  2: { name: 'sha256', size: 32 },
  3: { name: 'sha256', size: 20 },
  4: { name: 'sha384', size: 48 },
};

/** A run of pages that are hashed; without scatter there is one, of all pages. */
export interface PageRun {
  /** Number of the first page, in pages of the file. */
  readonly first: number;
  readonly count: number;
  /** Where the hash of its first page stands among the code slots. */
  readonly slot: number;
}

export interface CodeDirectory {
  readonly blob: View;
  readonly version: number;
  readonly flags: number;
  readonly identifier: string;
  readonly team: string | undefined;
  readonly hash: HashName;
  readonly hashType: number;
  readonly hashSize: number;
  /** In bytes; Infinity when the code is one page. */
  readonly pageSize: number;
  /** Bytes from the start of the slice that are signed. */
  readonly codeLimit: number;
  readonly codeSlots: View;
  readonly runs: readonly PageRun[];
  /** Hashes of the special slots, from 1; an empty slot has zeros and is left out. */
  readonly specials: ReadonlyMap<number, Uint8Array>;
  readonly specialSlots: number;
  /** The first 20 bytes of its own hash, in hexadecimal. */
  readonly cdhash: string;
  /** The whole hash. */
  readonly ownHash: Uint8Array;
}

/** Reads one code directory. Throws FormatError. */
export function readCodeDirectory(blob: View): CodeDirectory {
  if (blob.u32(0, 'magic') !== MAGIC) throw blob.error(0, 'this is no code directory');
  const version = blob.u32(8, 'version');
  if (version < 0x20000 || version >= 0x30000)
    throw blob.error(8, `a code directory of version 0x${version.toString(16)}`);
  const type = HASH_TYPES[blob.u8(37, 'hash type')];
  if (!type || blob.u8(36) !== type.size)
    throw blob.error(36, `hashes of type ${blob.u8(37)} with ${blob.u8(36)} bytes`);
  const pages = readPages(blob, version, type.size);
  const ownHash = digest(type.name, blob.bytes);
  const teamOffset = version >= 0x20200 ? blob.u32(48, 'place of the team') : 0;
  return {
    blob,
    version,
    flags: blob.u32(12),
    identifier: blob.zeroTerminated(blob.u32(20), 'identifier'),
    team: teamOffset === 0 ? undefined : blob.zeroTerminated(teamOffset, 'team'),
    hash: type.name,
    hashType: blob.u8(37),
    hashSize: type.size,
    ...pages,
    ...readSpecials(blob, type.size),
    cdhash: Buffer.from(ownHash.subarray(0, 20)).toString('hex'),
    ownHash,
  };
}

function readPages(blob: View, version: number, hashSize: number) {
  const shift = blob.u8(39, 'page size');
  if (shift > MAX_PAGE_SHIFT) throw blob.error(39, `pages of 2^${shift} bytes`);
  const pageSize = shift === 0 ? Number.POSITIVE_INFINITY : 2 ** shift;
  const wideLimit = version >= 0x20300 ? blob.u64(56, 'code limit') : 0;
  const codeLimit = wideLimit > 0 ? wideLimit : blob.u32(32, 'code limit');
  const count = blob.u32(28, 'number of pages');
  const codeSlots = blob.slice(blob.u32(16, 'place of the hashes'), count * hashSize, 'hashes of the pages');
  const scatter = version >= 0x20100 ? blob.u32(44, 'place of the scatter vector') : 0;
  const needed = Number.isFinite(pageSize) ? Math.ceil(codeLimit / pageSize) : 1;
  if (scatter === 0 && count !== needed) throw blob.error(28, `${count} pages for ${codeLimit} bytes`);
  const runs = scatter === 0 ? [{ first: 0, count, slot: 0 }] : readScatter(blob, scatter, count);
  return { pageSize, codeLimit, codeSlots, runs };
}

/** Scatter: count, base page, target offset (64 bits), spare (64 bits) per run; a count of nought ends it. */
function readScatter(blob: View, start: number, slots: number): readonly PageRun[] {
  const runs: PageRun[] = [];
  let slot = 0;
  for (let at = start; ; at += 24) {
    const count = blob.u32(at, 'scatter vector');
    if (count === 0) return runs;
    const first = blob.u32(at + 4, 'scatter vector');
    const last = runs.at(-1);
    if (count > slots - slot || (last && first < last.first + last.count))
      throw blob.error(at, 'a scatter vector out of order');
    runs.push({ first, count, slot });
    slot += count;
  }
}

function readSpecials(blob: View, hashSize: number) {
  const count = blob.u32(24, 'number of special slots');
  const hashes = blob.u32(16, 'place of the hashes');
  if (count > MAX_SPECIAL || count * hashSize > hashes) throw blob.error(24, `${count} special slots`);
  const specials = new Map<number, Uint8Array>();
  for (let slot = 1; slot <= count; slot++) {
    const hash = blob.slice(hashes - slot * hashSize, hashSize, 'hash of a special slot').bytes;
    if (hash.some((byte) => byte !== 0)) specials.set(slot, hash);
  }
  return { specials, specialSlots: count };
}

/** The directory macOS goes by: that of the strongest hash. */
export function bestDirectory(directories: readonly [CodeDirectory, ...CodeDirectory[]]): CodeDirectory {
  const rank = (directory: CodeDirectory) => [1, 3, 2, 4].indexOf(directory.hashType);
  return directories.reduce((best, next) => (rank(next) > rank(best) ? next : best));
}
