import { runHere } from '../adapters/run.ts';
import { EXIT } from '../model/user-error.ts';
import { runSuites } from '../plans/run-suites.ts';
import { TEST_SUITES } from '../plans/suites.ts';

/** `npm test`: every suite; the last line on stdout is the sum. */
export async function test(): Promise<number> {
  return (await runSuites(TEST_SUITES, runHere, console.log)) ? EXIT.fine : EXIT.fixable;
}
