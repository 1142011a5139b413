// run.ts — a chosen port and a command in, the command running with all its Internet traffic through that port out.

import { runInForeground } from '../../adapters/foreground.ts';
import { bindSockets } from '../../adapters/linux/socket-binding.ts';
import type { Surroundings } from '../../adapters/surroundings.ts';
import { UserError } from '../../model/user-error.ts';
import { portWords } from '../../report/ports/words.ts';
import type { ChosenPort } from './choose-ports.ts';

/** The shell puts itself into the group and becomes the command: no socket is made before it is in. */
const ENTER_GROUP = 'echo $$ > "$1" && shift && exec "$@"';

/** The exit status of the command. Throws a UserError where the machine cannot do this. */
export async function runThrough(
  { system, os }: Surroundings,
  { port }: ChosenPort,
  command: readonly string[],
): Promise<number> {
  const name = port.interface;
  if (name === undefined)
    throw new UserError(`${portWords(port.report)} has no OS interface`, 'tools/ports says how far each port got.');
  if ((port.os?.addresses.length ?? 0) === 0)
    system.err(`${name} has no address: most programs will reach nothing through it.`);
  const binding = bindSockets(await indexOf(name, { system, os }), process);
  try {
    return await runInForeground(
      await os.inPlace(['sh', '-c', ENTER_GROUP, 'tools/ports run', binding.procs, ...command]),
    );
  } finally {
    binding.release();
  }
}

async function indexOf(name: string, { system, os }: Pick<Surroundings, 'system' | 'os'>): Promise<number> {
  const [program = '', ...args] = await os.inPlace(['ip', '-json', 'link', 'show', 'dev', name]);
  const { exitCode, stdout } = await system.execute(program, args);
  const index = exitCode === 0 ? (JSON.parse(stdout) as readonly { ifindex?: number }[])[0]?.ifindex : undefined;
  if (index === undefined) throw new UserError(`${name} has gone`, 'tools/ports shows the ports that are there.');
  return index;
}
