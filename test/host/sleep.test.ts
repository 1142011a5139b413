import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { growth, holdings } from '../support/host/holdings.ts';
import { ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** Sleeping and waking: every second time the devices lose their state. */
const ROUNDS = Number(process.env.MULTIPORT_ROUNDS ?? 20);
const PORTS = [1, 2, 3, 4];

describe('a machine that sleeps', () => {
  let host: RunningHost;
  beforeEach(async () => {
    host = await RunningHost.start();
  });
  afterEach(() => host.stop());

  const identities = async () => (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));
  const links = async () => (await host.interfaces()).map(({ link }) => link);
  const states = async () => (await host.interfaces()).map(({ enabled, link }) => ({ enabled, link }));
  const pids = async () => (await host.servers()).map(({ pid }) => pid);
  const brokenRules = async () => (await host.log()).filter(({ rule }) => rule !== '').map(({ text }) => text);

  const plug = async (more: object = {}) => {
    const { device } = await host.plug({ ports: PORTS.length, ...more });
    await configure(host);
    return device;
  };
  const pingsPass = async () => {
    await expect.poll(links).toEqual(PORTS.map(() => true));
    for (const port of PORTS) await ping(host, stationOf(port));
  };

  it('wakes with every port as it was, under traffic, and nothing is leaked', async () => {
    await plug();
    const before = { identities: await identities(), pids: await pids(), jacks: await kept(host) };
    const counted = await frames(host);
    const floods = await Promise.all(PORTS.map((port) => host.launch('ping', '-f', stationOf(port))));
    const everybody = [host.daemon.pid, ...before.pids];
    let half = everybody.map(holdings);
    for (let round = 0; round < ROUNDS; round++) {
      await host.sleep();
      expect(await states()).toEqual(PORTS.map(() => ({ enabled: false, link: false })));
      await host.wake({ deviceReset: round % 2 === 1 });
      await pingsPass();
      expect({ identities: await identities(), pids: await pids() }).toEqual({
        identities: before.identities,
        pids: before.pids,
      });
      if (round === ROUNDS / 2) half = everybody.map(holdings);
    }
    await Promise.all(floods.map((flood) => flood.end()));
    expect(await kept(host)).toEqual(before.jacks);
    for (const [i, count] of (await frames(host)).entries()) expect(count).toBeGreaterThan(counted[i] ?? 0);
    const end = everybody.map(holdings);
    expect(end.map(({ descriptors }) => descriptors)).toEqual(half.map(({ descriptors }) => descriptors));
    for (const [i, { kilobytes }] of end.entries())
      expect(kilobytes).toBeLessThan((half[i]?.kilobytes ?? 0) + growth(64 + ROUNDS * 4));
    expect(await brokenRules()).toEqual([]);
  }, 300_000);

  it.each([false, true])('gives the device filter and addresses again, device reset: %s', async (deviceReset) => {
    const device = await plug();
    await host.run('ip', 'maddress', 'add', '01:00:5e:01:02:03', 'dev', 'en5');
    await host.run('ip', 'link', 'set', 'en6', 'promisc', 'on');
    const told = () =>
      host.jacks(device).then((jacks) => jacks.map(({ filter, multicast }) => ({ filter, multicast })));
    await host.quiet();
    const before = await told();
    expect(before[0]?.multicast).toContain('01:00:5e:01:02:03');
    expect((before[1]?.filter ?? 0) & 1).toBe(1);
    await host.sleep();
    expect((await told()).map(({ filter }) => filter)).toEqual(PORTS.map(() => 0));
    await host.wake({ deviceReset });
    await expect.poll(told).toEqual(before);
  });

  it('sees on waking what was pulled out, and lets go of it', async () => {
    const device = await plug();
    await host.sleep();
    await host.unplug(device);
    expect(await identities()).toHaveLength(PORTS.length);
    await host.wake();
    expect({ servers: await host.servers(), interfaces: await host.interfaces() }).toEqual({
      servers: [],
      interfaces: [],
    });
    expect(await brokenRules()).toEqual([]);
  });

  it('sees on waking what was plugged in', async () => {
    await host.sleep();
    await host.control.request('plug', { ports: PORTS.length });
    await host.quiet();
    expect(await host.servers()).toEqual([]);
    await host.wake();
    await configure(host);
    await pingsPass();
  });

  it('gives an adapter that was pulled out and plugged in again its names', async () => {
    const adapter = { serial: 'again', location: 'sim-1' };
    const device = await plug(adapter);
    const before = await identities();
    await host.sleep();
    await host.unplug(device);
    await host.control.request('plug', { ports: PORTS.length, ...adapter });
    await host.wake();
    expect(await identities()).toEqual(before);
    await configure(host);
    await pingsPass();
  });

  it.each([
    ['a port', 1],
    ['the controller', 0],
  ])('starts %s again that was killed meanwhile', async (_, which) => {
    await plug();
    const before = await identities();
    const victim = (await pids())[which] ?? 0;
    await host.sleep();
    process.kill(victim, 'SIGKILL');
    await expect.poll(pids).not.toContain(victim);
    await host.quiet();
    await host.wake();
    await expect.poll(identities).toEqual(before);
    await configure(host);
    await pingsPass();
  });

  it('acknowledges in time when the device does not answer, and uses it when it does again', async () => {
    const device = await plug();
    const before = await pids();
    for (const fault of ['silent', 'none']) {
      await host.sleep();
      await host.inject(device, 1, { fault });
      await host.wake();
    }
    await pingsPass();
    expect(await pids()).toEqual(before);
    expect(await brokenRules()).toEqual([]);
  });

  it('refuses to sleep asleep and to wake awake', async () => {
    await expect(host.wake()).rejects.toThrow('the machine does not sleep');
    await host.sleep();
    await expect(host.sleep()).rejects.toThrow('the machine is not awake');
    await host.wake();
  });
});

const stationOf = (port: number) => `10.77.${port}.2`;

async function configure(host: RunningHost): Promise<void> {
  for (const { name, port } of await host.interfaces()) {
    await host.run('ip', 'address', 'replace', `10.77.${port}.1/24`, 'dev', name);
    await host.run('ip', 'link', 'set', name, 'up');
  }
}

/** What the adapter knows of its ports, but for what it counts. */
const kept = async (host: RunningHost) => (await host.jacks(1)).map(({ counters: _, ...rest }) => rest);

const frames = async (host: RunningHost) =>
  (await host.interfaces()).map(({ counters }) => counters.transmittedFrames ?? 0);
