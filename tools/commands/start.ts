import { setTimeout as sleep } from 'node:timers/promises';
import { configureInterface, pingStation } from '../adapters/host/network.ts';
import { whenNpmEnds } from '../adapters/npm.ts';
import { realSystem } from '../adapters/system-here.ts';
import { realTerminal } from '../adapters/terminal.ts';
import type { HostInterface, LogLine } from '../model/host/answers.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { bringUp, type Running } from '../plans/start/bring-up.ts';
import { follow, type Interfaces } from '../plans/start/follow.ts';
import { logWords } from '../report/host/log-line.ts';
import { formatPortTable, type PortRow } from '../report/host/port-table.ts';
import { Live } from '../report/live.ts';
import { readArguments } from './arguments/read-arguments.ts';
import { wholeNumber } from './arguments/values.ts';

const HELP = `Usage: npm start [-- --once] [-- --ports N] [-- --one-process]

Plugs a simulated adapter in and shows its ports live, until q or Ctrl-C.

  --once          print the table once, with three pings through every port;
                  exit status 0 only if all were answered
  --ports N       1 to 7 ports (4)
  --one-process   the whole driver in one process instead of one a port`;

const OPTIONS = {
  once: { type: 'boolean' },
  ports: { type: 'string', default: '4' },
  'one-process': { type: 'boolean' },
} as const;

const LOG_LINES = 10;

/** `npm start`: the demonstration that runs anywhere. */
export async function start(args: readonly string[]): Promise<number> {
  const read = readArguments(args, { command: 'npm start --', usage: HELP, options: OPTIONS });
  if (!read) return EXIT.fine;
  const { values } = read;
  const ports = wholeNumber('--ports', values.ports, 1, 7);
  whenNpmEnds(() => process.kill(process.pid, 'SIGHUP')); // as a terminal does that goes away
  const running = await bringUp({ ports, oneProcess: values['one-process'] ?? false }, realSystem());
  try {
    return values.once ? await showOnce(running) : await showLive(running);
  } finally {
    await running.takeDown();
  }
}

async function showOnce({ daemon, control, interfaces }: Running): Promise<number> {
  const terminal = realTerminal();
  const roundTrips = new Map(
    await Promise.all(interfaces.map(async (row) => [row.name, await pingStation(daemon, row, 3)] as const)),
  );
  // Asked again behind the pings: a link comes up a moment after its interface.
  const now = await control.request<HostInterface[]>('interfaces');
  const rows = now
    .toSorted((a, b) => a.port - b.port)
    .map((row): PortRow => ({ ...row, receiving: 0, transmitting: 0, roundTrip: roundTrips.get(row.name) ?? 'none' }));
  console.log(formatPortTable(rows, terminal.width(), terminal.colour).join('\n'));
  const silent = rows.filter(({ roundTrip }) => roundTrip === 'none').map(({ name }) => name);
  if (silent.length === 0 && rows.length > 0) return EXIT.fine;
  const { lines } = await control.request<{ lines: LogLine[] }>('log');
  throw new UserError(
    `No answer through ${silent.join(', ') || 'any port'}`,
    `The last that host and driver said:\n${lines.slice(-LOG_LINES).map(logWords).join('\n')}`,
  );
}

/** Redraws the table until somebody wants it to end. */
async function showLive(running: Running): Promise<number> {
  const terminal = realTerminal();
  const stopping = terminal.untilStopped();
  const live = new Live(terminal.write, terminal.interactive);
  const foot = terminal.interactive ? footOf(running) : [];
  if (terminal.interactive) terminal.write('\n');
  try {
    await follow(interfacesOf(running, stopping.signal), stopping.signal, (rows) => {
      const width = terminal.width();
      const table = rows.length > 0 ? formatPortTable(rows, width, terminal.colour) : ['No adapter is plugged in.'];
      live.draw([...table, ...foot], width);
    });
  } finally {
    stopping.release();
  }
  return EXIT.fine;
}

const footOf = ({ stateFolder }: Running) => [
  '',
  'q or Ctrl-C ends it. To play with it from another terminal:',
  `  export MULTIPORT_HOST_STATE=${stateFolder}`,
  '  tools/ports --watch   tools/host unplug 1   tools/host plug   tools/host ioreg',
];

const interfacesOf = ({ control, daemon }: Running, signal: AbortSignal): Interfaces => ({
  list: () => control.request<HostInterface[]>('interfaces'),
  configure: (row) => configureInterface(daemon, row),
  ping: (row) => pingStation(daemon, row, 1, signal),
  now: () => performance.now(),
  wait: (milliseconds) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
});
