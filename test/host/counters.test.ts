import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CabledHost, cabledAddresses } from '../support/host/cabled-host.ts';
import { iperf } from '../support/host/iperf.ts';
import type { NetworkNamespace } from '../support/host/network-namespace.ts';
import { floodWithoutLoss } from '../support/host/ping.ts';
import { countPorts, disagreements, givenUp, type PortCounts } from '../support/host/port-counts.ts';
import type { RunningHost } from '../support/host/running-host.ts';

const PORTS = [1, 2, 3, 4];

const FRAMINGS = [
  { name: 'NCM', framings: ['ncm', 'ncm', 'ncm', 'ncm'] },
  { name: 'ECM, and NCM beside it', framings: ['ecm', 'ecm', 'ncm', 'ecm'] },
] as const;

describe.each(FRAMINGS)('every counter on the path of a frame: $name', ({ framings }) => {
  let cabled: CabledHost;
  let host: RunningHost;
  let far: NetworkNamespace;
  let device: number;
  beforeAll(async () => {
    // With super-frames the stack would count those, not frames.
    cabled = await CabledHost.start(PORTS, { offload: false, framings, megabits: 10_000 });
    ({ host, far, device } = cabled);
  });
  afterAll(() => cabled?.stop());

  /** The counts at a moment when nothing is under way any more: then all of them agree, or there is none such. */
  async function expectAgreement(): Promise<ReadonlyMap<number, PortCounts>> {
    let counts: ReadonlyMap<number, PortCounts> = new Map();
    const wrong = async () => {
      counts = await countPorts(host, far, device);
      return [...counts].flatMap(([port, each]) => disagreements(each).map((words) => `port ${port}: ${words}`));
    };
    await expect.poll(wrong, { timeout: 20_000, interval: 500 }).toEqual([]);
    expect(counts.size).toBe(PORTS.length);
    return counts;
  }

  it.each([
    ['TCP to the device', []],
    ['TCP from the device', ['--reverse']],
    ['TCP both ways', ['--bidir']],
  ])('agrees to the frame after %s, through one port and through four at once', async (_, more) => {
    let before = await expectAgreement();
    for (const ports of [[1], PORTS]) {
      await Promise.all(ports.map((port) => iperf(host, port, '--time', '1', ...more)));
      const after = await expectAgreement();
      for (const port of ports)
        expect(after.get(port)?.nearStack.received).toBeGreaterThan((before.get(port)?.nearStack.received ?? 0) + 100);
      before = after;
    }
  });

  it.each([
    ['to the device', '100M', []],
    ['from the device', '100M', ['--reverse']],
    ['faster than anybody can take it', '0', []],
    ['from the device, faster than anybody can take it', '0', ['--reverse']],
  ])('agrees to the frame after UDP %s, and each datagram that is lost has been counted', async (_, rate, more) => {
    let before = await expectAgreement();
    for (const ports of [[1], PORTS]) {
      const unread = await socketLosses();
      const ends = await Promise.all(
        ports.map((port) => iperf(host, port, '--udp', '--bitrate', rate, '--length', '1400', '--time', '1', ...more)),
      );
      const after = await expectAgreement();
      const counted = ports.reduce((sum, port) => sum + lossesOf(after, port) - lossesOf(before, port), 0);
      const lost = ends.reduce((sum, end) => sum + (end.sum?.lost_packets ?? Number.NaN), 0);
      expect(lost).toBeLessThanOrEqual(counted + (await socketLosses()) - unread);
      before = after;
    }
  });

  it.each([[[1]], [PORTS]])('agrees to the frame after floods of pings through ports %j', async (ports) => {
    const frames = { count: 1000, bytes: 1472 };
    await Promise.all(ports.map((port) => floodWithoutLoss(host, device, port, cabledAddresses(port).far, frames)));
    await expectAgreement();
  });

  const lossesOf = (counts: ReadonlyMap<number, PortCounts>, port: number) => {
    const found = counts.get(port);
    if (!found) throw new Error(`nobody counted port ${port}`);
    return givenUp(found);
  };

  /** Datagrams that arrived and found no room in their socket, or that a socket could not send, at both ends. */
  async function socketLosses(): Promise<number> {
    const texts = [await host.run('cat', '/proc/self/net/snmp'), await far.run('cat', '/proc/self/net/snmp')];
    return texts.reduce((sum, text) => {
      const [names = '', values = ''] = text.split('\n').filter((line) => line.startsWith('Udp:'));
      const at = (name: string) => Number(values.split(' ')[names.split(' ').indexOf(name)]);
      return sum + at('RcvbufErrors') + at('SndbufErrors');
    }, 0);
  }
});
