import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { compile } from '../iig/compile.ts';
import { reportMistakes } from '../iig/mistakes.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { readArguments } from './arguments/read-arguments.ts';

const USAGE = `Usage: iig [options] FILE.iig

Compiles the classes of an .iig to C++.

  --include DIR         where <Kit>/<Class>.iig is looked for; may be given several times
  --define NAME[=VALUE] as -D of a C++ compiler; may be given several times
  --header FILE         where the header goes (<Class>.h)
  --impl FILE           where the code goes (<Class>.iig.cpp)
  --messages FILE       where ids and message structures go when they are wanted apart (<Class>.messages.h)
  --header-name NAME    how the header is included, e.g. DriverKit/IOService.h; else the name of its file
  --depfile FILE        what was read, for ninja and make
  --check               writes nothing, only says what is wrong

Exit codes: 0 compiled, 2 mistakes in the .iig (file:line:column: found …, expected …).`;

const TEXT = { type: 'string' } as const;
const SEVERAL = { type: 'string', multiple: true } as const;

const OPTIONS = {
  include: { ...SEVERAL, short: 'I' },
  define: { ...SEVERAL, short: 'D' },
  header: TEXT,
  impl: TEXT,
  messages: TEXT,
  'header-name': TEXT,
  depfile: TEXT,
  check: { type: 'boolean' },
} as const;

/** `iig FILE.iig`: an .iig in, its header and its code out. */
export async function iig(args: readonly string[]): Promise<number> {
  const read = readArguments(args, {
    command: 'iig',
    usage: USAGE,
    options: OPTIONS,
    places: Number.POSITIVE_INFINITY,
  });
  if (!read) return EXIT.fine;
  const { values, positionals } = read;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1)
    throw new UserError('iig compiles one file at a time', 'Try --help.', EXIT.unusable);
  const { header, impl, messages } = values;
  if (!values.check && (header === undefined || impl === undefined))
    throw new UserError(
      '--header and --impl are missing',
      'Name both outputs, or give --check. Try --help.',
      EXIT.unusable,
    );
  const headerName = values['header-name'] ?? basename(header ?? path.replace(/\.iig$/, '.h'));
  const compiled = compile(path, {
    read: readSource,
    folders: values.include ?? [],
    definitions: new Map((values.define ?? []).map(definition)),
    headerName,
    ...(messages !== undefined && { messagesName: headerName.replace(/\.h$/, '.messages.h') }),
  });
  if (!compiled) throw new UserError(`${path} cannot be read`, 'Give the path of an .iig file.', EXIT.unusable);
  if (!compiled.ok) {
    console.error(reportMistakes(compiled.mistakes));
    return EXIT.unusable;
  }
  if (values.check) return EXIT.fine;
  write(header, compiled.header);
  write(impl, compiled.implementation);
  write(messages, compiled.messages);
  const outputs = [header, impl, messages].filter((output) => output !== undefined);
  write(
    values.depfile,
    `${outputs.map(escapePath).join(' ')}: ${compiled.dependencies.map(escapePath).join(' \\\n  ')}\n`,
  );
  return EXIT.fine;
}

const readSource = (path: string): string | undefined =>
  existsSync(path) && statSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;

function definition(text: string): [string, string] {
  const [name = '', ...value] = text.split('=');
  return [name, value.length > 0 ? value.join('=') : '1'];
}

function write(path: string | undefined, text: string): void {
  if (path === undefined) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** As make reads it. */
const escapePath = (path: string): string => path.replace(/[ #]/g, '\\$&').replaceAll('$', '$$$$');
