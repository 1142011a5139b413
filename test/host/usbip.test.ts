import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cabledAddresses, cablesTo, configureCables } from '../support/host/cabled-host.ts';
import { NetworkNamespace } from '../support/host/network-namespace.ts';
import { answersIn, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

const PORTS = [1, 2, 3, 4];
const STATION = '10.77.1.2';

describe('a driver whose adapter another host exports over USB/IP', () => {
  let exporter: RunningHost;
  let host: RunningHost;
  beforeEach(async () => {
    [exporter, host] = await Promise.all([RunningHost.start(), RunningHost.start()]);
  });
  afterEach(() => Promise.all([exporter.stop(), host.stop()]));

  it.each(['high', 'super'] as const)('carries pings and TCP both ways through four ports, %s speed', async (speed) => {
    const far = await NetworkNamespace.create();
    const at = await exporter.export({ speed, ...cablesTo(far, PORTS) });
    await host.plug({ usbip: urlOf(at) });
    const interfaces = await host.interfaces();
    expect(interfaces.map(({ port }) => port)).toEqual(PORTS);
    expect(await host.adapters()).toMatchObject([{ device: 1001, speed, location: `usbip-127.0.0.1:${at.port}/1-1` }]);
    await configureCables(host, far);
    const flood = (port: number) =>
      host.run('ping', '-f', '-s', '1472', '-c', '500', '-w', '60', cabledAddresses(port).far);
    for (const output of await Promise.all(PORTS.map(flood))) expect(answersIn(output)).toBeGreaterThanOrEqual(500);
    for (const [port, more] of [
      [1, []],
      [2, ['--reverse']],
    ] as const) {
      const address = cabledAddresses(port).far;
      const server = await far.start('iperf3', '--server', '--forceflush', '--bind', address);
      const report = await host.run('iperf3', '--client', address, '--json', '--bytes', '20M', ...more);
      expect(JSON.parse(report).end.sum_received.bytes).toBeGreaterThan(10_000_000); // the rest was still under way
      server.kill();
    }
    await far.close();
  });

  it('follows the link, and recovers from a stall, of an adapter elsewhere', async () => {
    const at = await exporter.export({ ports: 1 });
    await host.plug({ usbip: urlOf(at) });
    await configure(host);
    await ping(host, STATION, 3);
    await exporter.inject(at.device, 1, { link: false });
    await expect.poll(async () => (await host.interfaces())[0]?.link).toBe(false);
    await exporter.inject(at.device, 1, { link: true, megabits: 100 });
    await expect
      .poll(async () => (await host.interfaces()).map(({ link, bitsPerSecond }) => [link, bitsPerSecond]))
      .toEqual([[true, 100_000_000]]);
    for (const fault of ['stall', 'stall-in']) {
      await exporter.inject(at.device, 1, { fault });
      await ping(host, STATION, 10); // the one that met the stall may be lost
    }
  });

  it.each([
    ['is killed', (exporter: RunningHost) => exporter.daemon.kill('SIGKILL')],
    ['has its adapter unplugged', (exporter: RunningHost) => exporter.unplug(1)],
  ])('takes it as unplugged, with one line, when the server %s under traffic', async (_, end) => {
    const at = await exporter.export({ ports: 2 });
    await host.plug({ usbip: urlOf(at) });
    await configure(host);
    const before = await identities(host);
    const flood = await host.launch('ping', '-f', STATION);
    await ping(host, STATION);
    const sequence = (await host.log()).at(-1)?.sequence ?? 0;
    await end(exporter);
    await expect.poll(() => host.interfaces()).toEqual([]);
    await flood.end();
    await host.quiet();
    const news = (await host.log()).filter((line) => line.sequence > sequence && line.text.includes('usbip-'));
    expect(news.map(({ text }) => text)).toEqual([expect.stringMatching(/ at usbip-127.0.0.1:\d+\/1-1 is gone: /)]);
    expect(await host.adapters()).toEqual([]);

    await exporter.stop();
    exporter = await RunningHost.start();
    const again = await exporter.export({ ports: 2, listen: `127.0.0.1:${at.port}` });
    await host.plug({ usbip: urlOf(again) });
    expect(await identities(host)).toEqual(before);
    await configure(host);
    await ping(host, STATION, 3);
  });

  it('gives the adapter back to the server when it is unplugged here', async () => {
    const at = await exporter.export({ ports: 1 });
    for (let round = 0; round < 3; round++) {
      const { device } = await host.plug({ usbip: urlOf(at) });
      expect(device).toBe(1001);
      await expect(exporter.control.request('plug', { usbip: urlOf(at) })).rejects.toThrow('somebody else uses');
      await host.unplug(device);
      await expect.poll(() => host.interfaces()).toEqual([]);
    }
  });

  it.each([
    ['usbip://127.0.0.1:1/1-1', /connect to 127.0.0.1 port 1: Connection refused/],
    ['usbip://no-such-machine.invalid/1-1', /look up no-such-machine.invalid: /],
    ['usbip://127.0.0.1', /the bus id is missing/],
    ['http://127.0.0.1/1-1', /does not start with usbip:/],
    ['usbip://127.0.0.1:99999/1-1', /no number from 1 to 65535/],
  ])('says why it cannot be at %s', async (usbip, words) => {
    await expect(host.plug({ usbip })).rejects.toThrow(words);
    expect(await host.adapters()).toEqual([]);
  });

  it('says what a server has not, and what it is not', async () => {
    const at = await exporter.export({ ports: 1 });
    await expect(host.plug({ usbip: `usbip://127.0.0.1:${at.port}/9-9` })).rejects.toMatchObject({
      message: expect.stringContaining('no such device'),
      fix: expect.stringContaining('usbip list -r 127.0.0.1'),
    });
    await expect(host.plug({ usbip: urlOf(at), ports: 2 })).rejects.toThrow('ports is for simulated adapters');
    for (const [reply, words] of [
      ['0106000300000000', 'speaks USB/IP 1.0.6; only 1.1.1'],
      ['485454502f312e31', 'does not speak USB/IP'],
    ] as const) {
      const server = createServer((socket) => socket.end(Buffer.from(reply, 'hex')).on('error', () => undefined));
      const port = await listening(server);
      await expect(host.plug({ usbip: `usbip://127.0.0.1:${port}/1-1` })).rejects.toThrow(words);
      server.close();
    }
  });
});

const urlOf = ({ port, busId }: { readonly port: number; readonly busId: string }) =>
  `usbip://127.0.0.1:${port}/${busId}`;

const identities = async (host: RunningHost) =>
  (await host.interfaces()).map(({ name, mac, port }) => ({ name, mac, port }));

async function configure(host: RunningHost): Promise<void> {
  for (const { name, port } of await host.interfaces()) {
    await host.run('ip', 'address', 'add', `10.77.${port}.1/24`, 'dev', name);
    await host.run('ip', 'link', 'set', name, 'up');
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
