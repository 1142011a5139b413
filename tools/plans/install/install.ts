// install.ts — the built app in, a driver that serves its adapters out: copied, activated, staged, matched, started, enX.

import { basename, join } from 'node:path';
import { hostAppProgram } from '../../adapters/apple/host-app.ts';
import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import type { BuiltDriver, DriverFacts } from '../../checks/install/driver-facts.ts';
import { UserError } from '../../model/user-error.ts';
import { activate } from './activate.ts';
import { clearQuarantine, copyApp, formerApp } from './copy-app.ts';
import { look, type Wanted } from './look.ts';
import { checkBundle, checkMac, compareVersions, findCopies } from './look-first.ts';
import { preflight } from './preflight.ts';
import { type DoneStep, type RunOptions, runChanges } from './run-changes.ts';
import { waitForPorts, waitForStaging } from './wait.ts';

export interface InstallOptions extends RunOptions {
  /** The app as it was built. */
  readonly bundle: string;
  /** Nobody named it: a dry run shows the steps even when it is not built yet. */
  readonly isDefault: boolean;
  readonly wanted: Wanted;
  /** `upgrade` insists on an older version that is there. */
  readonly mode: 'install' | 'upgrade';
  /** Milliseconds to wait for the user's approval. */
  readonly patience: number;
}

export interface Installed {
  readonly steps: readonly DoneStep[];
  /** Undefined in a dry run before anything is built. */
  readonly built: BuiltDriver | undefined;
  /** Undefined where there is no Mac to look at. */
  readonly facts: DriverFacts | undefined;
}

const APPLICATIONS = '/Applications';

/** Throws UserError when macOS refuses; everything changed before that is taken back. */
export async function install(system: System, options: InstallOptions): Promise<Installed> {
  const { bundle, wanted, dryRun } = options;
  if (!isMac(system) && !dryRun)
    throw new UserError(
      needsMac('Installing a driver'),
      'Try --dry-run here: it checks the bundle and shows the steps.',
    );
  const isMissing = dryRun && options.isDefault && !(await system.files.facts(bundle));
  const built = isMissing ? undefined : await preflight(system, bundle, wanted.identifier);
  const target = join(APPLICATIONS, basename(bundle));
  const changes = [
    checkBundle(built),
    checkMac(system),
    compareVersions(system, options, built?.driver),
    copyApp(system, bundle, target),
    clearQuarantine(system, target),
    findCopies(system, bundle, target),
    activate(system, options, hostAppProgram(target, basename(built?.program ?? bundle, '.app'))),
    waitForStaging(system, options, built?.driver),
    waitForPorts(system, wanted),
  ];
  const steps = await runChanges(changes, system, options);
  if (!dryRun) await system.files.remove(formerApp(system));
  return { steps, built: built?.driver, facts: isMac(system) ? await look(system, wanted) : undefined };
}
