import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iperf } from '../support/host/iperf.ts';
import { NetworkNamespace } from '../support/host/network-namespace.ts';
import { RunningHost } from '../support/host/running-host.ts';

const PORTS = [1, 2, 3, 4];

// What is counted of it: counters.test.ts.
describe('traffic between Linux network stacks', () => {
  let host: RunningHost;
  let far: NetworkNamespace;
  const servers: ChildProcess[] = [];

  beforeAll(async () => {
    far = await NetworkNamespace.create();
    host = await RunningHost.start();
    await host.plug({ ports: 4, cables: PORTS.map((port) => ({ tap: `far${port}`, netns: far.path })) });
    for (const { name, port } of await host.interfaces()) {
      await host.run('ip', 'address', 'add', `10.88.${port}.1/24`, 'dev', name);
      await host.run('ip', 'link', 'set', name, 'up');
      await far.run('ip', 'address', 'add', `10.88.${port}.2/24`, 'dev', `far${port}`);
      await far.run('ip', 'link', 'set', `far${port}`, 'up');
      servers.push(await far.start('iperf3', '--server', '--forceflush', '--bind', `10.88.${port}.2`));
      await host.run('ping', '-c', '1', '-w', '10', `10.88.${port}.2`);
    }
  });

  afterAll(async () => {
    for (const server of servers) server.kill();
    await host.stop();
    await far.close();
  });

  it.each([
    ['TCP to the device', []],
    ['TCP from the device', ['--reverse']],
  ])('carries %s through one port and through four at once', async (_, more) => {
    for (const ports of [[1], PORTS]) {
      for (const end of await Promise.all(ports.map((port) => iperf(host, port, '--time', '2', ...more)))) {
        expect(end.sum_received?.bytes).toBeGreaterThan(1_000_000);
      }
    }
  });

  it.each([[[1]], [PORTS]])('floods pings of the full frame through ports %j without losing one', async (ports) => {
    const flood = (port: number) => host.run('ping', '-f', '-s', '1472', '-c', '2000', '-W', '60', `10.88.${port}.2`);
    for (const output of await Promise.all(ports.map(flood))) expect(output).toContain('2000 received, 0% packet loss');
  });
});
