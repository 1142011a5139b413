// build.ts — sources, entitlements and provisioning profiles in, a signed app that macOS takes out.
//
// Xcode compiles and we sign: automatic signing picks profiles of its own, and claims what it likes.

import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import { UserError } from '../../model/user-error.ts';
import type { Setup } from '../provision/setup.ts';
import { compile, findPrograms, makeProject } from './compile.ts';
import { notariseApp, stapleApp } from './notarise.ts';
import { putTogether } from './put-together.ts';
import { type DoneStep, type RunOptions, runChanges } from './run-changes.ts';
import { judge, signBoth, writeEntitlements } from './sign-app.ts';

export interface BuildOptions extends RunOptions {
  readonly setup: Setup;
  /** CFBundleShortVersionString. */
  readonly version: string;
  /** Where the app is put. */
  readonly app: string;
}

/** Throws UserError when something is missing, does not compile, or would be refused. */
export async function build(system: System, options: BuildOptions): Promise<readonly DoneStep[]> {
  if (!isMac(system) && !options.dryRun)
    throw new UserError(needsMac('Building the app'), 'Try --dry-run here: it shows the steps.');
  const release = options.setup.wishes.purpose === 'developer-id';
  const changes = [
    findPrograms(system),
    writeEntitlements(options.setup),
    makeProject(system, options),
    compile(system, options),
    putTogether(system, options),
    signBoth(system, options),
    judge(system, options),
    ...(release ? [notariseApp(system, options), stapleApp(system, options)] : []),
  ];
  return runChanges(changes, system, options);
}
