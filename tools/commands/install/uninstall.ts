import { join } from 'node:path';
import { hostAppProgram } from '../../adapters/apple/host-app.ts';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { asDictionary, asText, parsePropertyList } from '../../model/apple/property-list.ts';
import { EXIT } from '../../model/user-error.ts';
import { uninstall as uninstallDriver } from '../../plans/install/uninstall.ts';
import { describeDriver, driverStatus } from '../../report/driver-status.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';
import { INSTALL_OPTIONS, patienceOf, wantedDriver } from './options.ts';

const USAGE = `Usage: tools/install uninstall [--force] [--dry-run] [--wait SECONDS] [--json]

Removes the driver and its app. Refuses while somebody uses an adapter (a program connected to the driver, a connection through
a port, an address somebody configured) and says who. Ends with 0 when it is gone, with 1 when macOS has to restart first.

  --force          remove it all the same
  --dry-run        show all of it, change nothing; works on any machine
  --wait SECONDS   how long to wait for an administrator; 600`;

/** `tools/install uninstall`: no driver, no app. */
export async function uninstall(args: readonly string[], system: System = realSystem()): Promise<number> {
  const read = readArguments(
    args,
    {
      command: 'tools/install uninstall',
      usage: USAGE,
      options: { ...INSTALL_OPTIONS, force: { type: 'boolean', default: false } },
    },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const wanted = await wantedDriver(system);
  const { steps, facts } = await uninstallDriver(system, {
    app: wanted.app,
    program: await programOf(system, wanted.app),
    wanted,
    force: values.force,
    dryRun: values['dry-run'],
    silent: values.json,
    patience: patienceOf(values.wait),
  });
  const status = facts && driverStatus(facts);
  if (values.json) showJson(system, { dryRun: values['dry-run'], steps, status: status ?? null });
  else {
    if (status) show(system, describeDriver(status));
    if (values['dry-run']) system.out('Nothing was changed.');
  }
  return values['dry-run'] || status?.outcome === 'absent' ? EXIT.fine : EXIT.fixable;
}

async function programOf(system: System, app: string): Promise<string> {
  const bytes = await system.files.read(join(app, 'Contents/Info.plist'));
  const name = bytes && asText(asDictionary(parsePropertyList(bytes, app)).CFBundleExecutable);
  return hostAppProgram(app, name ?? 'Multiport');
}
