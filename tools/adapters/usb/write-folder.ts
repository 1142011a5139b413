// write-folder.ts — a new folder with its files. What is there already stays as it is: it may hold facts somebody added by hand.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../model/user-error.ts';

/** File names to their text in; their paths out. Throws UserError when one of them exists, before anything is written. */
export function writeFolder(folder: string, files: Readonly<Record<string, string>>): string[] {
  const paths = Object.entries(files).map(([name, text]) => ({ path: join(folder, name), text }));
  const present = paths.find(({ path }) => existsSync(path));
  if (present) throw new UserError(`${present.path} is there already`, 'Name another folder, or remove it first.');
  try {
    mkdirSync(folder, { recursive: true });
    for (const { path, text } of paths) writeFileSync(path, text);
  } catch (error) {
    throw new UserError(
      `${folder} cannot be written: ${(error as NodeJS.ErrnoException).code}`,
      'Name a folder you may write.',
    );
  }
  return paths.map(({ path }) => path);
}
