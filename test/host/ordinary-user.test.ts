import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floodWithoutLoss, ping } from '../support/host/ping.ts';
import { PRESET } from '../support/host/preset.ts';
import { RunningHost } from '../support/host/running-host.ts';

const NOBODY = 65534;

// ThreadSanitizer has a thread of its own, and a process with threads may not make a user namespace.
describe.skipIf(PRESET === 'tsan')('a host of an ordinary user', () => {
  let host: RunningHost;
  let copies: Copies;
  beforeAll(async () => {
    copies = copyProducts();
    becomeOrdinary();
    process.env.TMPDIR = copies.folder;
    process.chdir(copies.folder);
    host = await RunningHost.start({ daemon: copies.daemon, bundles: [copies.bundle] });
    await host.plug({ ports: 2, segmentSize: 9014 });
    for (const { name, port } of await host.interfaces())
      await host.run('ip', 'address', 'add', `10.77.${port}.1/24`, 'dev', name);
  });
  afterAll(async () => {
    await host?.stop();
    await copies.remove();
  });

  it('has its interfaces in namespaces that are its own', async () => {
    expect(process.getuid?.()).not.toBe(0);
    expect((await host.interfaces()).map(({ name }) => name)).toEqual(['en5', 'en6']);
    expect(await host.run('id', '-u')).toBe('0'); // in the user namespace; outside it is still the user
    expect(JSON.parse(await host.run('ip', '-j', 'link')) as object[]).toHaveLength(3);
  });

  it.each([1, 2])('answers pings through port %d, short and long', async (port) => {
    await ping(host, `10.77.${port}.2`, 3);
    await host.run('ip', 'link', 'set', `en${4 + port}`, 'mtu', '9000');
    await host.quiet();
    await ping(host, `10.77.${port}.2`, 3, '-M', 'do', '-s', '8972');
  });

  it('loses no ping of a flood, and shows a pulled cable', async () => {
    await floodWithoutLoss(host, 1, 1, '10.77.1.2');
    await host.inject(1, 1, { link: false });
    await expect.poll(() => host.run('ip', 'link', 'show', 'en5')).toContain('NO-CARRIER');
    await host.inject(1, 1, { link: true });
    await expect.poll(() => host.run('ip', 'link', 'show', 'en5')).toContain('LOWER_UP');
    await ping(host, '10.77.1.2');
  });

  it('keeps names over a replug', async () => {
    const before = (await host.interfaces()).map(({ name, mac }) => ({ name, mac }));
    const [adapter] = await host.adapters();
    await host.unplug(adapter?.device ?? 0);
    await host.quiet();
    expect(await host.interfaces()).toEqual([]);
    await host.plug({ ports: 2 });
    expect((await host.interfaces()).map(({ name, mac }) => ({ name, mac }))).toEqual(before);
  });
});

interface Copies {
  readonly folder: string;
  readonly daemon: string;
  readonly bundle: string;
  readonly remove: () => Promise<unknown>;
}

/** The daemon and the driver where an ordinary user may run them and keep files, however private the checkout is. */
function copyProducts(): Copies {
  const { daemon, bundle } = RunningHost.products;
  const folder = mkdtempSync(join(tmpdir(), 'multiport-ordinary-test-'));
  // Removes it with the rights of now, when asked to or when this process ends.
  const remover = spawn('sh', ['-c', 'cat; rm -r "$0"', folder], { stdio: ['pipe', 'ignore', 'inherit'], cwd: '/' });
  const remove = () => {
    remover.stdin.end();
    return once(remover, 'close');
  };
  const copies = { folder, daemon: join(folder, basename(daemon)), bundle: join(folder, basename(bundle)), remove };
  cpSync(daemon, copies.daemon);
  cpSync(bundle, copies.bundle, { recursive: true });
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, folder]);
  return copies;
}

/** For this process, which vitest started for this file alone; it cannot be taken back. */
function becomeOrdinary(): void {
  if (process.getuid?.() !== 0) return;
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
