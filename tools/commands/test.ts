import { TEST_SUITES } from '../plans/suites.ts';
import { suiteCommand } from './suites/suite-command.ts';

export const test = suiteCommand({
  command: 'npm test',
  what: 'every suite, each compiled first where it must be',
  suites: TEST_SUITES,
  one: 'test/host/vitest.config.ts test/host/plug-in.test.ts',
});
