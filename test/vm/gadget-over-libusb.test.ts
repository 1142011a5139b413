import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HostInterface } from '../../tools/model/host/answers.ts';
import { Gadget, type GadgetOptions } from '../support/vm/gadget.ts';
import { GuestHost } from '../support/vm/guest-host.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

const GADGET = 'usb:1d6b:0104';

describe("our driver on a composite gadget of Linux's, over libusb", () => {
  let guest: LiveGuest;
  let host: GuestHost;
  let gadget: Gadget;
  beforeAll(async () => {
    guest = await LiveGuest.start(await guestImage());
    await guest.run('modprobe cdc_ncm'); // so that there is a driver to take the device from
    host = await GuestHost.start(guest, '/tmp/host');
  });
  afterEach(async () => {
    await host.request('unplug', { all: true });
    await host.request('quiet');
    await gadget.down();
  });
  hearAfterFailure(() => [host, guest]);
  afterAll(() => guest?.stop());

  const interfaces = () => host.request<HostInterface[]>('interfaces');
  /** Asks until there is an answer: the first frames can be lost, and ping gives up when nobody answers ARP. */
  const answers = (port: number) => {
    const ping = () => host.run(`ping -c 1 -w 20 ${gadget.address(port)} || true`);
    return expect.poll(ping, { timeout: 120_000 }).toContain('1 received');
  };
  const configure = async () => {
    for (const { name, port } of await interfaces()) {
      await host.run(`ip address add 10.90.${port}.1/24 dev ${name}; ip link set ${name} up`);
      await answers(port);
    }
  };
  const bringUp = async (options: GadgetOptions) => {
    gadget = await Gadget.up(guest, options);
    await guest.run('test/vm/guest/gadget.sh where');
    await host.request('plug', { usb: GADGET });
    await host.request('quiet');
    await configure();
  };
  const identities = async () => (await interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
  const kernelInterfaces = () => guest.run('ls /sys/bus/usb/drivers/cdc_ncm | grep -c : || true');

  it.each((['high', 'super'] as const).flatMap((speed) => [1, 2, 4].map((count) => ({ speed, count }))))(
    'carries full frames and TCP both ways: $count functions, $speed speed',
    async (options) => {
      await bringUp(options);
      expect((await interfaces()).map(({ port, mac, link }) => ({ port, mac, link }))).toEqual(
        gadget.ports.map((port) => ({ port, mac: gadget.hostMac(port), link: true })),
      );
      for (const port of gadget.ports) {
        const output = await host.run(`ping -f -s 1472 -M do -c 50 -w 30 ${gadget.address(port)}`);
        expect(Number(/(\d+) received/.exec(output)?.[1])).toBeGreaterThanOrEqual(50);
      }
      const last = options.count;
      await gadget.flushed(last, async () => {
        for (const more of ['', '--reverse']) {
          await gadget.serveIperf(last);
          const report = await host.run(`iperf3 --client ${gadget.address(last)} --json --time 1 ${more}`);
          expect(JSON.parse(report).end.sum_received.bytes).toBeGreaterThan(100_000);
        }
        const [sent, received] = await digestsOfFile(gadget.address(last));
        expect(received).toBe(sent);
      });
      for (const { counters } of await interfaces()) {
        expect(counters).toMatchObject({ badCompletions: 0, droppedBadPacket: 0, droppedByOs: 0, droppedTooLong: 0 });
      }
    },
  );

  /** SHA-256 of a file at the host's side, and of what the gadget's side received of it over TCP. */
  const digestsOfFile = async (address: string): Promise<string[]> => {
    await guest.run('head -c 1048576 /dev/urandom >/tmp/file');
    await guest.run('setsid sh -c "busybox nc -l -p 9000 | sha256sum >/tmp/received" >/dev/null 2>&1 &');
    await guest.run('test/vm/guest/wait-for.sh 10 "ss -Hltn sport = :9000 | grep -q ."');
    await host.run(`cat /tmp/file >/dev/tcp/${address}/9000`);
    await guest.run('test/vm/guest/wait-for.sh 30 "grep -q . /tmp/received"');
    const output = await guest.run('sha256sum </tmp/file; cat /tmp/received');
    return [...output.matchAll(/[0-9a-f]{64}/g)].map(([digest]) => digest);
  };

  it("takes the device from the kernel's driver, and gives it back", async () => {
    gadget = await Gadget.up(guest, { count: 2, speed: 'super' });
    await guest.run('on-news 60 "ls /sys/bus/usb/drivers/cdc_ncm | grep -c : | grep -q 4"');
    const { device } = await host.request<{ device: number }>('plug', { usb: GADGET });
    expect(await kernelInterfaces()).toBe('0');
    await host.request('quiet');
    await host.request('unplug', { device });
    expect(await interfaces()).toEqual([]);
    expect(await kernelInterfaces()).toBe('4');
  });

  it('loses the gadget when it is unbound under traffic, and takes it again when it is bound again', async () => {
    await bringUp({ count: 2, speed: 'high' });
    const before = await identities();
    await host.run(`setsid ping -f -w 20 ${gadget.address(1)} >/dev/null 2>&1 &`);
    await expect.poll(() => gadget.statistic(1, 'rx_packets')).toBeGreaterThan(100);
    await gadget.unbind();
    await expect.poll(identities).toEqual([]);
    await gadget.bind();
    await expect.poll(identities).toEqual(before);
    await host.request('quiet');
    await configure();
  });

  it.each([false, true])(
    'sleeps and wakes with its ports as they were, under traffic; device reset: %s',
    async (deviceReset) => {
      await bringUp({ count: 2, speed: 'super' });
      const before = await identities();
      await host.run(`setsid ping -f ${gadget.address(1)} >/dev/null 2>&1 &`); // ends itself where there is no way
      await expect.poll(() => gadget.statistic(1, 'rx_packets')).toBeGreaterThan(100);
      await host.request('sleep');
      expect((await interfaces()).map(({ enabled, link }) => ({ enabled, link }))).toEqual(
        gadget.ports.map(() => ({ enabled: false, link: false })),
      );
      await host.request('wake', { deviceReset });
      await host.request('quiet');
      expect(await identities()).toEqual(before);
      for (const port of gadget.ports) {
        await answers(port);
        const output = await host.run(`ping -f -c 50 -w 60 ${gadget.address(port)}`);
        expect(Number(/(\d+) received/.exec(output)?.[1])).toBeGreaterThanOrEqual(50);
      }
    },
  );

  it('says who has the device, and what an ordinary user needs', async () => {
    await bringUp({ count: 1, speed: 'super' });
    const second = await GuestHost.start(guest, '/tmp/second');
    expect((await second.ask('plug', { usb: GADGET })).error).toMatchObject({
      words: expect.stringMatching(/is busy: another program uses its interface 0/),
      fix: expect.stringContaining('fuser /dev/bus/usb/'),
    });
    await second.stop();
    const nobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    const ordinary = await GuestHost.start(guest, '/tmp/ordinary', nobody);
    expect((await ordinary.ask('plug', { usb: GADGET })).error).toMatchObject({
      words: expect.stringMatching(/open \/dev\/bus\/usb\/\S+: Permission denied$/),
      fix: expect.stringMatching(/ATTR\{idVendor\}=="1d6b", ATTR\{idProduct\}=="0104".*70-multiport.rules/),
    });
    await ordinary.stop();
  });
});
