import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../adapters/project.ts';

import type { Run, Suite, Tally } from '../model/suite.ts';
import { tallyJunit, tallyVitest } from '../model/test-reports.ts';

const CORES = String(availableParallelism());
const REPORTS = join(PROJECT_ROOT, 'build', 'reports');

/** What `npm run check` runs: no device, no root, about a minute when built. */
export const CHECK_SUITES: readonly Suite[] = [
  step('format and lint', 'biome', ['check', '--error-on-warnings', '.']),
  step('C++ format', 'node', ['tools/launch.mjs', 'format-native', '--check']),
  step('types', 'tsc', ['-p', '.']),
  step('generated files', 'node', ['tools/launch.mjs', 'generate', '--check']),
  vitest('unit tests', 'test/vitest.config.ts'),
  native('asan'),
];

/** What `npm test` runs. */
export const TEST_SUITES: readonly Suite[] = [
  ...CHECK_SUITES,
  native('tsan'),
  native('fuzz', 'fuzzers'),
  hostTests(),
  sanitizedHostTests(),
  guestTests(),
];

/** The whole driver on the host, with real traffic of the Linux network stack. */
function hostTests(): Suite {
  return onBuiltHost(vitest('the driver on its host', 'test/host/vitest.config.ts'));
}

/**
 * Those in which most comes, goes and fails, again with AddressSanitizer and UndefinedBehaviorSanitizer in the daemon and in every
 * process of the driver, in fewer rounds. All of them run so with MULTIPORT_TEST_PRESET=asan, or tsan, and the target host_and_driver
 * of that preset.
 */
function sanitizedHostTests(): Suite {
  const files = ['sanitizers', 'plug-in', 'departure', 'sleep', 'usbip'].map((name) => `test/host/${name}.test.ts`);
  const environment = { MULTIPORT_TEST_PRESET: 'asan', MULTIPORT_ROUNDS: '4' };
  const suite = vitest('the driver on its host, asan', 'test/host/vitest.config.ts', files, environment);
  return onBuiltHost(suite, 'asan');
}

/** The tests in a virtual machine. Where QEMU is missing they are skipped, in so many words. */
export function guestTests(): Suite {
  const suite = onBuiltHost(vitest('tests in a guest', 'test/vm/vitest.config.ts'));
  const run = async (run: Run): Promise<Tally> => {
    if ((await run('sh', ['-c', 'command -v qemu-system-x86_64 >/dev/null'])) === 0) return suite.run(run);
    console.log('Skipped: qemu-system-x86_64 is not installed (node tools/setup.mjs --with-tests --with-guest).');
    return { passed: 0, failed: 0, skipped: 1 };
  };
  return { name: suite.name, run };
}

/** The suite, behind a build of the host and the driver. */
function onBuiltHost(suite: Suite, preset = 'dev'): Suite {
  const run = async (run: Run): Promise<Tally> => {
    const configured = await run('cmake', ['-S', 'dext', '--preset', preset, '--log-level=WARNING']);
    const built =
      configured || (await run('cmake', ['--build', join('build', 'native', preset), '--target', 'host_and_driver']));
    return built === 0 ? suite.run(run) : verdict(built);
  };
  return { name: suite.name, run };
}

function step(name: string, program: string, args: readonly string[]): Suite {
  return { name, run: async (run) => verdict(await run(program, args)) };
}

function vitest(
  name: string,
  config: string,
  files: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Suite {
  const report = reportFile(name, 'json');
  const args = [
    'run',
    ...files,
    '--root',
    '.',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
  ];
  const here =
    (run: Run): Run =>
    (program, programArgs) =>
      run(program, programArgs, environment);
  return { name, run: (run) => tallied(here(run), report, tallyVitest, [['vitest', args]]) };
}

/** Configures, builds and runs the native tests of one CMake preset. */
function native(preset: string, target = 'native_tests'): Suite {
  const report = reportFile(`native-${preset}`, 'xml');
  const build = join('build', 'native', preset);
  return {
    name: `native tests, ${preset}`,
    run: (run) =>
      tallied(run, report, tallyJunit, [
        ['cmake', ['-S', 'dext', '--preset', preset, '--log-level=WARNING']],
        ['cmake', ['--build', build, '--target', target]],
        [
          'ctest',
          [
            '--test-dir',
            build,
            '--parallel',
            CORES,
            '--output-on-failure',
            '--no-tests=error',
            '--output-junit',
            report,
          ],
        ],
      ]),
  };
}

/** Runs the programs until one fails, then reads the report of the last. No report where there should be one is a failure. */
async function tallied(
  run: Run,
  report: string,
  read: (text: string) => Tally,
  programs: readonly (readonly [string, readonly string[]])[],
): Promise<Tally> {
  mkdirSync(REPORTS, { recursive: true });
  rmSync(report, { force: true });
  let exitCode = 0;
  for (const [program, args] of programs) {
    exitCode = await run(program, args);
    if (exitCode !== 0) break;
  }
  if (!existsSync(report)) return verdict(exitCode || 1);
  const tally = read(readFileSync(report, 'utf8'));
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

function verdict(exitCode: number): Tally {
  return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
}

function reportFile(name: string, extension: string): string {
  return join(REPORTS, `${name.replaceAll(/[ ,]+/g, '-')}.${extension}`);
}
