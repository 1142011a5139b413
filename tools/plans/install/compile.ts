// compile.ts — sources in, what Xcode makes of them out, not signed yet.

import { join } from 'node:path';
import { xcode } from '../../adapters/apple/mac.ts';
import { isMac, needsMac, outputOf } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import { UserError } from '../../model/user-error.ts';
import type { BuildOptions } from './build.ts';
import type { Change } from './run-changes.ts';

export const findPrograms = (system: System): Change => ({
  title: 'Look for Xcode and XcodeGen',
  run: async () => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    const found = await xcode(system);
    const missing = [
      ...(found
        ? []
        : ['Xcode: install it from the App Store, start it once, then sudo xcode-select -s /Applications/Xcode.app']),
      ...(found && !found.driverKitSdk
        ? [`the DriverKit SDK: Xcode ${found.version} lacks it, install a whole Xcode`]
        : []),
      ...((await starts(system, 'xcodegen')) ? [] : ['XcodeGen: brew install xcodegen']),
    ];
    if (missing.length > 0) throw new UserError('Programs are missing', missing.join('\n  '));
    return { did: `Xcode ${found?.version}, DriverKit ${found?.driverKitSdk}` };
  },
});

async function starts(system: System, program: string): Promise<boolean> {
  try {
    return (await system.execute(program, ['--version'])).exitCode === 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

const project = ({ setup }: BuildOptions) => join(setup.project, 'dext/bundle/Multiport.xcodeproj');

export const products = ({ setup }: BuildOptions) => join(setup.project, 'build/mac/products');

export const makeProject = (system: System, options: BuildOptions): Change => ({
  title: 'Make the Xcode project',
  would: () => 'run xcodegen on dext/bundle/project.yml',
  run: async () => {
    const spec = join(options.setup.project, 'dext/bundle/project.yml');
    outputOf(await system.execute('xcodegen', ['generate', '--quiet', '--spec', spec]), 'xcodegen');
    return { did: project(options) };
  },
});

const HOUR = 60 * 60_000;
const LAST_LINES = 20;

export const compile = (system: System, options: BuildOptions): Change => ({
  title: 'Compile',
  would: () => 'run xcodebuild, unsigned',
  run: async () => {
    const settings = [
      `SYMROOT=${products(options)}`,
      `OBJROOT=${products(options)}/objects`,
      `MARKETING_VERSION=${options.version}`,
      'CODE_SIGNING_ALLOWED=NO',
      'ONLY_ACTIVE_ARCH=NO',
    ];
    const args = [
      '-quiet',
      '-project',
      project(options),
      '-target',
      'Multiport',
      '-configuration',
      'Release',
      ...settings,
      'build',
    ];
    const { exitCode, stdout, stderr } = await system.execute('xcodebuild', args, { timeout: HOUR });
    if (exitCode !== 0)
      throw new UserError(
        'It does not compile',
        `${stdout}\n${stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n  '),
      );
    return { did: join(products(options), 'Release') };
  },
});
