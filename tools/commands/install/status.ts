import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { look } from '../../plans/install/look.ts';
import { describeDriver, driverStatus, statusIsFine } from '../../report/driver-status.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';
import { INSTALL_OPTIONS, wantedDriver } from './options.ts';

const USAGE = `Usage: tools/install status [--json]

Says how far the driver got: staged (macOS has it), matched (it serves an adapter), started (its ports are there), interface
(enX). Ends with 0 when it runs or waits for an adapter, with 1 when you have to do something, which the last line says.`;

/** `tools/install status`: the four levels and what comes next. */
export async function status(args: readonly string[], system: System = realSystem()): Promise<number> {
  const read = readArguments(
    args,
    { command: 'tools/install status', usage: USAGE, options: { json: INSTALL_OPTIONS.json } },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const found = driverStatus(await look(system, await wantedDriver(system)));
  if (values.json) showJson(system, { dryRun: false, steps: [], status: found });
  else show(system, describeDriver(found));
  return statusIsFine(found) ? EXIT.fine : EXIT.fixable;
}
