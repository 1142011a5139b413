import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../model/user-error.ts';
import { PROJECT_ROOT } from '../project.ts';

/** Where a CMake preset puts its products. */
export const nativeFolder = (preset: string) => join(PROJECT_ROOT, 'build', 'native', preset);

/** The daemon and the dext bundle of a built preset. */
export const hostProducts = (preset: string) => ({
  daemon: join(nativeFolder(preset), 'bin', 'multiport-host'),
  bundle: join(nativeFolder(preset), 'bundles', 'org.multiport.Multiport.driver.dext'),
});

export interface BuildOptions {
  /** Daemon, runtime and dext when nothing is said. */
  readonly target?: string;
  /** Gets the compiler's output line by line, and shows it to stay: the error of a failed build does not repeat it. */
  readonly show?: (line: string) => void;
  /** Gets the same to say how far it is: the error has the end of it. */
  readonly progress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Builds with a CMake preset; does nothing when all is up to date. A UserError when the build fails. */
export async function buildNative(preset: string, options: BuildOptions = {}): Promise<void> {
  const { target = 'host_and_driver', show, progress, signal } = options;
  const steps = [
    ['-S', join(PROJECT_ROOT, 'dext'), '--preset', preset, '--log-level=WARNING'],
    ['--build', nativeFolder(preset), '--target', target],
  ];
  const configured = existsSync(join(nativeFolder(preset), 'build.ninja'));
  for (const args of configured ? steps.slice(1) : steps) {
    const building = execa('cmake', args, {
      cwd: join(PROJECT_ROOT, 'dext'),
      all: true,
      reject: false,
      ...(signal && { cancelSignal: signal }),
    });
    for await (const line of building.iterable({ from: 'all' })) (show ?? progress)?.(line);
    const { exitCode, all } = await building;
    if (exitCode === 0) continue;
    signal?.throwIfAborted();
    const words = show ? 'The build failed, as said above' : `The build failed:\n${endOf(all)}`;
    throw new UserError(words, `Repeat it with: cmake --build ${nativeFolder(preset)}`);
  }
}

const endOf = (output: string) => output.split('\n').slice(-30).join('\n');
