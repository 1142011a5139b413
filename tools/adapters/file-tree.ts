// file-tree.ts — a folder of this machine as the readers of tools/model/signing see it.

import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, type FileTree, sourceOf, type TreeEntry } from '../model/signing/byte-source.ts';
import { EXIT, UserError } from '../model/user-error.ts';

/** Entries beyond this are no bundle somebody signs. */
const MAX_ENTRIES = 200_000;
/** Files up to this size are kept, up to so many bytes in all. */
const SMALL = 1 << 20;
const MAX_KEPT = 16 << 20;

/** Lists a folder. Links are read, never followed. Throws UserError for a folder too large. */
export function fileTree(folder: string): FileTree {
  const entries = readable(folder, () => [...walk(folder, '', { left: MAX_ENTRIES })]).sort((a, b) =>
    a.path < b.path ? -1 : 1,
  );
  return { entries, open: keptOpen(folder, new Map(entries.map((entry) => [entry.path, entry]))) };
}

/** Small files are read once: seals, profiles and programs of a dext are looked at several times. */
function keptOpen(folder: string, entries: ReadonlyMap<string, TreeEntry>): FileTree['open'] {
  const kept = new Map<string, ByteSource>();
  let room = MAX_KEPT;
  return (path, use) => {
    const known = kept.get(path);
    if (known) return use(known);
    const entry = entries.get(path);
    if (entry?.kind !== 'file' || entry.size > SMALL || entry.size > room) return openFile(join(folder, path), use);
    const source = sourceOf(readable(join(folder, path), () => readFileSync(join(folder, path))));
    room -= source.size;
    kept.set(path, source);
    return use(source);
  };
}

function* walk(folder: string, below: string, budget: { left: number }): Generator<TreeEntry> {
  for (const found of readdirSync(join(folder, below), { withFileTypes: true })) {
    if (budget.left-- === 0)
      throw new UserError(`${folder} holds more than ${MAX_ENTRIES} files`, 'Name a bundle.', EXIT.unusable);
    const path = below === '' ? found.name : `${below}/${found.name}`;
    if (found.isDirectory()) {
      yield { kind: 'folder', path };
      yield* walk(folder, path, budget);
    } else if (found.isSymbolicLink()) {
      yield { kind: 'link', path, target: readlinkSync(join(folder, path)) };
    } else if (found.isFile()) {
      yield { kind: 'file', path, size: statSync(join(folder, path)).size };
    } else {
      yield { kind: 'other', path };
    }
  }
}

/** One buffer for all pieces of the usual size. */
const PIECE = Buffer.allocUnsafeSlow((1 << 20) + 4096);

/** Opens one file for the time of `use`; pieces are read into a buffer that is used again. */
export function openFile<T>(path: string, use: (source: ByteSource) => T): T {
  const descriptor = readable(path, () => openSync(path, 'r'));
  try {
    let buffer = PIECE;
    return use({
      size: fstatSync(descriptor).size,
      read: (offset, length) => {
        if (buffer.length < length) buffer = Buffer.allocUnsafe(length);
        return buffer.subarray(0, readSync(descriptor, buffer, 0, length, offset));
      },
    });
  } finally {
    closeSync(descriptor);
  }
}

/** What the system refuses is the user's to mend: a missing permission, a file that went away. */
function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new UserError(`${path} cannot be read (${code})`, 'Give yourself the right to read it.', EXIT.unusable);
  }
}
