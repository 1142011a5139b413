import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answersIn, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** Adapters of every size: device N has N ports and sits in socket N. */
const SIZES = [1, 2, 3, 4, 5, 6, 7];

interface Identity {
  readonly name: string;
  readonly mac: string;
  readonly port: number;
}

describe('several adapters at once', () => {
  let host: RunningHost;
  beforeAll(async () => {
    host = await RunningHost.start();
  });
  afterEach(async () => {
    await host.control.request('unplug', { all: true });
    await host.quiet();
    expect(await host.interfaces()).toEqual([]);
    expect(await host.servers()).toEqual([]);
  });
  afterAll(() => host.stop());

  const plug = (ports: number) => host.plug({ ports, serial: `size-${ports}`, location: `sim-${ports}` });
  const identities = async (): Promise<Identity[]> =>
    (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
  const answers = async (rows: readonly Identity[], device: number) => {
    for (const { name, port } of rows) {
      await host.run('ip', 'address', 'replace', `10.${76 + device}.${port}.1/24`, 'dev', name);
      await ping(host, `10.${76 + device}.${port}.2`, 1, '-I', name);
    }
  };

  it('gives 28 ports of seven adapters names, MACs and answers of their own, and the same in any other order', async () => {
    const first = new Map<number, Identity[]>();
    for (const ports of SIZES) {
      const before = new Set((await identities()).map(({ name }) => name));
      await plug(ports);
      const rows = (await identities()).filter(({ name }) => !before.has(name));
      expect(rows.map(({ port }) => port).toSorted()).toEqual(Array.from({ length: ports }, (_, i) => i + 1));
      first.set(ports, rows);
    }
    const all = await identities();
    expect(all).toHaveLength(28);
    expect(new Set(all.map(({ mac }) => mac)).size).toBe(28);
    for (const ports of SIZES) await answers(first.get(ports) ?? [], ports);

    await host.control.request('unplug', { all: true });
    await host.quiet();
    for (const ports of [4, 7, 1, 6, 2, 5, 3]) {
      const before = new Set((await identities()).map(({ name }) => name));
      await plug(ports);
      expect((await identities()).filter(({ name }) => !before.has(name))).toEqual(first.get(ports));
    }
  });

  it('loses nothing on one while others come and go', async () => {
    await plug(2);
    const [one] = await identities();
    if (!one) throw new Error('the adapter has a port');
    await answers([one], 2);
    const before = await host.lost(2, 1);
    const flood = host.run('ping', '-f', '-c', '3000', '-w', '100', '10.78.1.2');
    for (let round = 0; round < 3; round++) {
      for (const ports of [5, 3]) await plug(ports);
      for (const ports of [5, 3]) await host.unplug(ports);
      await host.quiet();
    }
    expect(answersIn(await flood)).toBeGreaterThanOrEqual(3000);
    expect(await identities()).toHaveLength(2);
    await expect.poll(() => host.lost(2, 1)).toBe(before);
  });

  it('plugs seven in at the same moment, and pulls them out at the same moment while they come up', async () => {
    await Promise.all(SIZES.map((ports) => host.control.request('plug', { ports, location: `sim-${ports}` })));
    await host.quiet();
    expect(await identities()).toHaveLength(28);
    await host.control.request('unplug', { all: true });
    await Promise.all(SIZES.map((ports) => host.control.request('plug', { ports, location: `sim-${ports}` })));
    await host.control.request('unplug', { all: true });
    await host.quiet();
    expect(await identities()).toEqual([]);
  });

  it.each([
    ['the same serial number', 'twin'],
    ['no serial number', ''],
  ])('two adapters with %s have interfaces of their own', async (_, serial) => {
    for (const location of ['sim-11', 'sim-12']) await host.plug({ ports: 2, serial, location });
    const rows = await identities();
    expect(new Set(rows.map(({ name }) => name)).size).toBe(4);
    for (const [index, device] of [11, 12].entries()) {
      const own = rows.slice(2 * index, 2 * index + 2);
      expect(own.map(({ port }) => port)).toEqual([1, 2]);
      await answers(own, device);
    }
  });
});
