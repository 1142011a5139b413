import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { generatedFiles } from '../generate/generated-files.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { readArguments } from './arguments/read-arguments.ts';

const HELP = `Usage: npm run generate [-- options]

Makes dext/generated from firmware-info and the version in package.json.

  --check          write nothing; say which files are stale
  --one-process    all services of the driver in one process; needs --output, since the repository holds the other variant
  --output FOLDER  write there instead`;

const OPTIONS = {
  check: { type: 'boolean', default: false },
  'one-process': { type: 'boolean', default: false },
  output: { type: 'string' },
} as const;

/** The C++ tables, Info.plist and entitlements of the dext, made from the facts. */
export async function generate(args: readonly string[]): Promise<number> {
  const read = readArguments(args, { command: 'npm run generate --', usage: HELP, options: OPTIONS });
  if (!read) return EXIT.fine;
  const { values } = read;
  if (values['one-process'] && values.output === undefined)
    throw new UserError(
      '--one-process would replace the variant in the repository',
      'Add --output FOLDER.',
      EXIT.unusable,
    );
  const folder = values.output === undefined ? join(PROJECT_ROOT, 'dext', 'generated') : resolve(values.output);
  const files = generatedFiles(PROJECT_ROOT, { oneProcess: values['one-process'] });
  return values.check ? check(folder, files) : write(folder, files);
}

function write(folder: string, files: ReadonlyMap<string, string>): number {
  mkdirSync(folder, { recursive: true });
  for (const name of leftovers(folder, files)) rmSync(join(folder, name));
  for (const [name, text] of files) writeFileSync(join(folder, name), text);
  return EXIT.fine;
}

function check(folder: string, files: ReadonlyMap<string, string>): number {
  const stale = [...files].filter(([name, text]) => contentOf(join(folder, name)) !== text).map(([name]) => name);
  stale.push(...leftovers(folder, files));
  if (stale.length === 0) return EXIT.fine;
  const where = relative(PROJECT_ROOT, folder);
  throw new UserError(
    `Stale: ${stale.map((name) => join(where, name)).join(', ')}`,
    'Run npm run generate and commit the result.',
  );
}

/** Files nobody makes any more. */
const leftovers = (folder: string, files: ReadonlyMap<string, string>) =>
  listOf(folder).filter((name) => name !== 'README.md' && !files.has(name));

function listOf(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
