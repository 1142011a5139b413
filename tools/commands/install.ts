import { EXIT, UserError } from '../model/user-error.ts';
import type { Command } from '../report/run-command.ts';
import { build } from './install/build.ts';
import { install as installDriver, upgrade } from './install/install.ts';
import { status } from './install/status.ts';
import { uninstall } from './install/uninstall.ts';

interface Subcommand {
  readonly summary: string;
  readonly run: Command;
}

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  build: { summary: 'the signed app with its driver, from the sources', run: build },
  install: { summary: 'check the app, copy it, activate its driver and wait for the interfaces', run: installDriver },
  upgrade: { summary: 'replace an installed driver by a newer one', run: upgrade },
  uninstall: { summary: 'remove driver and app, unless somebody uses them', run: uninstall },
  status: { summary: 'how far the driver got: staged, matched, started, interface', run: status },
};

/** `tools/install SUBCOMMAND …`: the driver on a Mac, from the built app to its interfaces and back. */
export async function install(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(usage());
    return name === undefined ? EXIT.unusable : EXIT.fine;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (!subcommand) throw new UserError(`install has no subcommand ${name}`, 'Try --help.', EXIT.unusable);
  return subcommand.run(rest);
}

function usage(): string {
  const width = Math.max(...Object.keys(SUBCOMMANDS).map((name) => name.length));
  const lines = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['usage: tools/install SUBCOMMAND [options]', '', ...lines, '', 'SUBCOMMAND --help says more.'].join('\n');
}
