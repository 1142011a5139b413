// install.ts — the built app in, a driver that serves its adapters out: copied, activated, staged, matched, started, enX.

import { basename, join } from 'node:path';
import { hostAppProgram, requestOfApp } from '../../adapters/apple/host-app.ts';
import { bootArguments, integrityProtection, systemVersion } from '../../adapters/apple/mac.ts';
import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import { canInstall } from '../../checks/install/can-install.ts';
import type { BuiltDriver, DriverFacts, KnownVersion } from '../../checks/install/driver-facts.ts';
import { isFine, judge } from '../../checks/install/verdict.ts';
import { riskyBootArguments } from '../../model/apple/integrity-protection.ts';
import { UserError } from '../../report/user-error.ts';
import { knownVersions, look, type Wanted } from './look.ts';
import { type BuiltApp, preflight } from './preflight.ts';
import { refusalOf } from './refusal.ts';
import { type Change, type DoneStep, type RunOptions, runChanges } from './run-changes.ts';

export interface InstallOptions extends RunOptions {
  /** The app as it was built. */
  readonly bundle: string;
  readonly wanted: Wanted;
  /** `upgrade` insists on an older version that is there. */
  readonly mode: 'install' | 'upgrade';
  /** Milliseconds to wait for the user's approval. */
  readonly patience: number;
}

export interface Installed {
  readonly steps: readonly DoneStep[];
  readonly built: BuiltDriver;
  /** Undefined where there is no Mac to look at. */
  readonly facts: DriverFacts | undefined;
}

const APPLICATIONS = '/Applications';
const SECOND = 1000;
const STAGING_SECONDS = 30;
const STARTING_SECONDS = 20;

/** Throws UserError when macOS refuses; everything changed before that is taken back. */
export async function install(system: System, options: InstallOptions): Promise<Installed> {
  const { bundle, wanted, dryRun } = options;
  if (!isMac(system) && !dryRun)
    throw new UserError(
      needsMac('Installing a driver'),
      'Try --dry-run here: it checks the bundle and shows the steps.',
    );
  const built = await preflight(system, bundle, wanted.identifier);
  const target = join(APPLICATIONS, basename(bundle));
  const changes = [
    checkBundle(built),
    checkMac(system),
    compareVersions(system, options, built.driver),
    copyApp(system, bundle, target),
    clearQuarantine(system, target),
    findCopies(system, bundle, target),
    activate(system, options, hostAppProgram(target, basename(built.program))),
    waitForStaging(system, options, built.driver),
    waitForPorts(system, wanted),
    forgetFormer(system),
  ];
  const steps = await runChanges(changes, system, options);
  return { steps, built: built.driver, facts: isMac(system) ? await look(system, wanted) : undefined };
}

const checkBundle = ({ path, driver, doubts }: BuiltApp): Change => ({
  title: 'Check the bundle',
  run: async () => {
    const doubtful = doubts.map(({ id, title }) => `${id} ${title}`);
    return {
      did: [`${basename(path)} with ${driver.identifier} ${driver.short} (${driver.build})`, ...doubtful].join('; '),
    };
  },
});

