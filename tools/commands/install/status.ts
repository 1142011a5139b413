import { parseArgs } from 'node:util';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { look } from '../../plans/install/look.ts';
import { describeDriver, driverStatus, statusIsFine } from '../../report/driver-status.ts';
import { INSTALL_OPTIONS, wantedDriver } from './options.ts';

const USAGE = `usage: tools/install status [--json]

Says how far the driver got: staged (macOS has it), matched (it serves an adapter), started (its ports are there), interface
(enX). Ends with 0 when it runs or waits for an adapter, with 1 when you have to do something, which the last line says.`;

/** `tools/install status`: the four levels and what comes next. */
export async function status(args: readonly string[], system: System = realSystem()): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { json: INSTALL_OPTIONS.json, help: INSTALL_OPTIONS.help },
  });
  if (values.help) {
    system.out(USAGE);
    return EXIT.fine;
  }
  const found = driverStatus(await look(system, await wantedDriver(system)));
  system.out(
    values.json ? JSON.stringify({ dryRun: false, steps: [], status: found }, undefined, 2) : describeDriver(found),
  );
  return statusIsFine(found) ? EXIT.fine : EXIT.fixable;
}
