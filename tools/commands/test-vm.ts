import { runHere } from '../adapters/run.ts';
import { EXIT } from '../model/user-error.ts';
import { runSuites } from '../plans/run-suites.ts';
import { guestTests } from '../plans/suites.ts';

/** `npm run test:vm`: the driver and the simulated adapter against Linux's own USB stack, in a virtual machine. */
export async function testVm(): Promise<number> {
  return (await runSuites([guestTests()], runHere, console.log)) ? EXIT.fine : EXIT.fixable;
}
