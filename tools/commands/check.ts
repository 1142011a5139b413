import { CHECK_SUITES } from '../plans/suites.ts';
import { suiteCommand } from './suites/suite-command.ts';

export const check = suiteCommand({
  command: 'npm run check',
  what: 'what a change must pass before it is committed, in about a minute',
  suites: CHECK_SUITES,
  one: 'test/vitest.config.ts test/tools/report/speed.test.ts',
});
