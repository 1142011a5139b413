import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { build as buildApp } from '../../plans/install/build.ts';
import { openSetup, SETUP_OPTIONS } from '../../plans/provision/open-setup.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';
import { BUILT_APP, INSTALL_OPTIONS } from './options.ts';

const USAGE = `Usage: tools/install build [--for development|developer-id] [--dry-run] [--json]

Builds the app with its driver for a Mac: xcodegen, xcodebuild, the entitlements and profiles that tools/provision made, a new
build number, signatures from the inside out, and the rule engine over all of it. For developer-id it is notarised and stapled as
well. The app is build/mac/Multiport.app.

  --dry-run        show all of it, change nothing; works on any machine`;

/** `tools/install build`: the signed app; 0 when macOS would take it. */
export async function build(args: readonly string[], system: System = realSystem()): Promise<number> {
  const { 'dry-run': dryRun, json } = INSTALL_OPTIONS;
  const read = readArguments(
    args,
    { command: 'tools/install build', usage: USAGE, options: { 'dry-run': dryRun, json, for: SETUP_OPTIONS.for } },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const setup = await openSetup(system, { for: values.for, offline: true });
  const steps = await buildApp(system, {
    setup,
    version,
    app: BUILT_APP,
    dryRun: values['dry-run'],
    silent: values.json,
  });
  if (values.json) showJson(system, { dryRun: values['dry-run'], steps, status: null });
  else show(system, values['dry-run'] ? 'Nothing was changed.' : `✔ ${BUILT_APP}: tools/install install puts it in.`);
  return EXIT.fine;
}
