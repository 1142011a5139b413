import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { type Installed, type InstallOptions, install as installDriver } from '../../plans/install/install.ts';
import { describeDriver, driverStatus, statusIsFine } from '../../report/driver-status.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';
import { bundleArgument, INSTALL_OPTIONS, patienceOf, wantedDriver } from './options.ts';

const usage = (mode: string, words: string) => `Usage: tools/install ${mode} [APP] [--dry-run] [--wait SECONDS] [--json]

${words}
Every change is taken back when a later step fails. Ends with 0 when the driver runs, or waits for an adapter to be plugged
in; with 1 when you have to do something first, which the last line says.

  APP              the app that contains the driver; build/mac/Multiport.app
  --dry-run        show all of it, change nothing; works on any machine
  --wait SECONDS   how long to wait for your approval in System Settings; 600`;

const WORDS = {
  install:
    'Installs the driver: checks the app, copies it to /Applications, activates the driver and waits for its interfaces.',
  upgrade:
    'Replaces an installed driver by a newer one. The old one serves its adapters until they are unplugged: do that first.',
} as const;

/** `tools/install install`: the driver, from the built app to its interfaces. */
export const install = (args: readonly string[], system: System = realSystem()): Promise<number> =>
  run('install', args, system);

/** `tools/install upgrade`: the same, over an older version. */
export const upgrade = (args: readonly string[], system: System = realSystem()): Promise<number> =>
  run('upgrade', args, system);

async function run(mode: InstallOptions['mode'], args: readonly string[], system: System): Promise<number> {
  const wanted = {
    command: `tools/install ${mode}`,
    usage: usage(mode, WORDS[mode]),
    options: INSTALL_OPTIONS,
    places: 1,
  };
  const read = readArguments(args, wanted, system.out);
  if (!read) return EXIT.fine;
  const { values, positionals } = read;
  const installed = await installDriver(system, {
    bundle: bundleArgument(system, positionals),
    isDefault: positionals.length === 0,
    wanted: await wantedDriver(system),
    mode,
    dryRun: values['dry-run'],
    silent: values.json,
    patience: patienceOf(values.wait),
  });
  return report(installed, values['dry-run'], values.json, system);
}

function report({ steps, built, facts }: Installed, dryRun: boolean, json: boolean, system: System): number {
  const status = facts && driverStatus(facts, built);
  if (json) showJson(system, { dryRun, steps, status: status ?? null });
  else {
    if (status) show(system, describeDriver(status));
    if (dryRun) system.out('Nothing was changed.');
  }
  return dryRun || (status && statusIsFine(status)) ? EXIT.fine : EXIT.fixable;
}
