// page-hashes.ts — a slice and a code directory in, the pages that are not what was signed out. Reads in pieces.

import { createHash, hash } from 'node:crypto';
import type { ByteSource } from './byte-source.ts';
import type { CodeDirectory, PageRun } from './code-directory.ts';
import { FormatError } from './format-error.ts';
import type { Place } from './mach-o.ts';

/** Bytes read at a time, a multiple of every usual page size; one page when a page is larger. */
const CHUNK = 1 << 20;
/** Differing pages that are listed; more say no more. */
const MAX_LISTED = 8;

export interface PageVerdict {
  readonly pages: number;
  /** Offsets in the file of the first pages that differ. */
  readonly differing: readonly number[];
}

/** Hashes every page that `directory` covers. Throws FormatError when it covers more than the slice has. */
export function verifyPages(source: ByteSource, slice: Place, directory: CodeDirectory): PageVerdict {
  if (directory.codeLimit > slice.size) {
    throw new FormatError(
      directory.blob.offset + 32,
      `a code limit of ${directory.codeLimit} in a slice of ${slice.size}`,
    );
  }
  const differing = Number.isFinite(directory.pageSize)
    ? directory.runs.flatMap((run) => differingPages(source, slice, directory, run))
    : differingWhole(source, slice, directory);
  return { pages: directory.runs.reduce((sum, run) => sum + run.count, 0), differing: differing.slice(0, MAX_LISTED) };
}

function differingPages(source: ByteSource, slice: Place, directory: CodeDirectory, run: PageRun): readonly number[] {
  const { pageSize, codeLimit } = directory;
  const differing: number[] = [];
  const end = Math.min((run.first + run.count) * pageSize, codeLimit);
  const step = Math.max(CHUNK, pageSize);
  let slot = run.slot;
  for (let start = run.first * pageSize; start < end; start += step) {
    const chunk = readPiece(source, slice.offset + start, Math.min(step, end - start));
    for (let at = 0; at < chunk.length; at += pageSize) {
      const actual = hash(directory.hash, chunk.subarray(at, at + pageSize), 'buffer');
      if (!isStored(directory, slot++, actual)) differing.push(slice.offset + start + at);
      if (differing.length >= MAX_LISTED) return differing;
    }
  }
  return differing;
}

/** A page size of nought: all the code is one page. */
function differingWhole(source: ByteSource, slice: Place, directory: CodeDirectory): readonly number[] {
  const whole = createHash(directory.hash);
  for (let at = 0; at < directory.codeLimit; at += CHUNK) {
    whole.update(readPiece(source, slice.offset + at, Math.min(CHUNK, directory.codeLimit - at)));
  }
  return isStored(directory, 0, whole.digest()) ? [] : [slice.offset];
}

function isStored(directory: CodeDirectory, slot: number, actual: Uint8Array): boolean {
  const { codeSlots, hashSize } = directory;
  const stored = codeSlots.bytes.subarray(slot * hashSize, (slot + 1) * hashSize);
  return Buffer.compare(stored, actual.subarray(0, hashSize)) === 0;
}

function readPiece(source: ByteSource, offset: number, length: number): Uint8Array {
  const bytes = source.read(offset, length);
  if (bytes.length !== length) throw new FormatError(offset, `${bytes.length} of ${length} bytes could be read`);
  return bytes;
}
