import { EXIT } from '../../model/user-error.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `sleep

Puts the host to sleep as macOS goes to sleep; returns when it does. What is plugged in or pulled out meanwhile is seen
when it wakes.`;

/** The machine goes to sleep. */
export async function sleep(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {});
  if (!options) return EXIT.fine;
  await withHost(options.stateFolder, (control) => control.request('sleep'));
  return EXIT.fine;
}
