import { join } from 'node:path';
import { execa } from 'execa';
import { nativeFolder } from '../../adapters/host/build.ts';
import { type Measure, median, total } from '../../model/bench/measure.ts';
import type { FunctionFraming } from '../../model/host/answers.ts';
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
  const ncm = await memoryShares('ncm');
  const ecm = await memoryShares('ecm');
  const measure = (name: string, value: number, atMost: number, figures: string): Measure => ({
    bench: 'memory',
    name,
    value,
    unit: 'MiB',
    limit: { atMost },
    figures,
  });
  return [
    measure('of a port', ncm.port, 4, ncm.figures),
    measure('of a port of ECM', ecm.port, 4, ecm.figures),
    measure('of everything else', ncm.rest, 16, ncm.figures),
  ];
}

async function memoryShares(framing: FunctionFraming) {
  const one = await memoryAfterTraffic([framing]);
  const four = await memoryAfterTraffic([framing, framing, framing, framing]);
  const port = (four - one) / 3;
  const figures = `${four.toFixed(1)} MiB with four ports, ${one.toFixed(1)} with one, all processes`;
  return { port, rest: one - port, figures };
}

async function memoryAfterTraffic(framings: readonly FunctionFraming[]): Promise<number> {
  const rig = await hostRig(framings);
  const ports = framings.map((_, index) => index + 1);
  try {
    await throughput(rig, 'tcp', ports);
    await throughput(rig, 'tcp from the device', ports);
    return await memory(rig);
  } finally {
    await rig.takeDown();
  }
}
