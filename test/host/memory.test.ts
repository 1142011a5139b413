import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RunningHost } from '../support/host/running-host.ts';

const MEBIBYTE = 1 << 20;

// All memory shared between processes at its full size, touched or not. What the processes have of their own is measured by `npm run bench -- memory`.
it('shares at most 4 MiB of memory a port', async () => {
  const host = await RunningHost.start();
  try {
    const { device } = await host.plug({ ports: 1 });
    const one = sharedBytes(host.daemon.pid);
    await host.unplug(device);
    await host.quiet();
    expect(sharedBytes(host.daemon.pid)).toBe(0);
    await host.plug({ ports: 4 });
    const four = sharedBytes(host.daemon.pid);
    expect(one).toBeGreaterThan(MEBIBYTE);
    expect((four - one) / 3).toBeLessThanOrEqual(4 * MEBIBYTE);
  } finally {
    await host.stop();
  }
});

/** The sizes of the memfds a process holds. */
function sharedBytes(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder)
    .map((name) => `${folder}/${name}`)
    .filter((path) => readlinkSync(path).startsWith('/memfd:'))
    .reduce((sum, path) => sum + statSync(path).size, 0);
}
