import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningHost } from '../support/host/running-host.ts';
import { Gadget, type GadgetOptions } from '../support/vm/gadget.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { receiveFile, sendFile } from '../support/vm/transfer.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

describe("our driver on a composite gadget of Linux's, over USB/IP", () => {
  let guest: LiveGuest;
  let host: RunningHost;
  let gadget: Gadget;
  beforeAll(async () => {
    guest = await LiveGuest.start(await guestImage());
    host = await RunningHost.start();
  });
  afterEach(async () => {
    await host.control.request('unplug', { all: true });
    await host.quiet();
    await gadget.down();
  });
  hearAfterFailure(() => [host, guest]);
  afterAll(() => Promise.all([host?.stop(), guest?.stop()]));

  /**
   * A frame sent right after the alternate setting was selected can be lost, and ping gives up when nobody answers ARP: asks
   * until there is an answer.
   */
  const answers = (port: number) => {
    const ping = () => host.run('ping', '-c', '1', '-w', '20', gadget.address(port)).catch((error) => String(error));
    return expect.poll(ping, { timeout: 60_000 }).toContain('1 received');
  };
  const plugIn = async () => {
    await host.plug({ usbip: `usbip://127.0.0.1:${guest.usbipPort}/${await gadget.export()}` });
    for (const { name, port } of await host.interfaces()) {
      await host.run('ip', 'address', 'add', `10.90.${port}.1/24`, 'dev', name);
      await host.run('ip', 'link', 'set', name, 'up');
      await answers(port);
    }
  };
  const bringUp = async (options: GadgetOptions) => {
    gadget = await Gadget.up(guest, options);
    await plugIn();
  };
  const identities = async () => (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
  /** Answers to full frames, sent as fast as they come back, until there are `count`. */
  const flood = async (port: number, count: number) => {
    const output = await host.run(
      ...['ping', '-f', '-s', '1472', '-M', 'do', '-c', `${count}`, '-w', '60', gadget.address(port)],
    );
    return Number(/(\d+) received/.exec(output)?.[1]);
  };
  const iperf = async (port: number, ...more: string[]) => {
    await gadget.serveIperf(port);
    const report = await host.run('iperf3', '--client', gadget.address(port), '--json', '--time', '1', ...more);
    return (JSON.parse(report) as { end: { sum_received: { bytes: number } } }).end.sum_received.bytes;
  };

  it.each((['high', 'super'] as const).flatMap((speed) => [1, 2, 4].map((count) => ({ speed, count }))))(
    'carries full frames and TCP both ways: $count functions, $speed speed',
    async (options) => {
      await bringUp(options);
      expect((await host.interfaces()).map(({ port, mac, link }) => ({ port, mac, link }))).toEqual(
        gadget.ports.map((port) => ({ port, mac: gadget.hostMac(port), link: true })),
      );
      expect(await host.adapters()).toMatchObject([{ speed: options.speed }]);
      const floods = await Promise.all(gadget.ports.map((port) => flood(port, 100)));
      expect(Math.min(...floods)).toBeGreaterThanOrEqual(100);
      for (const port of gadget.ports) {
        expect(await iperf(port)).toBeGreaterThan(100_000);
        expect(await iperf(port, '--reverse')).toBeGreaterThan(100_000);
      }
      const last = options.count;
      await gadget.flushed(last, async () => {
        expect(await iperf(last)).toBeGreaterThan(100_000);
        expect(await iperf(last, '--reverse')).toBeGreaterThan(100_000);
        const sent = await sendFile(guest, host, gadget.address(last));
        expect(sent.received).toBe(sent.sent);
        const fetched = await receiveFile(guest, host, gadget.address(last));
        expect(fetched.received).toBe(fetched.sent);
      });
      for (const port of gadget.ports) {
        // Every frame of ours arrived as one frame, none twice and none damaged.
        const counters = async () => {
          const [row] = (await host.interfaces()).filter((each) => each.port === port);
          return row?.counters ?? {};
        };
        const missing = async () =>
          ((await counters()).transmittedFrames ?? 0) - (await gadget.statistic(port, 'rx_packets'));
        await expect.poll(missing).toBe(0);
        expect((await counters()).transmittedFrames).toBeGreaterThan(100);
        expect(await gadget.statistic(port, 'rx_errors')).toBe(0);
        const none = { badCompletions: 0, droppedBadPacket: 0, droppedByOs: 0, droppedTooLong: 0 };
        expect(await counters()).toMatchObject(none);
      }
    },
  );

  it("follows the gadget's link down and up", async () => {
    await bringUp({ count: 2, speed: 'super' });
    expect((await host.interfaces()).map(({ bitsPerSecond }) => bitsPerSecond)).toEqual([2.5e9, 2.5e9]); // it says 3.75
    const links = async () => (await host.interfaces()).map(({ link }) => link);
    await gadget.setLink(2, false);
    await expect.poll(links).toEqual([true, false]);
    expect(await flood(1, 10)).toBeGreaterThanOrEqual(10);
    await gadget.setLink(2, true);
    await expect.poll(links).toEqual([true, true]);
    expect(await flood(2, 10)).toBeGreaterThanOrEqual(10);
  });

  it.each([false, true])(
    'sleeps and wakes with its ports as they were, under traffic; device reset: %s',
    async (deviceReset) => {
      await bringUp({ count: 2, speed: 'super' });
      const before = await identities();
      const traffic = await host.launch('ping', '-f', gadget.address(1)); // ends itself where there is no way
      await expect.poll(() => gadget.statistic(1, 'rx_packets')).toBeGreaterThan(100);
      await host.sleep();
      expect((await host.interfaces()).map(({ enabled, link }) => ({ enabled, link }))).toEqual(
        gadget.ports.map(() => ({ enabled: false, link: false })),
      );
      await host.wake({ deviceReset });
      expect(await identities()).toEqual(before);
      await traffic.end();
      for (const port of gadget.ports) {
        await answers(port);
        expect(await flood(port, 50)).toBeGreaterThanOrEqual(50);
      }
    },
  );

  it('loses the gadget when it is unbound under traffic, and has it back when it is bound again', async () => {
    await bringUp({ count: 2, speed: 'high' });
    const before = await identities();
    for (let round = 0; round < 2; round++) {
      const floods = gadget.ports.map((port) =>
        host.run('ping', '-f', '-w', '4', gadget.address(port)).catch(() => undefined),
      );
      await expect.poll(() => gadget.statistic(2, 'rx_packets')).toBeGreaterThan(100);
      await gadget.unbind();
      await expect.poll(() => host.interfaces()).toEqual([]);
      await host.quiet();
      await Promise.all(floods);
      expect((await host.servers()).length).toBe(0);
      await gadget.bind();
      await plugIn();
      expect(await identities()).toEqual(before);
      for (const port of gadget.ports) expect(await flood(port, 20)).toBeGreaterThanOrEqual(20);
    }
  });
});
