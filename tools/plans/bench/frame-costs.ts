import { total } from '../../model/bench/measure.ts';
import type { HostRig } from './rig.ts';
import { processorSeconds, throughput } from './traffic.ts';

interface PathCounts {
  readonly frames: number;
  readonly transfers: number;
  readonly signals: number;
}
interface PortsDocument {
  readonly adapters: readonly { readonly ports: readonly { readonly counters: Record<string, PathCounts> | null }[] }[];
}

export interface FrameCosts {
  readonly microseconds: number;
  readonly transfers: number;
  readonly signals: number;
}

/** What a frame costs host and driver while one TCP connection runs through port 1, acknowledgements counted as frames too. */
export async function frameCosts(rig: HostRig): Promise<FrameCosts> {
  const before = { counts: await driverCounts(rig), seconds: await processorSeconds(rig) };
  await throughput(rig, 'tcp');
  const after = { counts: await driverCounts(rig), seconds: await processorSeconds(rig) };
  const frames = after.counts.frames - before.counts.frames;
  return {
    microseconds: ((after.seconds - before.seconds) * 1e6) / frames,
    transfers: (after.counts.transfers - before.counts.transfers) / frames,
    signals: (after.counts.signals - before.counts.signals) / frames,
  };
}

/** Both ways of all ports: frames and transfers as the controller counted them, signals of both processes. */
async function driverCounts(rig: HostRig): Promise<PathCounts> {
  const { adapters } = JSON.parse(await rig.counters()) as PortsDocument;
  const ports = adapters.flatMap((adapter) => adapter.ports.map(({ counters }) => counters ?? {}));
  const sum = (field: keyof PathCounts, paths: readonly string[]) =>
    total(ports.flatMap((port) => paths.map((path) => port[path]?.[field] ?? 0)));
  const controller = ['receivedByController', 'transmittedByController'];
  return {
    frames: sum('frames', controller),
    transfers: sum('transfers', controller),
    signals: sum('signals', [...controller, 'receivedByPort', 'transmittedByPort']),
  };
}
