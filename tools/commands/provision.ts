import type { Command } from '../report/run-command.ts';
import { EXIT, UserError } from '../report/user-error.ts';
import { explain } from './provision/explain.ts';
import { verify } from './provision/verify.ts';

interface Subcommand {
  readonly summary: string;
  readonly run: Command;
}

/** What `tools/provision` can do, in the order a person needs it. */
const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  verify: {
    summary: 'says from files alone why macOS would refuse a dext, an app or a provisioning profile',
    run: verify,
  },
  explain: { summary: 'says which known failures fit an error code or a log, and what to do', run: explain },
};

/** `tools/provision SUBCOMMAND …`: signing set up, verified and explained. */
export async function provision(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h') {
    console.log(usage());
    return name === undefined ? EXIT.unusable : EXIT.fine;
  }
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (!subcommand) throw new UserError(`provision has no subcommand ${name}`, 'Try --help.', EXIT.unusable);
  return subcommand.run(rest);
}

function usage(): string {
  const width = Math.max(...Object.keys(SUBCOMMANDS).map((name) => name.length));
  const lines = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return ['usage: tools/provision SUBCOMMAND [options]', '', ...lines, '', 'SUBCOMMAND --help says more.'].join('\n');
}
