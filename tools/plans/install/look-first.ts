// look-first.ts — the steps of an installation that change nothing: the bundle, the Mac, what is installed, other copies.

import { basename } from 'node:path';
import { bootArguments, integrityProtection, systemVersion } from '../../adapters/apple/mac.ts';
import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import { canInstall } from '../../checks/install/can-install.ts';
import type { BuiltDriver } from '../../checks/install/driver-facts.ts';
import { riskyBootArguments } from '../../model/apple/integrity-protection.ts';
import { UserError } from '../../model/user-error.ts';
import type { InstallOptions } from './install.ts';
import { look } from './look.ts';
import type { BuiltApp } from './preflight.ts';
import type { Change } from './run-changes.ts';

export const checkBundle = (built: BuiltApp | undefined): Change => ({
  title: 'Check the bundle',
  run: async () => {
    if (!built) return { skipped: 'nothing is built yet, tools/install build does that' };
    const { path, driver, doubts } = built;
    const doubtful = doubts.map(({ id, title }) => `${id} ${title}`);
    return {
      did: [`${basename(path)} with ${driver.identifier} ${driver.short} (${driver.build})`, ...doubtful].join('; '),
    };
  },
});

/** What is said here stops nobody: a protected Mac is as it should be, and others are what people develop on. */
export const checkMac = (system: System): Change => ({
  title: 'Check this Mac',
  run: async () => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    const { state } = await integrityProtection(system);
    const risky = riskyBootArguments(await bootArguments(system));
    const words = [`macOS ${await systemVersion(system)}`, `System Integrity Protection ${state}`];
    if (risky.length > 0) words.push(`boot arguments that weaken the checks: ${risky.join(' ')}`);
    return { did: words.join(', ') };
  },
});

export const compareVersions = (
  system: System,
  { wanted, mode }: InstallOptions,
  built: BuiltDriver | undefined,
): Change => ({
  title: 'Compare with what is installed',
  run: async ({ stop }) => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    if (!built) return { skipped: 'there is no build to compare' };
    const facts = await look(system, wanted);
    const decision = canInstall(built, facts);
    switch (decision.decision) {
      case 'install':
        if (mode === 'upgrade') throw new UserError('There is no version to upgrade', 'tools/install install');
        return { did: 'nothing is there yet' };
      case 'upgrade':
        return {
          did:
            facts.services.length === 0
              ? `replaces ${decision.from}`
              : `replaces ${decision.from}, which runs on until all adapters are unplugged`,
        };
      case 'nothing':
        stop();
        return { skipped: decision.words };
      case 'refuse':
        throw new UserError(decision.words, decision.fix);
      default:
        return decision satisfies never;
    }
  },
});

/** A second app with the same id makes sysextd look into the wrong one (F33). */
export const findCopies = (system: System, bundle: string, target: string): Change => ({
  title: 'Look for other copies of the app',
  run: async () => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    const { stdout } = await system.execute('mdfind', [`kMDItemFSName == '${basename(target)}'`]);
    const others = stdout.split('\n').filter((path) => path !== '' && path !== target && path !== bundle);
    return others.length === 0
      ? { skipped: 'there is none' }
      : { did: `delete these if macOS does not find the driver (F33): ${others.join(', ')}` };
  },
});
