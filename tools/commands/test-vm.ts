import { guestTests } from '../plans/suites.ts';
import { suiteCommand } from './suites/suite-command.ts';

export const testVm = suiteCommand({
  command: 'npm run test:vm',
  what: "the driver and the simulated adapter against Linux's own USB stack, in a virtual machine",
  suites: [guestTests()],
  one: 'test/vm/vitest.config.ts test/vm/linux-driver.test.ts',
});
