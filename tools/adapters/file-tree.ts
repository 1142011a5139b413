// file-tree.ts — a folder of this machine as the readers of tools/model/signing see it.

import { closeSync, fstatSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ByteSource, FileTree, TreeEntry } from '../model/signing/byte-source.ts';
import { UserError } from '../report/user-error.ts';

/** Entries beyond this are no bundle somebody signs. */
const MAX_ENTRIES = 200_000;

/** Lists a folder. Links are read, never followed. Throws UserError for a folder too large. */
export function fileTree(folder: string): FileTree {
  const entries = [...walk(folder, '', { left: MAX_ENTRIES })].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { entries, open: (path, use) => openFile(join(folder, path), use) };
}

function* walk(folder: string, below: string, budget: { left: number }): Generator<TreeEntry> {
  for (const found of readdirSync(join(folder, below), { withFileTypes: true })) {
    if (budget.left-- === 0) throw new UserError(`${folder} holds more than ${MAX_ENTRIES} files`, 'Name a bundle.', 2);
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

/** Opens one file for the time of `use`; pieces are read into one buffer that is used again. */
export function openFile<T>(path: string, use: (source: ByteSource) => T): T {
  const descriptor = openSync(path, 'r');
  try {
    let buffer = Buffer.alloc(0);
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
