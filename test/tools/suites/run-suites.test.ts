import { expect, it } from 'vitest';
import type { Suite, Tally } from '../../../tools/model/suite.ts';
import { runSuites } from '../../../tools/plans/run-suites.ts';

const suite = (name: string, tally: Tally): Suite => ({ name, run: async () => tally });

it('says which suite of how many runs, goes on behind a failure, and ends with the sum', async () => {
  const printed: string[] = [];
  const suites = [
    suite('types', { passed: 0, failed: 1, skipped: 0 }),
    suite('unit tests', { passed: 3, failed: 0, skipped: 2 }),
  ];
  expect(
    await runSuites(
      suites,
      async () => 0,
      (line) => printed.push(line.trim()),
    ),
  ).toBe(false);
  expect(printed.slice(0, 2)).toEqual(['── 1 of 2: types', '── 2 of 2: unit tests']);
  expect(printed.slice(3).map((line) => line.replace(/ \([\d.]+ s\)$/, ''))).toEqual([
    '✖ types                    0 passed, 1 failed',
    '✔ unit tests               3 passed, 0 failed, 2 skipped',
    '3 passed, 1 failed, 2 skipped',
  ]);
  expect(
    await runSuites(
      suites.slice(1),
      async () => 0,
      () => undefined,
    ),
  ).toBe(true);
});
