import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pingStation } from '../adapters/host/network.ts';
import { whenNpmEnds } from '../adapters/npm.ts';
import { realTerminal } from '../adapters/terminal.ts';
import type { HostInterface } from '../model/host/answers.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { bringUp, type Running } from '../plans/start/bring-up.ts';
import { formatPortTable, type PortRow } from '../report/host/port-table.ts';
import { Live } from '../report/live.ts';
import { wholeNumber } from './host/options.ts';

const HELP = `Usage: npm start [-- --once] [-- --ports N] [-- --one-process]

Plugs a simulated adapter in and shows its ports live, until q or Ctrl-C.

  --once          print the table once, with three pings through every port; exit status 0 only if all were answered
  --ports N       1 to 7 ports (4)
  --one-process   the whole driver in one process instead of one a port`;

const REFRESH_MS = 1000;

/** `npm start`: the demonstration that runs anywhere. */
export async function start(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean' },
      ports: { type: 'string', default: '4' },
      'one-process': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return EXIT.fine;
  }
  const ports = wholeNumber('--ports', values.ports, 1, 7);
  whenNpmEnds(() => process.kill(process.pid, 'SIGHUP')); // as a terminal does that goes away
  const running = await bringUp({ ports, oneProcess: values['one-process'] ?? false });
  try {
    return values.once ? await showOnce(running) : await showLive(running);
  } finally {
    await running.takeDown();
  }
}

async function showOnce({ daemon, control, interfaces }: Running): Promise<number> {
  const roundTrips = new Map(
    await Promise.all(interfaces.map(async (row) => [row.name, await pingStation(daemon, row, 3)] as const)),
  );
  // Asked again behind the pings: a link comes up a moment after its interface.
  const now = await control.request<HostInterface[]>('interfaces');
  const rows = now
    .toSorted((a, b) => a.port - b.port)
    .map((row): PortRow => ({ ...row, ...QUIET, roundTrip: roundTrips.get(row.name) }));
  console.log(formatPortTable(rows, process.stdout.hasColors?.() ?? false).join('\n'));
  const silent = rows.filter(({ roundTrip }) => roundTrip === undefined).map(({ name }) => name);
  if (silent.length === 0 && rows.length > 0) return EXIT.fine;
  throw new UserError(
    `No answer through ${silent.join(', ') || 'any port'}`,
    'See what the host says with --help, or tools/host log.',
  );
}

const QUIET = { receiving: 0, transmitting: 0 } as const;

/** Redraws the table until somebody wants it to end. */
async function showLive({ daemon, control }: Running): Promise<number> {
  const terminal = realTerminal();
  const stopping = terminal.untilStopped();
  let before: readonly HostInterface[] = [];
  const live = new Live(terminal.write, terminal.interactive);
  while (!stopping.signal.aborted) {
    const found = await control.request<HostInterface[]>('interfaces');
    const now = found.toSorted((a, b) => a.port - b.port);
    const rows = await Promise.all(
      now.map(async (row) => ({ ...row, ...rates(row, before), roundTrip: await pingStation(daemon, row, 1) })),
    );
    before = now;
    const foot = terminal.interactive ? ['', 'q or Ctrl-C ends it.'] : [];
    live.draw([...formatPortTable(rows, terminal.colour), ...foot], terminal.width());
    await setTimeout(REFRESH_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
  }
  stopping.release();
  return EXIT.fine;
}

function rates(row: HostInterface, before: readonly HostInterface[]): Pick<PortRow, 'receiving' | 'transmitting'> {
  const earlier = before.find(({ name }) => name === row.name);
  const perSecond = (counter: string) => {
    const difference = (row.counters[counter] ?? 0) - (earlier?.counters[counter] ?? row.counters[counter] ?? 0);
    return (Math.max(0, difference) * 8000) / REFRESH_MS;
  };
  return { receiving: perSecond('receivedBytes'), transmitting: perSecond('transmittedBytes') };
}
