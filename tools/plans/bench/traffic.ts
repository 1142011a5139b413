import { readFileSync } from 'node:fs';
import { iperf } from '../../adapters/host/iperf.ts';
import { median, total } from '../../model/bench/measure.ts';
import type { Rig } from './rig.ts';

/** How long each run takes: long enough for TCP to find its speed. */
const SECONDS = '2';

const UDP = ['--udp', '--bitrate', '0', '--length', '1472'] as const;

export type Traffic = 'tcp' | 'tcp from the device' | 'udp';
const OPTIONS: Readonly<Record<Traffic, readonly string[]>> = {
  tcp: [],
  'tcp from the device': ['--reverse'],
  udp: UDP,
};

/** Gbit/s that arrived, through each of the ports at the same time. */
export const throughput = (rig: Rig, traffic: Traffic, ports: readonly number[] = [1]): Promise<number[]> =>
  Promise.all(
    ports.map(async (port) => {
      const end = await iperf(rig.run, rig.farAddress(port), ['--time', SECONDS, ...OPTIONS[traffic]]);
      const arrived = end.sum_received ?? end.sum;
      if (!arrived) throw new Error(`iperf3 said nothing about what arrived: ${JSON.stringify(end)}`);
      return arrived.bits_per_second / 1e9;
    }),
  );

/** Milliseconds of round trips, one ping at a time. */
export async function roundTrips(rig: Rig): Promise<number> {
  const output = await rig.run('ping', '-i', '0.002', '-c', '300', rig.farAddress(1));
  return median([...output.matchAll(/time=([\d.]+) ms/g)].map(([, time]) => Number(time)));
}

/** Seconds of processor time that the rig's processes have taken so far. */
export async function processorSeconds(rig: Rig): Promise<number> {
  const TICKS_PER_SECOND = 100; // USER_HZ, on every Linux
  const ticks = (await rig.processes()).map((pid) => {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return total(ticks) / TICKS_PER_SECOND;
}

/** MiB of memory that the rig's processes take, what they share with each other counted once. */
export async function memory(rig: Rig): Promise<number> {
  const kilobytes = (await rig.processes()).map((pid) => {
    const [, pss] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(pss);
  });
  return total(kilobytes) / 1024;
}
