import { join } from 'node:path';
import { execa } from 'execa';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { Measure } from '../../model/bench/measure.ts';
import { UserError } from '../../model/user-error.ts';
import { type Measured, oneDevice, threeHundredDumps } from '../bench-probe.ts';

/** How long a person waits for `tools/probe`. */
export const probe = async (): Promise<Measure[]> => [oneDevice(), threeHundredDumps()].map(waited);

const waited = ({ name, milliseconds, limitMilliseconds }: Measured): Measure => ({
  bench: 'probe',
  name,
  value: milliseconds,
  unit: 'ms',
  limit: { atMost: limitMilliseconds },
  figures: 'median',
});

/** What `provision verify` costs beside reading and hashing the same files once. */
export async function provision(): Promise<Measure[]> {
  const launcher = join(PROJECT_ROOT, 'tools', 'launch.mjs');
  const { stdout, exitCode } = await execa(process.execPath, [launcher, 'bench-provision'], { reject: false });
  if (exitCode !== 0)
    throw new UserError('bench-provision failed', 'Repeat it with: node tools/launch.mjs bench-provision');
  const ratios = [...stdout.matchAll(/([\d.]+) times what/g)].map(([, ratio]) => Number(ratio));
  return ['a small app with a dext', 'a program of 100 MiB'].map((name, index) => ({
    bench: 'provision',
    name: `verify of ${name} against hashing it`,
    value: ratios[index] ?? Number.NaN,
    unit: '×',
    figures: 'processor time',
  }));
}
