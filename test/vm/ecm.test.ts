import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionFraming, HostInterface, Jack } from '../../tools/model/host/answers.ts';
import type { Exported } from '../../tools/report/host/exported.ts';
import { NetworkNamespace } from '../support/host/network-namespace.ts';
import { RunningHost } from '../support/host/running-host.ts';
import {
  type AttachedPort,
  attach,
  farAddress,
  kernelErrors,
  nearAddress,
  waitForAnswer,
  waitForCarrier,
} from '../support/vm/attached.ts';
import { Gadget } from '../support/vm/gadget.ts';
import { GuestHost } from '../support/vm/guest-host.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { receiveFile, sendFile } from '../support/vm/transfer.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

type Speed = 'high' | 'super';

/** Of a bulk endpoint. */
const PACKET: Readonly<Record<Speed, number>> = { high: 512, super: 1024 };
/** In front of a ping's payload: Ethernet, IP and ICMP. */
const HEADERS = 14 + 20 + 8;
const PINGS = 20;

/** The guest is one for both directions: our driver on Linux's gadget, Linux's driver on our adapter. */
describe('ECM', () => {
  let guest: LiveGuest;
  beforeAll(async () => {
    guest = await LiveGuest.start(await guestImage());
  });
  afterAll(() => guest?.stop());

  /** Frames that fill their packets, and the longest. ping looks at every byte that comes back. */
  const expectPings = async (run: (script: string) => Promise<string>, address: string, speed: Speed) => {
    for (const size of [PACKET[speed] - HEADERS, 1514 - HEADERS]) {
      const output = await run(`ping -f -s ${size} -M do -c ${PINGS} -w 30 ${address}`);
      expect(Number(/(\d+) received/.exec(output)?.[1])).toBeGreaterThanOrEqual(PINGS);
      expect(output).not.toMatch(/wrong|errors|DUP/);
    }
  };

  describe("our driver on a gadget of Linux's, over libusb", () => {
    let host: GuestHost;
    let gadget: Gadget;
    beforeAll(async () => {
      host = await GuestHost.start(guest, '/tmp/host');
    });
    afterEach(async () => {
      await host.request('unplug', { all: true });
      await host.request('quiet');
      await gadget.down();
    });
    hearAfterFailure(() => [host, guest]);
    afterAll(() => host?.stop());

    const interfaces = () => host.request<HostInterface[]>('interfaces');
    const identities = async () => (await interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
    const configure = async () => {
      for (const { name, port } of await interfaces()) {
        await host.run(`ip address add 10.90.${port}.1/24 dev ${name}; ip link set ${name} up
          ping -c 1 -w 20 ${gadget.address(port)}`);
      }
    };
    /** A gadget of these functions, each an interface that carries frames of every length. */
    const bringUp = async (functions: readonly FunctionFraming[], speed: Speed) => {
      gadget = await Gadget.up(guest, { count: functions.length, functions, speed });
      await guest.run('test/vm/guest/gadget.sh where');
      await host.request('plug', { usb: 'usb:1d6b:0104' });
      await host.request('quiet');
      await configure();
      for (const port of gadget.ports) await expectPings(host.run, gadget.address(port), speed);
      const rows = await interfaces();
      expect(rows.map(({ port, mac, link, mtu }) => ({ port, mac, link, mtu }))).toEqual(
        gadget.ports.map((port) => ({ port, mac: gadget.hostMac(port), link: true, mtu: 1500 })),
      );
      for (const { counters } of rows) {
        expect(counters).toMatchObject({ badCompletions: 0, droppedBadPacket: 0, droppedByOs: 0, droppedTooLong: 0 });
      }
    };

    it('carries frames of every length, and TCP both ways: one function, high speed', async () => {
      await bringUp(['ecm'], 'high');
      for (const more of ['', '--reverse']) {
        await gadget.serveIperf(1);
        const report = await host.run(`iperf3 --client ${gadget.address(1)} --json --time 1 ${more}`);
        expect(JSON.parse(report).end.sum_received.bytes).toBeGreaterThan(100_000);
      }
    });

    it('carries frames of every length: two functions, SuperSpeed', () => bringUp(['ecm', 'ecm'], 'super'));

    it('beside a function of NCM follows its link, and has the gadget again after it was unbound under traffic', async () => {
      await bringUp(['ecm', 'ncm'], 'super');
      const before = await identities();
      const [first, second] = before.map(({ name }) => name);
      await gadget.setLink(1, false);
      await host.run(
        `on-news 60 "! ip link show ${first} | grep -q LOWER_UP"; ip link show ${second} | grep -q LOWER_UP`,
      );
      await gadget.setLink(1, true);
      await host.run(`on-news 60 "ip link show ${first} | grep -q LOWER_UP"`);
      await host.run(`setsid ping -f -w 20 ${gadget.address(1)} >/dev/null 2>&1 &`);
      await expect.poll(() => gadget.statistic(1, 'rx_packets')).toBeGreaterThan(100);
      await gadget.unbind();
      await host.run(`on-news 60 "! ip link show ${second} 2>/dev/null"`);
      await gadget.bind();
      await host.run(`on-news 60 "ip link show ${second} 2>/dev/null"`);
      await host.request('quiet');
      expect(await identities()).toEqual(before);
      await configure();
    });
  });

  describe("Linux's cdc_ether on an adapter of ours, over USB/IP", () => {
    const PORTS = [1, 2];
    let exporter: RunningHost;
    let far: NetworkNamespace;
    let exported: Exported;
    let ports: AttachedPort[];
    beforeAll(async () => {
      exporter = await RunningHost.start();
      far = await NetworkNamespace.create();
    });
    afterEach(async () => {
      for (const { device } of await exporter.adapters()) await exporter.unplug(device);
    });
    hearAfterFailure(() => [exporter, guest]);
    afterAll(() => Promise.all([exporter?.stop(), far?.close()]));

    const jacks = (): Promise<Jack[]> => exporter.jacks(exported.device);
    const bringUp = async (speed: Speed) => {
      const cables = PORTS.map((port) => ({ tap: `far${port}`, netns: far.path }));
      exported = await exporter.export({ ports: 2, framings: ['ecm', 'ecm'], speed, cables });
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

    it('binds both functions and carries every frame, high speed', async () => {
      await bringUp('high');
      expect(await guest.run('ls /sys/bus/usb/drivers/cdc_ether | grep -c :')).toBe('4'); // two interfaces a function
      const complaints = await guest.run('lsusb -v -d 1209: 2>&1 >/tmp/lsusb || true');
      expect(complaints).toBe('');
      expect(await guest.run('grep -c "CDC Ethernet:" /tmp/lsusb')).toBe('2');
      for (const { port } of ports) await expectPings((script) => guest.run(script), farAddress(port), 'high');
      const sent = await sendFile(guest, far, nearAddress(1));
      expect(sent.received).toBe(sent.sent);
      const fetched = await receiveFile(guest, far, nearAddress(2));
      expect(fetched.received).toBe(fetched.sent);
      for (const port of ports) expect(await kernelErrors(guest, port)).toBe('');
      for (const { port, counters } of await jacks()) {
        expect({ port, ...counters }).toMatchObject({ outBadBlocks: 0, inNoRoom: 0, outNoRoom: 0, inWrongSize: 0 });
        expect(counters.blocksOut).toBe(counters.framesOut);
        expect(counters.framesIn).toBeGreaterThan(PINGS);
      }
    });

    it('follows links, and is gone when it is unplugged under traffic, SuperSpeed', async () => {
      await bringUp('super');
      const [first] = ports;
      if (!first) throw new Error('two ports are attached');
      await expectPings((script) => guest.run(script), farAddress(1), 'super');
      await exporter.inject(exported.device, 1, { link: false });
      await waitForCarrier(guest, first, false);
      await exporter.inject(exported.device, 1, { link: true });
      await waitForCarrier(guest, first, true);
      await guest.run(`ping -f -w 20 ${farAddress(2)} >/dev/null 2>&1 &`);
      await expect.poll(async () => (await jacks())[1]?.counters.framesOut).toBeGreaterThan(50);
      await exporter.unplug(exported.device);
      for (const { name } of ports) await guest.run(`on-news 60 "! test -e /sys/class/net/${name}"`);
    });
  });
});
