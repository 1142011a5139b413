import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floodWithoutLoss } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** Ports 1 and 3 speak ECM, one frame a transfer; port 2 between them speaks NCM. */
const FRAMINGS = ['ecm', 'ncm', 'ecm'] as const;
const ADAPTER = { ports: 3, framings: FRAMINGS, serial: 'mixed', location: 'sim-4' };
/** The ECM port whose frames are damaged; the others flood pings meanwhile. */
const FAULTY = 3;
const OTHERS = [1, 2];
const DAMAGED = 20;

/** What each damage of a frame is counted as: a verdict of its transfer, or a frame that was dropped as too long. */
const DAMAGES = [
  { damage: 'datagram-short', counted: { BadDatagram: DAMAGED } },
  { damage: 'one-byte', counted: { BadDatagram: DAMAGED } },
  { damage: 'datagram-long', counted: { TooLong: DAMAGED } },
  // Three times the longest frame: two transfers full of it and its end.
  { damage: 'block-length-long', counted: { TooLong: DAMAGED, BadLength: 3 * DAMAGED } },
];

describe('an adapter of ECM functions with an NCM function between them', () => {
  let host: RunningHost;
  let device = 0;
  let processes: number[] = [];
  beforeAll(async () => {
    host = await RunningHost.start();
    await plug();
    processes = (await host.servers()).map(({ pid }) => pid);
  });
  afterAll(() => host.stop());

  const plug = async () => {
    ({ device } = await host.plug(ADAPTER));
    for (const { name, port } of await host.interfaces())
      await host.run('ip', 'address', 'add', `${network()}.${port}.1/24`, 'dev', name);
  };
  /** Every adapter that is plugged in has a network of its own. */
  const network = () => `10.${76 + device}`;
  const identities = async () => (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
  const flood = (port: number, bytes = 56) => floodWithoutLoss(host, device, port, `${network()}.${port}.2`, { bytes });
  const portOf = async (number: number) => {
    const port = (await host.ports()).adapters[0]?.ports.find((each) => each.number === number);
    if (!port?.counters) throw new Error(`tools/ports does not know port ${number}`);
    return { ...port, counters: port.counters };
  };

  it('comes up as en5 to en7, each with a MAC, its link and the framing of its own function', async () => {
    expect((await identities()).map(({ name, port }) => [name, port])).toEqual([
      ['en5', 1],
      ['en6', 2],
      ['en7', 3],
    ]);
    expect((await host.interfaces()).map(({ link, mtu, bitsPerSecond }) => ({ link, mtu, bitsPerSecond }))).toEqual(
      FRAMINGS.map(() => ({ link: true, mtu: 1500, bitsPerSecond: 1_000_000_000 })),
    );
    expect((await host.jacks(device)).map(({ framing }) => framing)).toEqual(FRAMINGS);
    expect((await host.ports()).adapters[0]?.ports.map(({ framing }) => framing)).toEqual([0, 16, 0]);
  });

  it.each([1, 2, 3])('port %i answers floods of pings of every length around whole packets', async (port) => {
    // 14 + 20 + 8 bytes in front: a frame of 1024 fills the packets of SuperSpeed, of 1514 is the longest.
    for (const size of [1024 - 42 - 1, 1024 - 42, 1472]) await flood(port, size);
  });

  it('carries each frame in a transfer of its own where ECM is spoken', async () => {
    for (const port of [1, 3]) {
      const { transmittedByController, receivedByController } = (await portOf(port)).counters;
      expect(transmittedByController.transfers).toBe(transmittedByController.frames);
      expect(receivedByController.transfers).toBe(receivedByController.frames);
    }
  });

  it.each(DAMAGES)(
    '$damage: each damaged frame is counted, and the other ports lose nothing',
    async ({ damage, counted }) => {
      const before = await countedAt(FAULTY);
      await host.inject(device, FAULTY, { fault: 'damage', damage, count: DAMAGED });
      const others = OTHERS.map((port) => flood(port));
      // Answers are damaged, so ping misses some.
      await host
        .run('ping', '-f', '-c', '200', '-W', '1', `${network()}.${FAULTY}.2`)
        .catch((error: Error) => error.message);
      await Promise.all(others);
      const news = async () => {
        const after = await countedAt(FAULTY);
        const all = [...after].map(([name, count]) => [name, count - (before.get(name) ?? 0)] as const);
        return Object.fromEntries(all.filter(([, count]) => count > 0));
      };
      await expect.poll(news).toEqual(counted);
      await host.inject(device, FAULTY, { fault: 'none' });
      await flood(FAULTY);
      expect((await host.servers()).map(({ pid }) => pid)).toEqual(processes);
    },
  );

  it('a byte of padding behind a frame, as Linux sends it, costs nothing', async () => {
    await host.inject(device, FAULTY, { fault: 'damage', damage: 'trailing-bytes', count: DAMAGED });
    await flood(FAULTY);
  });

  it('a damage that a frame without a block cannot have is refused in words', async () => {
    await expect(host.inject(device, FAULTY, { fault: 'damage', damage: 'ndp-loop' })).rejects.toThrow(
      'port 3 speaks ECM, whose frames cannot have the damage "ndp-loop"',
    );
  });

  it.each(['stall-in', 'stall-notification', 'stall-control'])('%s costs no frame', async (fault) => {
    const during = flood(FAULTY);
    for (let i = 0; i < 5; i++) await host.inject(device, FAULTY, { fault });
    await during;
    await host.inject(device, FAULTY, { fault: 'none' });
  });

  it('has the same names and MACs when it is plugged in again, and nothing is left between', async () => {
    const before = await identities();
    for (let round = 0; round < 5; round++) {
      const name = before[round % before.length]?.name ?? '';
      const ping = await host.launch('ping', '-f', '-I', name, `${network()}.${1 + (round % 3)}.2`);
      await host.unplug(device);
      await host.quiet();
      await ping.end();
      expect([await host.servers(), await host.interfaces()]).toEqual([[], []]);
      await plug();
      expect(await identities()).toEqual(before);
    }
    for (const port of [1, 2, 3]) await flood(port);
  });

  /** Transfers with something wrong, and frames dropped, by name; of what the controller received. */
  async function countedAt(number: number): Promise<ReadonlyMap<string, number>> {
    const { verdicts, receivedByController } = (await portOf(number)).counters;
    const { Ok: _, ...wrong } = verdicts;
    return new Map(Object.entries({ ...wrong, ...receivedByController.dropped }));
  }
});
