import type { Command } from '../report/run-command.ts';
import { listOf, runSubcommand, type Subcommands } from './arguments/subcommands.ts';
import { apply } from './provision/apply.ts';
import { entitlements } from './provision/entitlements.ts';
import { explain } from './provision/explain.ts';
import { plan } from './provision/plan.ts';
import { request } from './provision/request.ts';
import { status } from './provision/status.ts';
import { verify } from './provision/verify.ts';

/** What `tools/provision` can do, in the order a person needs it. */
const SUBCOMMANDS: Subcommands = {
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

const HELP = `Usage: tools/provision SUBCOMMAND [options]

${listOf(SUBCOMMANDS)}

Each takes --help and --json.`;

/** `tools/provision SUBCOMMAND …`: signing set up, verified and explained. */
export const provision: Command = (args) => runSubcommand('tools/provision', SUBCOMMANDS, HELP, args);
