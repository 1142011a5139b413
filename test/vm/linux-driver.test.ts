import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Exported } from '../../tools/report/host/exported.ts';
import { NetworkNamespace } from '../support/host/network-namespace.ts';
import { RunningHost } from '../support/host/running-host.ts';
import {
  type AttachedPort,
  attach,
  drops,
  ethtoolCounters,
  farAddress,
  kernelErrors,
  nearAddress,
  transmitDrops,
  waitForAnswer,
  waitForCarrier,
  watchDrops,
} from '../support/vm/attached.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { receiveFile, sendFile } from '../support/vm/transfer.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

const PORTS = [1, 2, 3, 4];

interface Jack {
  readonly port: number;
  readonly mac: string;
  readonly counters: Readonly<Record<string, number>>;
}

describe("Linux's own driver on a simulated adapter of ours", () => {
  let guest: LiveGuest;
  let exporter: RunningHost;
  let far: NetworkNamespace;
  let exported: Exported;
  let ports: AttachedPort[];
  beforeAll(async () => {
    guest = await LiveGuest.start(await guestImage());
    await watchDrops(guest);
    exporter = await RunningHost.start();
    far = await NetworkNamespace.create();
  });
  afterEach(() => exporter.unplug(exported.device));
  hearAfterFailure(() => [exporter, guest]);
  afterAll(() => Promise.all([exporter?.stop(), guest?.stop(), far?.close()]));

  const jacks = () => exporter.control.request<Jack[]>('jacks', { device: exported.device });
  const bringUp = async (speed: 'high' | 'super') => {
    const cables = PORTS.map((port) => ({ tap: `far${port}`, netns: far.path }));
    exported = await exporter.export({ ports: PORTS.length, speed, megabits: 1000, cables });
    for (const port of PORTS) {
      await far.run('ip', 'address', 'add', `${farAddress(port)}/24`, 'dev', `far${port}`);
      await far.run('ip', 'link', 'set', `far${port}`, 'up');
    }
    const macs = (await jacks()).map(({ mac }) => mac);
    ports = await attach(guest, exported, macs);
    for (const port of ports) {
      await waitForCarrier(guest, port, true);
      await waitForAnswer(guest, port);
    }
  };
  const iperf = async (port: number, ...more: string[]) => {
    const server = await far.start('iperf3', '--server', '--one-off', '--forceflush', '--bind', farAddress(port));
    const report = await guest.run(`iperf3 --client ${farAddress(port)} --json --time 1 ${more.join(' ')}`);
    server.kill();
    return (JSON.parse(report) as { end: { sum_received: { bytes: number } } }).end.sum_received.bytes;
  };

  /** Every block the kernel counts as given up was, since then, given up because its driver's timer came at a bad moment. */
  const dropsAreTheTimers = async (before: number) => {
    const counted = await Promise.all(ports.map((port) => transmitDrops(guest, port)));
    const { byTimer, otherwise } = await drops(guest);
    expect(otherwise).toEqual([]);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(byTimer - before);
    return byTimer - before;
  };

  it.each(['high', 'super'] as const)(
    'binds all four functions and carries frames without an error, %s speed',
    async (speed) => {
      const before = await drops(guest);
      await bringUp(speed);
      const usb = await guest.run('ls /sys/bus/usb/drivers/cdc_ncm | grep -c :');
      expect(usb).toBe('8'); // two interfaces a function
      for (const { name } of ports) expect(await guest.run(`cat /sys/class/net/${name}/speed`)).toBe('1000');

      for (const { port } of ports) {
        const output = await guest.run(`ping -f -s 1472 -M do -c 200 -w 30 ${farAddress(port)}`);
        expect(Number(/(\d+) received/.exec(output)?.[1])).toBeGreaterThanOrEqual(200);
        expect(await iperf(port, ...(port % 2 === 0 ? ['--reverse'] : []))).toBeGreaterThan(100_000);
      }
      const sent = await sendFile(guest, far, nearAddress(1));
      expect(sent.received).toBe(sent.sent);
      const fetched = await receiveFile(guest, far, nearAddress(2));
      expect(fetched.received).toBe(fetched.sent);

      for (const port of ports) {
        const counters = await ethtoolCounters(guest, port);
        expect(counters.get('rx_ntbs')).toBeGreaterThan(0);
        expect([...counters].filter(([name, value]) => /err|drop|bad|inval/i.test(name) && value > 0)).toEqual([]);
        expect(await kernelErrors(guest, port)).toBe('');
      }
      await dropsAreTheTimers(before.byTimer);
      for (const { port, counters } of await jacks()) {
        expect({ port, ...counters }).toMatchObject({ outBadBlocks: 0, inNoRoom: 0, outNoRoom: 0 });
        expect(counters.framesOut).toBeGreaterThan(200);
        expect(counters.framesIn).toBeGreaterThan(200);
      }
    },
  );

  it('gives up a block of its own when the adapter takes none for a while, because its timer is due, and for no other reason', async () => {
    const before = await drops(guest);
    await bringUp('high');
    const [first] = ports;
    if (!first) throw new Error('four ports are attached');
    const hold = async () => {
      exporter.daemon.kill('SIGSTOP');
      await guest.run(`setsid bash -c 'head -c 400000 /dev/zero >/dev/udp/${farAddress(1)}/9' >/dev/null 2>&1 &
        test/vm/guest/wait-for.sh 60 "tc -s qdisc show dev ${first.name} | grep -q 'backlog [1-9]'"`);
      exporter.daemon.kill('SIGCONT');
      await waitForAnswer(guest, first);
      return dropsAreTheTimers(before.byTimer);
    };
    await expect.poll(hold, { timeout: 200_000 }).toBeGreaterThan(0);
    const [jack] = await jacks();
    expect(jack?.counters).toMatchObject({ outBadBlocks: 0, outNoRoom: 0 });
  });

  it('follows links and their speeds', async () => {
    await bringUp('super');
    const [first, second] = ports;
    if (!first || !second) throw new Error('four ports are attached');
    await exporter.inject(exported.device, 1, { link: false });
    await waitForCarrier(guest, first, false);
    expect(await guest.run(`cat /sys/class/net/${second.name}/carrier`)).toBe('1');
    await exporter.inject(exported.device, 1, { link: true, megabits: 100 });
    await waitForCarrier(guest, first, true);
    expect(await guest.run(`cat /sys/class/net/${first.name}/speed`)).toBe('100');
    expect(await guest.run(`ping -c 3 -i 0.2 -W 5 ${farAddress(1)}`)).toContain('3 received');
  });

  it.each(['high', 'super'] as const)(
    'has descriptors that lsusb prints without a complaint, %s speed',
    async (speed) => {
      await bringUp(speed);
      const complaints = await guest.run('lsusb -v -d 1209: 2>&1 >/tmp/lsusb || true; cat /tmp/lsusb >/dev/null');
      expect(complaints).toBe('');
      const text = await guest.run('cat /tmp/lsusb');
      expect(text).not.toMatch(/warning|invalid|illegal|unrecognized|unknown|junk|can't|cannot|\*\*/i);
      expect(text.match(/CDC NCM:/g)).toHaveLength(4);
      expect(text.match(/iMacAddress .* [0-9A-F]{12}$/gm)).toHaveLength(4);
    },
  );

  it('is gone from the guest when it is unplugged under traffic, and comes back', async () => {
    await bringUp('super');
    const names = ports.map(({ name }) => name);
    await guest.run(`ping -f -w 20 ${farAddress(1)} >/dev/null 2>&1 &`);
    await expect.poll(async () => (await jacks())[0]?.counters.framesOut).toBeGreaterThan(50);
    await exporter.unplug(exported.device);
    for (const name of names) await guest.run(`on-news 60 "! test -e /sys/class/net/${name}"`);
    await bringUp('super');
    expect(await guest.run(`ping -c 3 -i 0.2 -W 5 ${farAddress(4)}`)).toContain('3 received');
  });
});
