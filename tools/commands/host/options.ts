import { Control } from '../../adapters/host/control.ts';
import { defaultStateFolder } from '../../adapters/host/daemon.ts';
import { type Options, readArguments } from '../arguments/read-arguments.ts';

const COMMON = { json: { type: 'boolean' }, state: { type: 'string' } } as const;

/**
 * A subcommand's arguments in; the parsed ones out, or undefined when only its help was wanted and has been printed. `places` is
 * how many arguments without a dash it takes.
 */
export function parseOptions<const T extends Options>(args: readonly string[], usage: string, own: T, places = 0) {
  const options: T & typeof COMMON = { ...own, ...COMMON };
  const command = `tools/host ${usage.split(' ')[0]}`;
  const read = readArguments(args, { command, usage: `Usage: tools/host ${usage}`, options, places });
  if (!read) return undefined;
  const { json = false, state = defaultStateFolder() } = read.values as { json?: boolean; state?: string };
  return { ...read, json, stateFolder: state };
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
