import type { Tally } from './suite.ts';

/** vitest's JSON report in, its tally out. A file that could not even be loaded counts as a failure. */
export function tallyVitest(json: string): Tally {
  const report = JSON.parse(json) as {
    numPassedTests: number;
    numFailedTests: number;
    numPendingTests: number;
    numTodoTests: number;
    testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
  };
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloadable.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** ctest's JUnit report in, its tally out: the `testsuite` element carries the sums. */
export function tallyJunit(xml: string): Tally {
  const sum = (name: string) => Number(new RegExp(`<testsuite[^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? Number.NaN);
  const [tests, failed, skipped] = [sum('tests'), sum('failures'), sum('skipped') + sum('disabled')];
  if (Number.isNaN(tests + failed + skipped)) throw new Error('the JUnit report has no testsuite with its sums');
  return { passed: tests - failed - skipped, failed, skipped };
}
