import { connectHere } from '../adapters/iokit/connect.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { readArguments } from './arguments/read-arguments.ts';
import { listOf, type Subcommands, theOne } from './arguments/subcommands.ts';
import { wholeNumber } from './arguments/values.ts';
import { allow, deny } from './ports/allowed.ts';
import { capture } from './ports/capture.ts';
import { identify } from './ports/identify.ts';
import { list } from './ports/list.ts';
import type { Connect, PortsCommand } from './ports/options.ts';
import { plot } from './ports/plot.ts';
import { reset } from './ports/reset.ts';
import { restore } from './ports/restore.ts';
import { run } from './ports/run.ts';
import { set } from './ports/set.ts';
import { settings } from './ports/settings.ts';
import { watch } from './ports/watch.ts';

const SUBCOMMANDS: Subcommands<PortsCommand> = {
  capture: { run: capture, summary: 'write the frames of ports to a file, or pipe them into Wireshark' },
  identify: { run: identify, summary: 'which jack is this? Watches whose link goes when a cable is pulled' },
  run: { run, summary: 'run a program with its traffic through one port' },
  set: { run: set, summary: 'change label, MAC address, MTU and other settings of a port' },
  settings: { run: settings, summary: 'what has been set, in the driver and saved' },
  restore: { run: restore, summary: 'set again what was saved' },
  allow: { run: allow, summary: 'let a port or an adapter be used again' },
  deny: { run: deny, summary: 'keep a port or an adapter from being used' },
  reset: { run: reset, summary: 'set a port of the device up again' },
};

const HELP = `Usage: tools/ports [--watch] [--json] | --plot FILE.svg|.png [--seconds N]
       tools/ports SUBCOMMAND …

Which port is which: the ports of every adapter with their labels, OS interfaces, links, addresses, rates and drops.

  --watch         live, four times a second, until q or Ctrl-C; saved settings are restored when an adapter is plugged in
  --json          a document as in tools/report/schemas/ports.json; with --watch one a line
  --plot FILE     a picture of rates and drops over the next --seconds N (10)

${listOf(SUBCOMMANDS)}

A PORT is its number on the case (3), SERIAL:3 with several adapters, its OS interface (en7) or its label. Each subcommand takes
--help. On Linux it talks to the host that tools/host talks to (MULTIPORT_HOST_STATE names another).`;

const OPTIONS = {
  watch: { type: 'boolean', short: 'w' },
  json: { type: 'boolean' },
  plot: { type: 'string' },
  seconds: { type: 'string' },
} as const;

/** `tools/ports`: exit 0 when it did what was asked, 1 when there is no adapter or the driver refuses, 2 for unusable input. */
export async function ports(args: readonly string[], connect: Connect = connectHere): Promise<number> {
  const [name = '', ...rest] = args;
  if (name === 'help') return ports([...rest.slice(0, 1), '--help'], connect);
  if (/^[^-]/.test(name)) return theOne('tools/ports', SUBCOMMANDS, name).run(rest, connect);
  const read = readArguments(args, { command: 'tools/ports', usage: HELP, options: OPTIONS });
  if (!read) return EXIT.fine;
  const { values } = read;
  if (values.plot !== undefined) return plotOnly(values.plot, values, connect);
  if (values.seconds !== undefined) throw new UserError('--seconds without --plot', 'Try --help.', EXIT.unusable);
  return values.watch ? watch(values.json ?? false, connect) : list(values.json ?? false, connect);
}

function plotOnly(
  file: string,
  { seconds = '10', watch, json }: { seconds?: string; watch?: boolean; json?: boolean },
  connect: Connect,
): Promise<number> {
  if (watch || json) throw new UserError('--plot goes alone', 'It draws a picture and prints no table.', EXIT.unusable);
  return plot(file, wholeNumber('--seconds', seconds, 1, 86_400), connect);
}
