/** Runs one program with its output on ours, in the project's top folder; its exit code comes out, 127 when it cannot start. */
export type Run = (
  program: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<number>;

/** What a suite said of its cases. A step without cases of its own (a type check) is one case. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One row of `npm run check` and `npm test`. `run` prints what a person needs to mend a failure. */
export interface Suite {
  readonly name: string;
  readonly run: (run: Run) => Promise<Tally>;
}

export const addTallies = (a: Tally, b: Tally): Tally => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/** `N passed, N failed`, and `, N skipped` when there were any. */
export const describeTally = ({ passed, failed, skipped }: Tally): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
