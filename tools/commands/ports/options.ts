import type { Surroundings } from '../../adapters/surroundings.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { allPorts, type ChosenPort, choosePort } from '../../plans/ports/choose-ports.ts';
import { type AdapterView, look, requireAdapters } from '../../plans/ports/look.ts';
import { type Options, readArguments } from '../arguments/read-arguments.ts';

/** Makes what a command needs of the machine, once its arguments have been understood. */
export type Connect = () => Promise<Surroundings>;

export type PortsCommand = (args: readonly string[], connect: Connect) => Promise<number>;

const COMMON = { json: { type: 'boolean' } } as const;

/**
 * A subcommand's arguments in; the parsed ones out, or undefined when only its help was wanted and has been printed. Most take names
 * of ports and say themselves how many.
 */
export function parseOptions<const T extends Options>(
  args: readonly string[],
  usage: string,
  own: T,
  places = Number.POSITIVE_INFINITY,
) {
  const options: T & typeof COMMON = { ...own, ...COMMON };
  const command = `tools/ports ${usage.split(' ')[0]}`;
  const read = readArguments(args, { command, usage: `Usage: tools/ports ${usage}`, options, places });
  return read && { ...read, json: (read.values as { json?: boolean }).json ?? false };
}

/** Connects, lets `use` work, and lets go of everything however it ends. */
export async function connected<T>(connect: Connect, use: (surroundings: Surroundings) => Promise<T>): Promise<T> {
  const surroundings = await connect();
  try {
    return await use(surroundings);
  } finally {
    surroundings.driver.close();
  }
}

/** The adapters that are there; throws what to do when there is none. */
export async function lookOrComplain(surroundings: Surroundings): Promise<readonly AdapterView[]> {
  const views = await look(surroundings);
  requireAdapters(views, surroundings.system.platform);
  return views;
}

/** The ports these names mean; all of them with `--all`. */
export function chosenPorts(
  names: readonly string[],
  all: boolean,
  views: readonly AdapterView[],
): readonly ChosenPort[] {
  if (all && names.length > 0)
    throw new UserError(`--all and ${names.join(' ')}`, 'Say one or the other.', EXIT.unusable);
  if (all) return allPorts(views);
  return names.map((name) => choosePort(name, views));
}

/** The one name a command needs. */
export function onlyName(positionals: readonly string[], what: string): string {
  const [name, ...more] = positionals;
  if (name !== undefined && more.length === 0) return name;
  if (name === undefined) throw new UserError(`Which ${what}?`, 'tools/ports shows what is there.', EXIT.unusable);
  throw new UserError(`${positionals.join(' ')}: one ${what} at a time`, 'Type the command for each.', EXIT.unusable);
}
