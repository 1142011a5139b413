import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Control } from '../../adapters/host/control.ts';
import { defaultStateFolder } from '../../adapters/host/daemon.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

const COMMON = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' }, state: { type: 'string' } } as const;

/**
 * A subcommand's arguments in; the parsed ones out, or undefined when only its help was wanted and has been printed. `places` is
 * how many arguments without a dash it takes.
 */
export function parseOptions<T extends Options>(args: readonly string[], usage: string, options: T, places = 0) {
  const all: T & typeof COMMON = { ...options, ...COMMON };
  const { values, positionals } = parseArgs({ args: [...args], options: all, allowPositionals: true });
  const common = values as { help?: boolean; json?: boolean; state?: string };
  if (common.help) {
    console.log(`Usage: tools/host ${usage}`);
    return undefined;
  }
  const extra = positionals[places];
  if (extra !== undefined) {
    const [subcommand] = usage.split(' ');
    throw new UserError(
      `${subcommand} cannot do anything with "${extra}"`,
      `Try tools/host ${subcommand} --help.`,
      EXIT.unusable,
    );
  }
  return { values, positionals, json: common.json ?? false, stateFolder: common.state ?? defaultStateFolder() };
}

/** Connects to the running host, lets `use` talk to it, and disconnects. */
export async function withHost<T>(stateFolder: string, use: (control: Control) => Promise<T>): Promise<T> {
  const control = await Control.open(stateFolder);
  try {
    return await use(control);
  } finally {
    control.close();
  }
}

/** A whole number within bounds out of an option's text; a UserError names the option otherwise. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${option} ${text}: not a whole number from ${least} to ${most}`, 'Try --help.', EXIT.unusable);
}

/** One of a few words out of an option's text. */
export function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new UserError(`${option} ${text}: must be one of ${words.join(', ')}`, 'Try --help.', EXIT.unusable);
}
