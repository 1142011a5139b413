import { basename, join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { System } from '../../adapters/system.ts';
import { readDeviceFiles } from '../../generate/device-file.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import type { Wanted } from '../../plans/install/look.ts';
import { readWishes } from '../../plans/provision/open-setup.ts';

export const INSTALL_OPTIONS = {
  'dry-run': { type: 'boolean', default: false },
  wait: { type: 'string', default: '600' },
  json: { type: 'boolean', default: false },
} as const;

/** Where `tools/install build` puts the app. */
export const BUILT_APP = join(PROJECT_ROOT, 'build/mac/Multiport.app');

/** Which dext and which adapters; the bundle ids are those of profiles/development.json. */
export async function wantedDriver(system: System): Promise<Wanted & { readonly app: string }> {
  const { dext, app } = await readWishes(system, 'development', PROJECT_ROOT);
  const devices = readDeviceFiles(join(PROJECT_ROOT, 'firmware-info'));
  const adapters = devices.map(({ file: { vendor, model } }) => ({
    name: `${vendor.name} ${model.name}`,
    vendorId: Number(vendor.id),
    productId: Number(model.id),
  }));
  return { identifier: dext.bundleId, adapters, app: join('/Applications', `${app.name}.app`) };
}

export function bundleArgument(system: System, positionals: readonly string[]): string {
  const [bundle = BUILT_APP] = positionals;
  const path = resolve(system.workingDirectory, bundle);
  if (!basename(path).endsWith('.app'))
    throw new UserError(`${bundle} is no app`, 'Give the .app that contains the driver.', EXIT.unusable);
  return path;
}

/** `--wait SECONDS` in milliseconds. */
export function patienceOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds >= 1 && seconds <= 86_400))
    throw new UserError(`--wait ${text} is no number of seconds`, 'Give 1 to 86400.', EXIT.unusable);
  return seconds * 1000;
}
