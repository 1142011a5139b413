// stray-bytes.ts — a Mach-O file and its slices in; the first byte that is in no slice and in no signature's reach, out.
//
// The table of a universal file, the gaps between slices and what lies behind a signature are hashed by nobody. Codesign's strict
// validation wants them to be nought (Security, Universal::Universal and MachO::validateStructure).

import { type ByteSource, readView } from './byte-source.ts';
import { type Slice, tableOfSlices } from './mach-o.ts';

const CHUNK = 1 << 20;

/** Its offset in the file; undefined when there is none. Reads in pieces. */
export function strayByte(source: ByteSource, slices: readonly Slice[]): number | undefined {
  const reached = slices.map(({ place, signature }) => ({
    offset: place.offset,
    size: signature ? signature.offset + signature.size - place.offset : place.size,
  }));
  const sorted = [tableOfSlices(source), ...reached].sort((one, other) => one.offset - other.offset);
  for (const [index, { offset, size }] of sorted.entries()) {
    const found = notNought(source, offset + size, sorted[index + 1]?.offset ?? source.size);
    if (found !== undefined) return found;
  }
  return undefined;
}

function notNought(source: ByteSource, from: number, to: number): number | undefined {
  for (let at = from; at < to; at += CHUNK) {
    const { bytes } = readView(source, at, Math.min(CHUNK, to - at), 'gap');
    const index = bytes.findIndex((byte) => byte !== 0);
    if (index >= 0) return at + index;
  }
  return undefined;
}
