import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { growth, holdings } from '../support/host/holdings.ts';
import { floodWithoutLoss, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** Plugging in and out: enough to fill the host's log in the first half, and to show a leak of a page a round in the second. */
const ROUNDS = Number(process.env.MULTIPORT_ROUNDS ?? 200);

describe('what goes away', () => {
  let host: RunningHost;
  beforeEach(async () => {
    host = await RunningHost.start();
  });
  afterEach(() => host.stop());

  const identities = async () => (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));

  it('gets the same names and MACs when it is plugged in again, under traffic, and leaves nothing behind', async () => {
    const adapter = {
      ports: 4,
      serial: 'again',
      location: 'sim-9',
      cables: [1, 2, 3, 4].map(() => 'station' as const),
    };
    let first: Awaited<ReturnType<typeof identities>> | undefined;
    let baseline: ReturnType<typeof holdings> | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      const { device } = await host.plug(adapter);
      const found = await identities();
      first ??= found;
      expect(found).toEqual(first);
      const floods = await startFloods(host, found, device);
      await host.unplug(device);
      await host.quiet();
      await floods.end();
      expect({ round, servers: await host.servers(), interfaces: await host.interfaces() }).toEqual({
        round,
        servers: [],
        interfaces: [],
      });
      if (round === ROUNDS / 2) baseline = holdings(host.daemon.pid);
    }
    const end = holdings(host.daemon.pid);
    expect(end.descriptors).toBe(baseline?.descriptors);
    expect(end.kilobytes).toBeLessThan((baseline?.kilobytes ?? 0) + growth((ROUNDS / 2) * 3));
  }, 600_000);

  it('takes only its port away when a port process is killed, and the port comes back under its name', async () => {
    await host.plug({ ports: 4 });
    const before = await identities();
    await configure(host, before);
    const [controller] = await host.controllers();
    const port = (await host.servers()).find(({ pid }) => pid !== controller);
    expect(port).toBeDefined();
    const survivors = (await host.servers()).filter(({ pid }) => pid !== port?.pid).map(({ pid }) => pid);
    const flood = floodWithoutLoss(host, 1, before.length, addressBeyond(before.length));
    process.kill(port?.pid ?? 0, 'SIGKILL');
    await flood;
    await expect.poll(identities).toEqual(before);
    await host.quiet();
    expect((await host.servers()).map(({ pid }) => pid)).toEqual(expect.arrayContaining(survivors));
  });

  it('comes back whole when the controller is killed', async () => {
    await host.plug({ ports: 4 });
    const before = await identities();
    const [controller] = await host.controllers();
    process.kill(controller ?? 0, 'SIGKILL');
    await expect.poll(async () => (await host.controllers())[0] !== controller && (await identities())).toEqual(before);
    await host.quiet();
    await configure(host, before);
    for (const { port } of before) await ping(host, addressBeyond(port));
  });
});

/** The station of a port; every adapter plugged in has a network of its own. */
const addressBeyond = (port: number, device = 1) => `10.${76 + (device % 150)}.${port}.2`;

async function configure(
  host: RunningHost,
  rows: readonly { readonly name: string; readonly port: number }[],
  device = 1,
): Promise<void> {
  for (const { name, port } of rows) {
    await host.run('ip', 'address', 'add', `10.${76 + (device % 150)}.${port}.1/24`, 'dev', name);
    await host.run('ip', 'link', 'set', name, 'up');
  }
}

/** Pings through every port that go on until they are ended, also when the port is gone. */
async function startFloods(
  host: RunningHost,
  rows: readonly { readonly name: string; readonly port: number }[],
  device: number,
) {
  await configure(host, rows, device);
  const floods = await Promise.all(
    rows.map(({ port, name }) => host.launch('ping', '-f', '-I', name, addressBeyond(port, device))),
  );
  for (const { port } of rows) await ping(host, addressBeyond(port, device));
  return { end: () => Promise.all(floods.map((flood) => flood.end())) };
}
