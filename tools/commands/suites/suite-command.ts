import { runHere } from '../../adapters/run.ts';
import type { Suite } from '../../model/suite.ts';
import { EXIT } from '../../model/user-error.ts';
import { runSuites } from '../../plans/run-suites.ts';
import type { Command } from '../../report/run-command.ts';
import { readArguments } from '../arguments/read-arguments.ts';

interface SuiteCommand {
  /** As it is typed. */
  readonly command: string;
  /** What it runs, as the end of a sentence. */
  readonly what: string;
  readonly suites: readonly Suite[];
  /** A single file of tests, and the configuration it belongs to. */
  readonly one: string;
}

/** A command that runs suites and takes no arguments; the last line on stdout is the sum. */
export const suiteCommand =
  ({ command, what, suites, one }: SuiteCommand): Command =>
  async (args) => {
    const usage = `Usage: ${command}

Runs ${what}. The last line is the sum; exit status 1 when something failed.
One file of tests alone:

  npx vitest run --root . --config ${one}`;
    if (!readArguments(args, { command, usage, options: {} })) return EXIT.fine;
    return (await runSuites(suites, runHere, console.log)) ? EXIT.fine : EXIT.fixable;
  };
