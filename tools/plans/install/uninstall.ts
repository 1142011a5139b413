// uninstall.ts — an installed driver in, none out; not while somebody uses it.

import { requestOfApp } from '../../adapters/apple/host-app.ts';
import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import type { DriverFacts, KnownVersion } from '../../checks/install/driver-facts.ts';
import { users } from '../../checks/install/usage.ts';
import { UserError } from '../../model/user-error.ts';
import { knownVersions, look, type Wanted } from './look.ts';
import { refusalOf } from './refusal.ts';
import { type Change, type DoneStep, type RunOptions, runChanges } from './run-changes.ts';
import { poll } from './wait.ts';

export interface UninstallOptions extends RunOptions {
  /** The installed app, without which macOS takes no request. */
  readonly app: string;
  readonly program: string;
  readonly wanted: Wanted;
  /** Also while somebody uses the adapter. */
  readonly force: boolean;
  readonly patience: number;
}

export interface Uninstalled {
  readonly steps: readonly DoneStep[];
  readonly facts: DriverFacts | undefined;
}

const REMOVING_SECONDS = 30;
const EXTENSION_NOT_FOUND = 4;

export async function uninstall(system: System, options: UninstallOptions): Promise<Uninstalled> {
  const { dryRun, wanted } = options;
  if (!isMac(system) && !dryRun)
    throw new UserError(needsMac('Uninstalling a driver'), 'Try --dry-run here: it shows the steps.');
  const changes = [
    lookForUsers(system, options),
    deactivate(system, options),
    waitUntilGone(system, options),
    removeApp(system, options),
  ];
  const steps = await runChanges(changes, system, options);
  return { steps, facts: isMac(system) ? await look(system, wanted) : undefined };
}

/** Unplugging is everybody's right and asks nobody; taking the driver away is ours, so we ask. */
const lookForUsers = (system: System, { wanted, force, app }: UninstallOptions): Change => ({
  title: 'Look who uses the adapter',
  run: async () => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    const facts = await look(system, wanted);
    const found = users(facts);
    const known = facts.versions.some(({ state }) => !['gone', 'gone-after-reboot'].includes(state.phase));
    if (known && !(await system.files.facts(app))) {
      throw new UserError(
        `${app} is missing, and only it may ask macOS to remove its driver (F74)`,
        'Restart the Mac: macOS removes drivers whose app is gone. Or install it again, then uninstall it.',
      );
    }
    if (found.length === 0) return { skipped: 'nobody' };
    if (!force) throw new UserError('The adapter is in use', `${found.join('\n  ')}\n  End these, or say --force.`);
    return { did: `in use, and removed all the same: ${found.join('; ')}` };
  },
});

const deactivate = (system: System, { program, patience, wanted }: UninstallOptions): Change => ({
  title: 'Deactivate the driver',
  would: () => 'ask macOS through the app, which asks for an administrator',
  run: async ({ undo, stop, say }) => {
    const versions = await knownVersions(system, wanted.identifier);
    if (versions.every(({ state }) => ['gone', 'gone-after-reboot'].includes(state.phase)))
      return { skipped: 'macOS has none' };
    const end = await requestOfApp(system, program, 'deactivate', {
      timeout: patience,
      onEvent: ({ event }) => {
        if (event === 'needsApproval') say('! Confirm with the password of an administrator.');
      },
    });
    switch (end.end) {
      case 'completed':
        undo.push('the driver is activated again', () => activateAgain(system, program, patience));
        return { did: 'macOS accepted it' };
      case 'after-reboot':
        return { did: 'macOS finishes when the adapters are unplugged, or at the next restart' };
      case 'timed-out':
        stop();
        return { skipped: 'still waiting for an administrator; the request stays' };
      case 'failed':
        if (end.code === EXTENSION_NOT_FOUND) return { skipped: 'macOS does not have it (any more)' };
        throw refusalOf(end);
      default:
        return end satisfies never;
    }
  },
});

async function activateAgain(system: System, program: string, timeout: number): Promise<void> {
  const end = await requestOfApp(system, program, 'activate', { timeout, onEvent: () => undefined });
  if (end.end === 'failed') throw refusalOf(end);
}

const waitUntilGone = (system: System, { wanted }: UninstallOptions): Change => ({
  title: 'Wait until macOS has removed it',
  would: () => `read the state of ${wanted.identifier} until it is not active any more`,
  run: async ({ stop }) => {
    const isUnsettled = ({ state }: KnownVersion) => ['staged', 'working', 'leaving'].includes(state.phase);
    const known = () => knownVersions(system, wanted.identifier);
    await poll(system, REMOVING_SECONDS, async () => ((await known()).some(isUnsettled) ? undefined : true));
    const versions = await known();
    if (versions.some(({ state }) => state.phase === 'staged'))
      throw new UserError(
        `The driver is still active after ${REMOVING_SECONDS} s`,
        'Unplug all its adapters and run tools/install uninstall again.',
      );
    const words = versions.map(({ state }) => state.word.replaceAll('_', ' ')).join(', ');
    if (!versions.some(isUnsettled)) return { did: words || 'gone' };
    stop(); // macOS said yes and is at it: nothing to take back, and without its app it could not finish
    return { skipped: `not within ${REMOVING_SECONDS} s: ${words}; the app stays until macOS is done` };
  },
});

const removeApp = (system: System, { app }: UninstallOptions): Change => ({
  title: 'Remove the app',
  would: () => `remove ${app}`,
  run: async () => {
    if (!(await system.files.facts(app))) return { skipped: 'it is gone' };
    await system.files.remove(app);
    return { did: app };
  },
});
