// put-together.ts — Xcode's product in, the app with its build number and its provisioning profiles out, ready to be signed.

import { basename, join } from 'node:path';
import { build as buildPlist } from 'plist';
import type { System } from '../../adapters/system.ts';
import { asDictionary, type PlistValue, parsePropertyList } from '../../model/apple/property-list.ts';
import { UserError } from '../../model/user-error.ts';
import { profileFor } from '../provision/setup.ts';
import { PARTS, type Part } from '../provision/write-signing-files.ts';
import type { BuildOptions } from './build.ts';
import { products } from './compile.ts';
import type { Change } from './run-changes.ts';

export const dextIn = ({ app, setup }: BuildOptions) =>
  join(app, 'Contents/Library/SystemExtensions', `${setup.wishes.dext.bundleId}.dext`);

export const putTogether = (system: System, options: BuildOptions): Change => ({
  title: 'Put the app together',
  would: () => `copy it to ${options.app}, with a new build number and the provisioning profiles`,
  run: async ({ undo }) => {
    await system.files.remove(options.app);
    undo.push(`${options.app} is removed`, () => system.files.remove(options.app));
    await system.files.copy(join(products(options), 'Release', basename(options.app)), options.app);
    const build = buildNumber(system.now());
    const parts: Readonly<Record<Part, string>> = { app: join(options.app, 'Contents'), dext: dextIn(options) };
    for (const part of PARTS) {
      await setVersion(system, join(parts[part], 'Info.plist'), options.version, build);
      const profile = await profileFor(options.setup, options.setup.wishes[part]);
      if (profile) await system.files.write(join(parts[part], 'embedded.provisionprofile'), profile.bytes);
    }
    return { did: `${options.version} (${build})` };
  },
});

/** Before signing: the signature seals Info.plist (F08). */
async function setVersion(system: System, path: string, short: string, build: string): Promise<void> {
  const bytes = await system.files.read(path);
  if (!bytes)
    throw new UserError(
      `Xcode made no ${path}`,
      'Look at dext/bundle/project.yml: is the dext named after its bundle id?',
    );
  const info = {
    ...asDictionary(parsePropertyList(bytes, path)),
    CFBundleShortVersionString: short,
    CFBundleVersion: build,
  };
  await system.files.write(path, `${buildPlist(info as { [key: string]: PlistValue })}\n`);
}

const DAY = 24 * 60 * 60_000;
const FIRST_DAY = Date.UTC(2024, 0, 1);

/** Grows with every minute, since macOS keeps what it has when it does not (F68): days, hours, minutes; kernels read 4.2.2 digits. */
export function buildNumber(now: Date): string {
  return `${Math.floor((now.getTime() - FIRST_DAY) / DAY)}.${now.getUTCHours()}.${now.getUTCMinutes()}`;
}
