import { EXIT, UserError } from '../../model/user-error.ts';
import { choosePort } from '../../plans/ports/choose-ports.ts';
import { runThrough } from '../../plans/ports/run.ts';
import { portWords } from '../../report/ports/words.ts';
import { connected, lookOrComplain, onlyName, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `run PORT -- COMMAND [ARGUMENT…]

Runs a program whose Internet traffic, and that of its children, goes through one port and nowhere else; other programs keep using
the port as before. Its exit status is ours.

Linux (as root): every Internet socket it makes is bound to the port's interface, as with SO_BINDTODEVICE, also in statically
linked programs. So it reaches nothing that is not behind that port, not even 127.0.0.1: a resolver there does not answer. Raw
packet sockets (tcpdump) are not bound; they name their interface themselves.

macOS: not possible. There a program can bind only its own sockets (IP_BOUND_IF), and nobody can do it for it.`;

/** What a program on macOS can do itself; `en7` stands for the port's interface. */
const ON_MAC = (name: string) =>
  `Bind the program by its own option: ping -b ${name}, curl --interface ${name}, nc -b ${name}, ssh -B ${name}, iperf3 --bind-dev ${name}; or send one destination through it: route add -host ADDRESS -interface ${name}. In a program of yours: setsockopt IP_BOUND_IF.`;

export const run: PortsCommand = async (args, connect) => {
  const split = args.indexOf('--');
  const options = parseOptions(split < 0 ? args : args.slice(0, split), USAGE, {});
  if (!options) return EXIT.fine;
  const command = split < 0 ? [] : args.slice(split + 1);
  const name = onlyName(options.positionals, 'port');
  if (command.length === 0)
    throw new UserError('Run what?', 'Give a program behind --, with its arguments.', EXIT.unusable);
  return connected(connect, async (surroundings) => {
    const chosen = choosePort(name, await lookOrComplain(surroundings));
    if (surroundings.system.platform === 'darwin')
      throw new UserError(
        `macOS cannot send another program's traffic through ${portWords(chosen.port.report)}`,
        ON_MAC(chosen.port.interface ?? 'en7'),
      );
    return runThrough(surroundings, chosen, command);
  });
};
