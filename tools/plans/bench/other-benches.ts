import { join } from 'node:path';
import { execa } from 'execa';
import { nativeFolder } from '../../adapters/host/build.ts';
import { type Measure, median, total } from '../../model/bench/measure.ts';
import { against } from './path-benches.ts';
import { hostRig, programRig } from './rig.ts';
import { memory, throughput } from './traffic.ts';

interface Framing {
  readonly framing: string;
  readonly frames: number;
  readonly frameBytes: number;
  readonly encodeToMemcpy: number;
  readonly decodeToMemcpy: number;
}

/** Encoding and decoding a block with the copy of its frames, against memcpy of the same bytes. */
export async function framing(): Promise<Measure[]> {
  const program = join(nativeFolder('dev'), 'test', 'core', 'bench', 'framing_bench');
  const runs: Framing[][] = [];
  for (let run = 0; run < 5; run++) {
    const { stdout } = await execa(program);
    runs.push((JSON.parse(stdout) as { framing: Framing[] }).framing);
  }
  return (runs[0] ?? []).flatMap(({ framing: name, frames, frameBytes }, index) =>
    (['encode', 'decode'] as const).map((way) => {
      const ratios = runs.map((run) => run[index]?.[`${way}ToMemcpy`] ?? Number.NaN);
      return {
        bench: 'framing',
        name: `${name}, ${way} and copy against memcpy`,
        value: median(ratios),
        unit: '×',
        limit: { atMost: 1.3 },
        figures: `${frames} frames of ${frameBytes} bytes; ${ratios.map((ratio) => ratio.toFixed(2)).join(' ')}`,
      } as const;
    }),
  );
}

/** TAP, simulated adapter and TAP without a driver between them: what the edge of the host costs. */
export async function portLoop(): Promise<Measure[]> {
  const [bare, loop] = [await programRig('tap-forwarder'), await programRig('port-loop')];
  try {
    const figures: { bare: number[]; loop: number[] } = { bare: [], loop: [] };
    for (let run = 0; run < 3; run++) {
      figures.bare.push(total(await throughput(bare, 'tcp')));
      figures.loop.push(total(await throughput(loop, 'tcp')));
    }
    return [
      against('port-loop', 'TCP through a port and no driver', median(figures.loop), median(figures.bare), 'Gbit/s'),
    ];
  } finally {
    await bare.takeDown();
    await loop.takeDown();
  }
}

/** What a port takes, and what everything else does: the difference between adapters of four ports and of one, after traffic. */
export async function memoryOfPorts(): Promise<Measure[]> {
  const one = await memoryAfterTraffic([1]);
  const four = await memoryAfterTraffic([1, 2, 3, 4]);
  const port = (four - one) / 3;
  const figures = `${four.toFixed(1)} MiB with four ports, ${one.toFixed(1)} with one, all processes`;
  return [
    { bench: 'memory', name: 'of a port', value: port, unit: 'MiB', limit: { atMost: 4 }, figures },
    { bench: 'memory', name: 'of everything else', value: one - port, unit: 'MiB', limit: { atMost: 16 }, figures },
  ];
}

async function memoryAfterTraffic(ports: readonly number[]): Promise<number> {
  const rig = await hostRig(ports.length);
  try {
    await throughput(rig, 'tcp', ports);
    await throughput(rig, 'tcp from the device', ports);
    return await memory(rig);
  } finally {
    await rig.takeDown();
  }
}
