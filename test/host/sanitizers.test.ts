import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { PRESET } from '../support/host/preset.ts';
import { RunningHost } from '../support/host/running-host.ts';
import { forgetReports, reports } from '../support/host/sanitizer-reports.ts';

/** What a sanitizer says of the mistakes of test/host/dexts/Mistaken that are its own to find. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  asan: ['AddressSanitizer: heap-use-after-free', 'signed integer overflow', 'LeakSanitizer: detected memory leaks'],
  tsan: ['ThreadSanitizer: data race'],
};
const findings = FINDINGS[PRESET];

// Without it a sanitized run of the tests would be green whether or not anybody reads the reports.
describe.runIf(findings)('a mistake in a process of a dext', () => {
  it(`is reported where every test looks: ${findings?.join(', ')}`, async () => {
    const built = await execa('tools/host', ['build', 'test/host/dexts/Mistaken', '--preset', PRESET]);
    const host = await RunningHost.start({ bundles: [built.stdout.trim()] });
    try {
      await host.quiet();
      const told = () => [...reports().values()].join('\n');
      if (PRESET === 'tsan') await expect.poll(told).toContain('ThreadSanitizer: data race'); // as long as it runs
      await host.control.request('deactivate', { bundle: 'local.Mistaken' });
      for (const finding of findings ?? []) await expect.poll(told).toContain(finding);
    } finally {
      await host.stop();
      forgetReports();
    }
  }, 600_000);
});