/** What is said here stops nobody: a protected Mac is as it should be, and others are what people develop on. */
const checkMac = (system: System): Change => ({
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

const compareVersions = (system: System, { wanted, mode }: InstallOptions, built: BuiltDriver): Change => ({
  title: 'Compare with what is installed',
  run: async ({ stop }) => {
    if (!isMac(system)) return { skipped: needsMac('this') };
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

const copyApp = (system: System, bundle: string, target: string): Change => ({
  title: `Copy the app to ${APPLICATIONS}`,
  would: () => `copy ${bundle} to ${target}`,
  run: async ({ undo }) => {
    if (bundle === target) return { skipped: 'it is there' };
    const former = formerApp(system);
    if (await system.files.facts(target)) {
      await system.files.remove(former);
      await system.files.move(target, former);
      undo.push('the former app is back', async () => {
        await system.files.remove(target);
        await system.files.move(former, target);
      });
    } else undo.push('the copy is removed', () => system.files.remove(target));
    await system.files.copy(bundle, target);
    return { did: target };
  },
});

/** Not called .app: macOS would find two of them (F33). */
const formerApp = ({ home }: System) => join(home, '.multiport/former');

const forgetFormer = (system: System): Change => ({
  title: 'Remove the former app',
  would: () => 'remove the app that was there before',
  run: async () => {
    const former = formerApp(system);
    if (!(await system.files.facts(former))) return { skipped: 'there was none' };
    await system.files.remove(former);
    return { did: 'removed' };
  },
});

/** macOS runs a marked app from a random place, where sysextd does not take it (F31). */
const clearQuarantine = (system: System, target: string): Change => ({
  title: 'Clear the quarantine mark of the copy',
  would: () => 'remove com.apple.quarantine if the copy has it',
  run: async () => {
    const { exitCode } = await system.execute('xattr', ['-p', 'com.apple.quarantine', target]);
    if (exitCode !== 0) return { skipped: 'it has none' };
    await system.execute('xattr', ['-rd', 'com.apple.quarantine', target]);
    return { did: 'removed' };
  },
});

/** A second app with the same id makes sysextd look into the wrong one (F33). */
const findCopies = (system: System, bundle: string, target: string): Change => ({
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

const activate = (system: System, { patience, mode }: InstallOptions, program: string): Change => ({
  title: 'Activate the driver',
  would: () => 'ask macOS through the app, which asks the user the first time',
  run: async ({ undo, stop, say }) => {
    const end = await requestOfApp(system, program, 'activate', {
      timeout: patience,
      onEvent: (event) => {
        if (event.event === 'needsApproval') say(`! ${APPROVAL}`);
      },
    });
    switch (end.end) {
      case 'completed':
        if (mode === 'install')
          undo.push('the driver is deactivated', () => deactivateAgain(system, program, patience));
        return { did: 'macOS accepted it' };
      case 'after-reboot':
        stop();
        return { did: 'macOS finishes when the adapters are unplugged, or at the next restart' };
      case 'timed-out':
        stop();
        return { skipped: 'still waiting for you; the request stays' };
      case 'failed':
        throw refusalOf(end);
      default:
        return end satisfies never;
    }
  },
});

export const APPROVAL =
  'Allow the driver in System Settings > General > Login Items & Extensions > Driver Extensions (macOS 13 and 14: Privacy & Security): open "x-apple.systempreferences:com.apple.ExtensionsPreferences?extensionPointIdentifier=com.apple.system_extension.driver_extension.extension-point"';

async function deactivateAgain(system: System, program: string, timeout: number): Promise<void> {
  const end = await requestOfApp(system, program, 'deactivate', { timeout, onEvent: () => undefined });
  if (end.end === 'failed') throw refusalOf(end);
}

const waitForStaging = (system: System, { wanted }: InstallOptions, built: BuiltDriver): Change => ({
  title: 'Wait until macOS has staged it',
  would: () => `read the state of ${wanted.identifier} until it is "activated enabled"`,
  run: async ({ stop }) => {
    const version = await poll(system, STAGING_SECONDS, async () => {
      const found = (await knownVersions(system, wanted.identifier)).find((one) => one.version.build === built.build);
      return found && found.state.phase !== 'working' ? found : undefined;
    });
    if (!version)
      throw new UserError(
        `macOS accepted build ${built.build} and does not have it after ${STAGING_SECONDS} s`,
        'Run tools/install status, and tools/provision explain with the log.',
      );
    if (version.state.phase !== 'staged') stop();
    else if (isOther(version, built))
      throw new UserError(
        `macOS staged another build than this one: cdhash ${version.cdhashes.join(', ')} (F55)`,
        'Raise CFBundleVersion, build and install again.',
      );
    return { did: version.state.word.replaceAll('_', ' ') };
  },
});

const isOther = ({ cdhashes }: KnownVersion, built: BuiltDriver) =>
  cdhashes.length > 0 && built.cdhashes.length > 0 && !built.cdhashes.some((hash) => cdhashes.includes(hash));

const waitForPorts = (system: System, wanted: Wanted): Change => ({
  title: 'Wait for the ports',
  would: () => 'read the I/O registry until every port has its interface',
  run: async () => {
    const facts = await poll(system, STARTING_SECONDS, async () => {
      const seen = await look(system, wanted);
      return isFine(judge(seen)) ? seen : undefined;
    });
    return facts
      ? { did: facts.interfaces.map(({ name }) => name).join(', ') || 'no adapter is plugged in' }
      : { skipped: `not within ${STARTING_SECONDS} s` };
  },
});

/** What `ask` gives as soon as it gives something; undefined when it does not within that many seconds. */
export async function poll<T>(
  system: System,
  seconds: number,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = system.now().getTime() + seconds * SECOND;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || system.now().getTime() >= end) return answer;
    await system.wait(SECOND / 2);
  }
}
