import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { EXIT } from '../model/user-error.ts';

export interface Measured {
  readonly name: string;
  /** Median of the runs. */
  readonly milliseconds: number;
  readonly limitMilliseconds: number;
}

const PROBE = join(PROJECT_ROOT, 'tools', 'probe');
const DUMPS = join(PROJECT_ROOT, 'test', 'fixtures', 'descriptors');

/** `tools/launch.mjs bench-probe`: how long a person waits for one device, and for a list of 300. */
export async function benchProbe(): Promise<number> {
  const measured = [oneDevice(), threeHundredDumps()];
  for (const { name, milliseconds, limitMilliseconds } of measured)
    console.log(`${name}: ${Math.round(milliseconds)} ms (at most ${limitMilliseconds} ms wanted)`);
  return measured.every(({ milliseconds, limitMilliseconds }) => milliseconds < limitMilliseconds)
    ? EXIT.fine
    : EXIT.fixable;
}

/** One dump is inspected, start-up included. */
export const oneDevice = (): Measured => ({
  name: 'one device inspected, start-up included',
  milliseconds: medianRun([join(DUMPS, 'ethernet', 'unisoc-lt70c-4ncm.descriptors.bin')], 11),
  limitMilliseconds: 300,
});

/** 300 dumps, bytes and texts, are listed, start-up included. */
export function threeHundredDumps(): Measured {
  const names = ['gadgets', 'ethernet'].flatMap((folder) =>
    readdirSync(join(DUMPS, folder))
      .filter((name) => /\.(descriptors\.bin|lsusb\.txt)$/.test(name))
      .map((name) => join(DUMPS, folder, name)),
  );
  const paths = Array.from({ length: 300 }, (_, index) => names[index % names.length] ?? '');
  return { name: '300 dumps listed, start-up included', milliseconds: medianRun(paths, 5), limitMilliseconds: 3000 };
}

function medianRun(args: readonly string[], runs: number): number {
  run(args); // the first start after a change bundles the command
  const times = Array.from({ length: runs }, () => run(args)).sort((one, other) => one - other);
  return times[Math.floor(runs / 2)] ?? 0;
}

function run(args: readonly string[]): number {
  const begin = performance.now();
  execFileSync(PROBE, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  return performance.now() - begin;
}
