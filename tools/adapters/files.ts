import { randomUUID } from 'node:crypto';
import { cp, lstat, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Secret } from '../model/secret.ts';
import { UserError } from '../model/user-error.ts';
import { fileTree } from './file-tree.ts';
import type { FileFacts, Files } from './system.ts';

/** The files below `root`, '/' for the machine's own; a test gives a throw-away folder and sees the same code at work. */
export function filesBelow(root: string): Files {
  const at = (path: string) => join(root, path);
  const read = (path: string) => unlessAbsent<Uint8Array | undefined>(readFile(at(path)), undefined);
  return {
    read,
    readText: async (path) => decode(await read(path)),
    write: (path, content, mode = 0o644) => forPeople(path, () => writeWhole(at(path), content, mode)),
    facts: async (path) => factsOf(await unlessAbsent(lstat(at(path)), undefined)),
    tree: (folder) => fileTree(at(folder)),
    list: async (folder) => (await unlessAbsent(readdir(at(folder)), [])).sort(),
    copy: (from, to) =>
      forPeople(to, async () => {
        await mkdir(dirname(at(to)), { recursive: true });
        await cp(at(from), at(to), { recursive: true, verbatimSymlinks: true, errorOnExist: true, force: false });
      }),
    move: (from, to) =>
      forPeople(to, async () => {
        await mkdir(dirname(at(to)), { recursive: true });
        await rename(at(from), at(to));
      }),
    remove: (path) => forPeople(path, () => rm(at(path), { recursive: true, force: true })),
  };
}

const decode = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : new TextDecoder().decode(bytes));

async function unlessAbsent<T>(asked: Promise<T>, absent: T): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return absent;
    throw error;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not',
  EPERM: 'you may not',
  EROFS: 'the volume is read-only',
  ENOSPC: 'the volume is full',
  EXDEV: 'it lies on another volume',
};

/** What a person can do something about is no bug of ours. */
async function forPeople<T>(path: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new UserError(`${path} cannot be changed: ${reason}`, 'Run this as an administrator, or make room.');
  }
}

/** A reader sees the old file or the new one, and a secret never lies in a file others can read, not even for a moment. */
async function writeWhole(path: string, content: string | Uint8Array | Secret, mode: number): Promise<void> {
  const isPrivate = (mode & 0o077) === 0;
  await mkdir(dirname(path), { recursive: true, mode: isPrivate ? 0o700 : 0o777 });
  const draft = `${path}.${randomUUID()}`;
  try {
    const file = await open(draft, 'wx', mode);
    await file.writeFile(content instanceof Secret ? content.reveal() : content).finally(() => file.close());
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

function factsOf(found: Awaited<ReturnType<typeof lstat>> | undefined): FileFacts | undefined {
  if (found === undefined) return undefined;
  const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : found.isSymbolicLink() ? 'link' : 'other';
  return { kind, mode: Number(found.mode) & 0o777, size: Number(found.size) };
}
