// wait.ts — macOS does its part after it said yes: staged, then, with an adapter plugged in, matched, started, enX.

import type { System } from '../../adapters/system.ts';
import type { BuiltDriver, KnownVersion } from '../../checks/install/driver-facts.ts';
import { isFine, judge } from '../../checks/install/verdict.ts';
import { UserError } from '../../model/user-error.ts';
import type { InstallOptions } from './install.ts';
import { knownVersions, look, type Wanted } from './look.ts';
import type { Change } from './run-changes.ts';

const SECOND = 1000;
const STAGING_SECONDS = 30;
const STARTING_SECONDS = 20;

export const waitForStaging = (system: System, { wanted }: InstallOptions, built: BuiltDriver | undefined): Change => ({
  title: 'Wait until macOS has staged it',
  would: () => `read the state of ${wanted.identifier} until it is "activated enabled"`,
  run: async ({ stop }) => {
    const version = await poll(system, STAGING_SECONDS, async () => {
      const found = (await knownVersions(system, wanted.identifier)).find((one) => one.version.build === built?.build);
      return found && found.state.phase !== 'working' ? found : undefined;
    });
    if (!version)
      throw new UserError(
        `macOS accepted build ${built?.build} and does not have it after ${STAGING_SECONDS} s`,
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

const isOther = ({ cdhashes }: KnownVersion, { cdhashes: built = [] }: Partial<BuiltDriver> = {}) =>
  cdhashes.length > 0 && built.length > 0 && !built.some((hash) => cdhashes.includes(hash));

export const waitForPorts = (system: System, wanted: Wanted): Change => ({
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
