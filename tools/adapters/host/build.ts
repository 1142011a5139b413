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

/**
 * Builds daemon, runtime and dext with a CMake preset; does nothing when they are up to date. `print` gets the compiler's output
 * line by line. Throws a UserError with its end when the build fails.
 */
export async function buildNative(
  preset: string,
  print: (line: string) => void,
  { target = 'host_and_driver', signal }: { readonly target?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
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
    for await (const line of building.iterable({ from: 'all' })) print(line);
    const { exitCode, all } = await building;
    if (exitCode === 0) continue;
    signal?.throwIfAborted();
    const end = all.split('\n').slice(-30).join('\n');
    throw new UserError(`The build failed:\n${end}`, `Repeat it with: cmake --build ${nativeFolder(preset)}`);
  }
}
