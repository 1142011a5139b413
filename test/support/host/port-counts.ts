import { PATHS } from '../../../tools/model/client/counter-page.ts';
import type { NetworkNamespace } from './network-namespace.ts';
import type { DriverCounts, RunningHost } from './running-host.ts';

type Counts = Readonly<Record<string, number>>;

/** What everybody along the path of one port has counted since it was plugged in. */
export interface PortCounts {
  /** Of the Linux network stack: `en5`, and the TAP at the far end of the cable. */
  readonly nearStack: StackCounts;
  readonly farStack: StackCounts;
  /** Of the host's TAPs at both ends. */
  readonly near: Counts;
  readonly far: Counts;
  /** Of the simulated adapter. */
  readonly adapter: Counts;
  /** Of the driver's two processes, each way. */
  readonly driver: Readonly<Record<(typeof PATHS)[number], DriverCounts>>;
}

export interface StackCounts {
  readonly received: number;
  readonly transmitted: number;
  /** Frames that found the interface's queue full, or the queueing discipline's. */
  readonly dropped: number;
}

/**
 * Where two neighbours on the path do not agree to the frame: each line an equation that does not hold. Wants a quiet moment, and
 * TAPs without offload, whose counters count frames.
 */
export function disagreements({ nearStack, farStack, near, far, adapter, driver }: PortCounts): string[] {
  const { receivedByController, receivedByPort, transmittedByPort, transmittedByController } = driver;
  const equations: readonly (readonly [string, number, number])[] = [
    // Transmit: OS → host → port's process → controller → adapter → far end.
    ['stack → host', nearStack.transmitted, sum(near, 'transmittedFrames', 'droppedDisabled', 'droppedTooLong')],
    ['host → port', of(near, 'transmittedFrames'), transmittedByPort.frames + drops(transmittedByPort)],
    ['port → controller', transmittedByPort.frames, transmittedByController.frames + drops(transmittedByController)],
    ['controller → adapter', transmittedByController.frames, of(adapter, 'framesOut')],
    [
      'adapter → far TAP',
      of(adapter, 'framesOut'),
      sum(far, 'framesWritten', 'droppedByOs') + of(adapter, 'outNoLight'),
    ],
    ['far TAP → stack', of(far, 'framesWritten'), farStack.received],
    // Receive: the same from the far end.
    ['stack → far TAP', farStack.transmitted, sum(far, 'framesRead', 'droppedTooLong')],
    ['far TAP → adapter', of(far, 'framesRead'), sum(adapter, 'framesIn', 'filtered', 'inStopped', 'inWrongSize')],
    [
      'adapter → controller',
      of(adapter, 'framesIn') - of(adapter, 'inCancelled'),
      receivedByController.frames + drops(receivedByController),
    ],
    ['controller → port', receivedByController.frames, receivedByPort.frames + drops(receivedByPort)],
    ['port → host', receivedByPort.frames, sum(near, 'receivedFrames', 'droppedByOs', 'droppedBadPacket')],
    ['host → stack', of(near, 'receivedFrames'), nearStack.received],
  ];
  return equations
    .filter(([, given, taken]) => given !== taken)
    .map(([where, given, taken]) => `${where}: ${given} given, ${taken} taken or dropped`);
}

/** Frames given up on purpose anywhere between the two ends' sockets and cables, each of them counted under a reason. */
export function givenUp({ nearStack, farStack, near, far, adapter, driver }: PortCounts): number {
  const host = [near, far, adapter].flatMap((counts) => Object.entries(counts));
  const named = host.filter(([name]) => LOSSES.test(name)).reduce((total, [, count]) => total + count, 0);
  const inDriver = PATHS.reduce((total, path) => total + drops(driver[path]), 0);
  return nearStack.dropped + farStack.dropped + named + inDriver;
}

const LOSSES = /^(dropped|filtered|inStopped|inWrongSize|inCancelled|outNo)/;

/** The counts of every port of an adapter, by port number; `far${port}` is at the far end of each cable. */
export async function countPorts(
  host: RunningHost,
  far: NetworkNamespace,
  device: number,
): Promise<ReadonlyMap<number, PortCounts>> {
  const [jacks, interfaces, { adapters }] = [await host.jacks(device), await host.interfaces(), await host.ports()];
  const near = await stackCounts((...command) => host.run(...command));
  const beyond = await stackCounts((...command) => far.run(...command));
  const ports = adapters.flatMap((adapter) => adapter.ports);
  const counts = interfaces.map(({ name, port, counters }): [number, PortCounts] => {
    const jack = jacks.find((each) => each.port === port);
    const driver = ports.find(({ number }) => number === port)?.counters;
    const [nearStack, farStack] = [near.get(name), beyond.get(`far${port}`)];
    if (!jack?.far || !driver || !nearStack || !farStack) throw new Error(`not everybody knows port ${port}`);
    return [port, { nearStack, farStack, near: counters, far: jack.far, adapter: jack.counters, driver }];
  });
  return new Map(counts);
}

/** Of every interface of a namespace, by name. */
async function stackCounts(run: (...command: string[]) => Promise<string>): Promise<ReadonlyMap<string, StackCounts>> {
  const links = JSON.parse(await run('ip', '-s', '-j', 'link', 'show')) as {
    ifname: string;
    stats64: Record<'rx' | 'tx', { packets: number; dropped: number }>;
  }[];
  const queues = JSON.parse(await run('tc', '-s', '-j', 'qdisc', 'show')) as { dev: string; drops?: number }[];
  return new Map(
    links.map(({ ifname, stats64: { rx, tx } }) => {
      const queued = queues.filter(({ dev }) => dev === ifname).reduce((total, { drops = 0 }) => total + drops, 0);
      return [ifname, { received: rx.packets, transmitted: tx.packets, dropped: tx.dropped + queued }];
    }),
  );
}

const of = (counts: Counts, name: string): number => {
  const count = counts[name];
  if (count === undefined) throw new Error(`there is no counter ${name}`);
  return count;
};
const sum = (counts: Counts, ...names: readonly string[]) => names.reduce((total, name) => total + of(counts, name), 0);
const drops = ({ dropped }: DriverCounts) => Object.values(dropped).reduce((total, count) => total + count, 0);
