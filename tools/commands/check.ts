import { runHere } from '../adapters/run.ts';
import { EXIT } from '../model/user-error.ts';
import { runSuites } from '../plans/run-suites.ts';
import { CHECK_SUITES } from '../plans/suites.ts';

/** `npm run check`: what a change must pass before it is committed, in about a minute. */
export async function check(): Promise<number> {
  return (await runSuites(CHECK_SUITES, runHere, console.log)) ? EXIT.fine : EXIT.fixable;
}
