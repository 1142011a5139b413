import type { Command } from '../report/run-command.ts';
import { listOf, runSubcommand, type Subcommands } from './arguments/subcommands.ts';
import { build } from './install/build.ts';
import { install as installDriver, upgrade } from './install/install.ts';
import { status } from './install/status.ts';
import { uninstall } from './install/uninstall.ts';

const SUBCOMMANDS: Subcommands = {
  build: { summary: 'the signed app with its driver, from the sources', run: build },
  install: { summary: 'check the app, copy it, activate its driver and wait for the interfaces', run: installDriver },
  upgrade: { summary: 'replace an installed driver by a newer one', run: upgrade },
  uninstall: { summary: 'remove driver and app, unless somebody uses them', run: uninstall },
  status: { summary: 'how far the driver got: staged, matched, started, interface', run: status },
};

const HELP = `Usage: tools/install SUBCOMMAND [options]

${listOf(SUBCOMMANDS)}

Each takes --help and --json; those that change something take --dry-run.`;

/** `tools/install SUBCOMMAND …`: the driver on a Mac, from the built app to its interfaces and back. */
export const install: Command = (args) => runSubcommand('tools/install', SUBCOMMANDS, HELP, args);
