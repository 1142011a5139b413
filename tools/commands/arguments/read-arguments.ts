// read-arguments.ts — what somebody typed in; options and places out, or what is wrong with it and what to type instead.

import { type ParseArgsConfig, parseArgs } from 'node:util';
import { realTerminal } from '../../adapters/terminal.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { foldParagraphs } from '../../report/text.ts';
import { similar } from './similar.ts';

export type Options = NonNullable<ParseArgsConfig['options']>;

export interface Wanted<T extends Options> {
  /** As it is typed: `tools/host plug`. */
  readonly command: string;
  /** What --help prints. */
  readonly usage: string;
  readonly options: T;
  /** How many arguments without a dash it takes; any number when it says more about them itself. */
  readonly places?: number;
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** Undefined when only the help was wanted, which has been printed. */
export function readArguments<const T extends Options>(
  args: readonly string[],
  { command, usage, options, places = 0 }: Wanted<T>,
  print: (text: string) => void = console.log,
) {
  const all: T & typeof HELP = { ...options, ...HELP };
  const { values, positionals } = parsed({ args: [...args], options: all, allowPositionals: true }, command);
  if ((values as { help?: boolean }).help) {
    print(foldParagraphs(usage, realTerminal().width()));
    return undefined;
  }
  const extra = positionals[places];
  if (extra === undefined) return { values, positionals };
  throw unusable(`${command} cannot do anything with "${extra}"`, `Try ${command} --help.`);
}

function parsed<const T extends ParseArgsConfig>(config: T, command: string): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node names the option only in its words, always as the first thing in quotes: -p, --port <value>
    const [, typed = ''] = /'([^']+)'/.exec(message) ?? [];
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
      throw unknownOption(typed, Object.keys(config.options ?? {}), command);
    if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw error;
    const name = /--[\w-]+/.exec(typed)?.[0] ?? typed;
    const takesNone = config.options?.[name.slice(2)]?.type === 'boolean';
    throw unusable(`${name} ${takesNone ? 'takes no value' : 'needs a value'}`, `Try ${command} --help.`);
  }
}

function unknownOption(typed: string, names: readonly string[], command: string): UserError {
  const meant = typed.startsWith('--') ? similar(typed.slice(2), names) : undefined;
  const hint = meant === undefined ? `Try ${command} --help.` : `Did you mean --${meant}?`;
  return unusable(`${command} has no option ${typed}`, hint);
}

const unusable = (message: string, fix: string) => new UserError(message, fix, EXIT.unusable);
