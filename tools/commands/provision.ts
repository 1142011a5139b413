import { EXIT, UserError } from '../model/user-error.ts';
import type { Command } from '../report/run-command.ts';
import { apply } from './provision/apply.ts';
import { entitlements } from './provision/entitlements.ts';
import { explain } from './provision/explain.ts';
import { plan } from './provision/plan.ts';
import { request } from './provision/request.ts';
import { status } from './provision/status.ts';
import { verify } from './provision/verify.ts';

interface Subcommand {
  readonly summary: string;
  readonly run: Command;
}

/** What `tools/provision` can do, in the order a person needs it. */
const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  status: { summary: 'what of signing is here, what is missing, what comes next', run: status },
  plan: { summary: 'every step to a signed driver, in order, with what is done already', run: plan },
  apply: { summary: 'does the steps that need no browser; can be undone', run: apply },
  entitlements: {
    summary: 'the entitlements to sign with, as the provisioning profile grants them',
    run: entitlements,
  },
  request: { summary: "what to write into Apple's form for the DriverKit entitlements", run: request },
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
