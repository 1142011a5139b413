import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { floodWithoutLoss, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** bmPacketFilter, ECM 1.2, table 8. */
const [PROMISCUOUS, ALL_MULTICAST, DIRECTED, BROADCAST, MULTICAST_LIST] = [0x01, 0x02, 0x04, 0x08, 0x10] as const;

interface Link {
  readonly mtu: number;
  readonly flags: readonly string[];
}

describe('what an administrator sees and sets', () => {
  let host: RunningHost;
  let device: number;
  beforeAll(async () => {
    host = await RunningHost.start();
    ({ device } = await host.plug({ ports: 2, segmentSize: 9014 }));
    await host.run('ip', 'address', 'add', '10.77.1.1/24', 'dev', 'en5');
    await host.run('ip', 'address', 'add', '10.77.2.1/24', 'dev', 'en6');
  });
  afterAll(() => host.stop());

  const linkOf = async (name: string) => {
    const [link] = JSON.parse(await host.run('ip', '-j', 'link', 'show', 'dev', name)) as Link[];
    return link;
  };
  const reported = async (port: number) => (await host.interfaces()).find((row) => row.port === port);
  const jackOf = async (port: number) => (await host.jacks(device)).find((jack) => jack.port === port);
  const texts = async () => (await host.log()).map(({ text }) => text);

  it('an MTU that the device has no room for is put back, with one line that says why', async () => {
    await host.run('ip', 'link', 'set', 'en5', 'mtu', '9001');
    await expect.poll(async () => (await linkOf('en5'))?.mtu).toBe(1500);
    await host.quiet();
    expect((await reported(1))?.mtu).toBe(1500);
    expect((await texts()).filter((text) => text.includes('9001'))).toEqual([
      'en5: an MTU of 9001 is refused: at most 9000',
    ]);
  });

  it('an MTU of 9000 passes frames of 9014 bytes both ways, unbroken', async () => {
    await host.run('ip', 'link', 'set', 'en5', 'mtu', '9000');
    await expect.poll(async () => (await reported(1))?.mtu).toBe(9000);
    await host.quiet();
    await ping(host, '10.77.1.2', 3, '-M', 'do', '-s', '8972');
  });

  it.each([10, 100, 1000, 2500, 10_000])('a link of %d Mbit/s is reported as it is', async (megabits) => {
    await host.inject(device, 1, { megabits });
    await expect.poll(async () => (await reported(1))?.bitsPerSecond).toBe(megabits * 1e6);
    expect(await host.run('ethtool', 'en5')).toContain(`Speed: ${megabits}Mb/s`);
  });

  it('a speed that 32 bits cannot say is the one in the device file', async () => {
    await host.inject(device, 1, { megabits: 5000 });
    await expect.poll(async () => (await reported(1))?.bitsPerSecond).toBe(10e9);
  });

  it('the groups that somebody joins are what the device lets through', async () => {
    const GROUP = '01:00:5e:01:02:03';
    expect((await jackOf(1))?.multicast).not.toContain(GROUP);
    await host.run('ip', 'maddr', 'add', GROUP, 'dev', 'en5');
    await expect.poll(async () => (await jackOf(1))?.multicast).toContain(GROUP);
    expect(await jackOf(1)).toMatchObject({ filter: DIRECTED | BROADCAST | MULTICAST_LIST });
    await host.run('ip', 'maddr', 'del', GROUP, 'dev', 'en5');
    await expect.poll(async () => (await jackOf(1))?.multicast).not.toContain(GROUP);
  });

  it('more groups than the device has filters for become all multicast', async () => {
    const groups = Array.from({ length: 20 }, (_, i) => `01:00:5e:02:00:${i.toString(16).padStart(2, '0')}`);
    for (const group of groups) await host.run('ip', 'maddr', 'add', group, 'dev', 'en5');
    await expect.poll(async () => (await jackOf(1))?.filter).toBe(DIRECTED | BROADCAST | ALL_MULTICAST);
    for (const group of groups) await host.run('ip', 'maddr', 'del', group, 'dev', 'en5');
    await expect.poll(async () => (await jackOf(1))?.filter).toBe(DIRECTED | BROADCAST | MULTICAST_LIST);
  });

  it.each([
    ['promisc', PROMISCUOUS],
    ['allmulticast', ALL_MULTICAST],
  ])('%s reaches the device and is taken back', async (flag, bit) => {
    await host.run('ip', 'link', 'set', 'en5', flag, 'on');
    await expect.poll(async () => ((await jackOf(1))?.filter ?? 0) & bit).toBe(bit);
    await host.run('ip', 'link', 'set', 'en5', flag, 'off');
    await expect.poll(async () => ((await jackOf(1))?.filter ?? 0) & bit).toBe(0);
  });

  it('a disabled interface lets nothing through, and starts again with the same groups', async () => {
    const before = await jackOf(1);
    await host.run('ip', 'link', 'set', 'en5', 'down');
    await expect.poll(async () => (await jackOf(1))?.filter).toBe(0);
    await host.run('ip', 'link', 'set', 'en5', 'up');
    await expect.poll(async () => (await jackOf(1))?.filter).toBe(before?.filter);
    expect((await jackOf(1))?.multicast).toEqual(before?.multicast);
    await ping(host, '10.77.1.2');
  });

  it('a pulled cable takes the carrier away from its port alone, and gives it back', async () => {
    const flood = floodWithoutLoss(host, device, 2, '10.77.2.2');
    await host.inject(device, 1, { link: false });
    await expect.poll(async () => (await linkOf('en5'))?.flags).toContain('NO-CARRIER');
    expect(await reported(1)).toMatchObject({ link: false, bitsPerSecond: 0 });
    await host.inject(device, 1, { link: true });
    await expect.poll(async () => (await linkOf('en5'))?.flags).toContain('LOWER_UP');
    await ping(host, '10.77.1.2');
    await flood;
  });

  it('a link that flaps a thousand times ends as it last was, and the port still works', async () => {
    for (let flap = 0; flap < 1000; flap++) await host.inject(device, 1, { link: flap % 2 === 1 });
    await expect.poll(async () => (await reported(1))?.link).toBe(true);
    await ping(host, '10.77.1.2', 3);
    expect(await host.servers()).toHaveLength(3);
  });
});
