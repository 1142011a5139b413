// bench-provision.ts — `node tools/launch.mjs bench-provision`: how fast `provision verify` is, and how much memory it takes.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeApp, NOW, plainRecipe } from '../../test/support/signing/bundle.ts';
import { signSlice } from '../../test/support/signing/code-signature.ts';
import { FAKE, FAKE_ROOTS, TEAM } from '../../test/support/signing/fake-apple.ts';
import { writeFiles } from '../../test/support/signing/memory-tree.ts';
import { readCheckable } from '../adapters/checkables.ts';
import { PROJECT_ROOT } from '../adapters/project.ts';
import { check, checkTool } from '../checks/signing/check.ts';
import type { CheckOptions } from '../checks/signing/options.ts';
import { type Finding, refused } from '../model/finding.ts';
import { certificateFrom } from '../model/signing/certificate.ts';
import { EXIT } from '../model/user-error.ts';

const OPTIONS: CheckOptions = { now: NOW, roots: FAKE_ROOTS };
const WARM_UP = 500;
const BUNDLES = 1000;
const LARGE = 100 << 20;

/** Prints bundles per second of processor time, the share of it that plain SHA-256 would take, and the memory of a large program. */
export async function benchProvision(args: readonly string[]): Promise<number> {
  const [task, path, root] = args;
  if (task === '--judge' && path !== undefined && root !== undefined) return judgeLarge(path, root);
  const folder = mkdtempSync(join(tmpdir(), 'multiport-bench-'));
  try {
    const small = join(folder, 'Multiport.app');
    writeFiles(makeApp(plainRecipe('developer-id')), small);
    const isFine = benchSmall(small) && benchLarge(folder);
    return isFine ? EXIT.fine : EXIT.bug;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function benchSmall(app: string): boolean {
  for (let round = 0; round < WARM_UP; round++) judge(app);
  const spent = processorTime(() => {
    for (let round = 0; round < BUNDLES; round++) judge(app);
  });
  const files = filesBelow(app);
  const hashing = processorTime(() => {
    for (let round = 0; round < BUNDLES; round++)
      for (const file of files) createHash('sha256').update(readFileSync(file)).digest();
  });
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(
    `small app with a dext: ${Math.round(BUNDLES / spent)} per second of one core (${Math.round(bytes / 1024)} KiB, ${files.length} files)`,
  );
  console.log(`  ${(spent / hashing).toFixed(1)} times what reading and hashing its files once costs`);
  return !refused(judge(app));
}

/** In a process of its own: this one has held the whole program in memory to make it. */
function benchLarge(folder: string): boolean {
  const [path, root] = [join(folder, 'large'), join(folder, 'root.cer')];
  writeFileSync(path, largeProgram());
  writeFileSync(root, FAKE.root.certificate);
  const launcher = join(PROJECT_ROOT, 'tools', 'launch.mjs');
  const said = execFileSync(process.execPath, [launcher, 'bench-provision', '--judge', path, root], {
    encoding: 'utf8',
  });
  process.stdout.write(said);
  return true;
}

function largeProgram(): Buffer {
  const timestamp = new Date('2026-03-01T00:00:00Z');
  const identity = { identifier: 'large', team: TEAM, signer: FAKE.developerId, timestamp };
  return signSlice(
    { cpu: 'arm64', platform: 1, minimum: '12.0', mentions: [], size: LARGE },
    { ...identity, entitlements: {} },
  ).bytes;
}

function judgeLarge(path: string, root: string): number {
  const options = { ...OPTIONS, roots: [certificateFrom(readFileSync(root))] };
  let findings: readonly Finding[] = [];
  const spent = processorTime(() => {
    findings = judge(path, options);
  });
  const peak = process.resourceUsage().maxRSS;
  const hashing = processorTime(() => void createHash('sha256').update(readFileSync(path)).digest());
  console.log(
    `program of ${LARGE >> 20} MiB: ${(spent / hashing).toFixed(1)} times what reading and hashing it once costs`,
  );
  console.log(`  the whole process took ${Math.round(peak / 1024)} MiB of memory at most, Node's own included`);
  return refused(findings) ? EXIT.bug : EXIT.fine;
}

function judge(path: string, options = OPTIONS): readonly Finding[] {
  const read = readCheckable(path);
  if (read.kind === 'bundle') return check(read.bundle, options);
  return read.kind === 'program' ? checkTool(read.program, basename(path), options) : [];
}

/** Seconds of processor time, this process' own. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
