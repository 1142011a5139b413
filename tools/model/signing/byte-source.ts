// byte-source.ts — files as the readers need them: read in pieces, listed by path. Adapters open real ones.

import { FormatError } from './format-error.ts';
import { View } from './view.ts';

/** Bytes that are read in pieces, so that a large program never lies in memory as a whole. */
export interface ByteSource {
  readonly size: number;
  /** `length` bytes at `offset`; fewer at the end. The result may be overwritten by the next call. */
  read(offset: number, length: number): Uint8Array;
}

/** One thing below a folder. Links are never followed. */
export type TreeEntry =
  | { readonly kind: 'file'; readonly path: string; readonly size: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'folder' | 'other'; readonly path: string };

/** A folder with everything below it. Paths are relative, with slashes. */
export interface FileTree {
  /** Everything below the folder, in the order of its paths. */
  readonly entries: readonly TreeEntry[];
  /** Opens a file of `entries` for the time of `use`. */
  open<T>(path: string, use: (source: ByteSource) => T): T;
}

/** A copy of `length` bytes at `offset`. Throws FormatError when they are not all there. */
export function readView(source: ByteSource, offset: number, length: number, what: string): View {
  if (offset < 0 || length < 0 || offset > source.size || length > source.size - offset) {
    throw new FormatError(offset, `${what} of ${length} bytes runs past the end at ${source.size}`);
  }
  const bytes = new Uint8Array(source.read(offset, length));
  if (bytes.length !== length)
    throw new FormatError(offset, `${what}: ${bytes.length} of ${length} bytes could be read`);
  return new View(bytes, offset);
}

/** Bytes in memory as a source. */
export function sourceOf(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) };
}
