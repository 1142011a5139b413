import type { System } from '../../adapters/system.ts';
import { lookAtAll, type Row } from '../../plans/provision/apply.ts';
import { openSetup, SETUP_OPTIONS } from '../../plans/provision/open-setup.ts';
import type { Setup } from '../../plans/provision/setup.ts';
import { stepsFor } from '../../plans/provision/steps.ts';
import { readArguments } from '../arguments/read-arguments.ts';

interface LookedAt {
  readonly json: boolean;
  readonly setup: Setup;
  readonly rows: readonly Row[];
}

/** For subcommands that only look: what every step looks like. Undefined when only the help was wanted. */
export async function lookAtSteps(
  args: readonly string[],
  system: System,
  command: string,
  usage: string,
): Promise<LookedAt | undefined> {
  const read = readArguments(args, { command, usage, options: SETUP_OPTIONS }, system.out);
  if (!read) return undefined;
  const setup = await openSetup(system, read.values);
  return { json: read.values.json, setup, rows: await lookAtAll(stepsFor(setup)) };
}

/** What was seen of a step, or would be done, or why nobody knows. */
export function wordsOf({ looked }: Row): string {
  switch (looked.state) {
    case 'done':
      return looked.seen;
    case 'todo':
      return looked.would;
    case 'unknown':
      return looked.why;
    default:
      return looked satisfies never;
  }
}
