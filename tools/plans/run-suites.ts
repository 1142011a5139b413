import { addTallies, describeTally, type Run, type Suite, type Tally } from '../model/suite.ts';

/** Runs every suite, also after a failure; prints a line for each and, last, one line over all. True when nothing failed. */
export async function runSuites(suites: readonly Suite[], run: Run, print: (line: string) => void): Promise<boolean> {
  const rows: { readonly name: string; readonly tally: Tally; readonly seconds: number }[] = [];
  for (const [index, suite] of suites.entries()) {
    print(`\n── ${index + 1} of ${suites.length}: ${suite.name}`);
    const started = performance.now();
    const tally = await suite.run(run);
    rows.push({ name: suite.name, tally, seconds: (performance.now() - started) / 1000 });
  }
  print('');
  for (const { name, tally, seconds } of rows) {
    print(`${tally.failed > 0 ? '✖' : '✔'} ${name.padEnd(24)} ${describeTally(tally)} (${seconds.toFixed(1)} s)`);
  }
  const total = rows.map((row) => row.tally).reduce(addTallies, { passed: 0, failed: 0, skipped: 0 });
  print(`\n${describeTally(total)}`);
  return total.failed === 0;
}
