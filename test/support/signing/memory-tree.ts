// memory-tree.ts — files by path in memory, as the readers see a folder; and the same written to a real one.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileTree, sourceOf, type TreeEntry } from '../../../tools/model/signing/byte-source.ts';

/** Contents by path; a string is the target of a link. */
export type Files = Map<string, Buffer | string>;

export function memoryTree(files: Files): FileTree {
  const folders = new Set([...files.keys()].flatMap(parents));
  const entries: TreeEntry[] = [...folders].map((path) => ({ kind: 'folder', path }));
  for (const [path, content] of files) {
    entries.push(
      typeof content === 'string'
        ? { kind: 'link', path, target: content }
        : { kind: 'file', path, size: content.length },
    );
  }
  const open: FileTree['open'] = (path, use) => {
    const content = files.get(path);
    if (content === undefined || typeof content === 'string') throw new Error(`${path} is no file`);
    return use(sourceOf(content));
  };
  return { entries: entries.sort((a, b) => (a.path < b.path ? -1 : 1)), open };
}

function parents(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

export function writeFiles(files: Files, folder: string): void {
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (typeof content === 'string') symlinkSync(content, join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
}
