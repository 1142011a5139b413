import { runInForeground } from '../../adapters/foreground.ts';
import { inNamespace } from '../../adapters/host/daemon.ts';
import type { Ready } from '../../model/host/answers.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `exec -- PROGRAM [ARGUMENT…]

Runs a program in the network namespace of the interfaces, for example: tools/host exec -- ip address`;

/** Runs a program where the interfaces are; its exit status is ours. */
export async function exec(args: readonly string[]): Promise<number> {
  const split = args.indexOf('--');
  const options = parseOptions(split < 0 ? args : args.slice(0, split), USAGE, {});
  if (!options) return EXIT.fine;
  const command = split < 0 ? [] : args.slice(split + 1);
  if (command.length === 0)
    throw new UserError('Which program?', 'Give it behind --, with its arguments.', EXIT.unusable);
  const host = await withHost(options.stateFolder, (control) => control.request<Pick<Ready, 'pid' | 'netns'>>('host'));
  return runInForeground(inNamespace(host, command));
}
