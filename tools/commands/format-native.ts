import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { runHere } from '../adapters/run.ts';
import { EXIT } from '../model/user-error.ts';
import { readArguments } from './arguments/read-arguments.ts';

/** Formats every C++ file of ours; with `--check` it only says which are not. `.iig` files are left alone: clang-format does not know them. */
export async function formatNative(args: readonly string[]): Promise<number> {
  const usage = 'Usage: node tools/launch.mjs format-native [--check]';
  const read = readArguments(args, { command: 'format-native', usage, options: { check: { type: 'boolean' } } });
  if (!read) return EXIT.fine;
  const files = nativeSources();
  if (files.length === 0) return EXIT.fine;
  const mode = read.values.check ? ['--dry-run', '--Werror'] : ['-i'];
  return (await runHere('clang-format-19', [...mode, ...files])) === 0 ? EXIT.fine : EXIT.fixable;
}

/** Paths, relative to the project's top folder, of the C++ that people write. */
const nativeSources = () =>
  ['dext', 'test/native']
    .flatMap((folder) =>
      readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => /\.(h|cpp)$/.test(path) && !path.startsWith('dext/generated/'));
