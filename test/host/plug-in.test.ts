import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RegistryEntry, walkRegistry } from '../../tools/model/host/registry.ts';
import { ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

const find = (root: RegistryEntry, userClass: string) =>
  [...walkRegistry(root)].filter((entry) => entry.properties.IOUserClass === userClass);

describe.each([{ oneProcess: false }, { oneProcess: true }])(
  'a four-port adapter, one process: $oneProcess',
  (options) => {
    let host: RunningHost;
    beforeAll(async () => {
      host = await RunningHost.start(options);
      await host.plug({ ports: 4, megabits: 1000 });
    });
    afterAll(() => host.stop());

    it('comes up as en5 to en8, each with a MAC of its own, link and speed', async () => {
      const interfaces = await host.interfaces();
      expect(interfaces.map(({ name, port }) => [name, port])).toEqual([
        ['en5', 1],
        ['en6', 2],
        ['en7', 3],
        ['en8', 4],
      ]);
      expect(new Set(interfaces.map(({ mac }) => mac)).size).toBe(4);
      for (const { name, mac } of interfaces) {
        const [link] = JSON.parse(await host.run('ip', '-j', 'link', 'show', 'dev', name)) as { address: string }[];
        expect(link?.address).toBe(mac);
      }
    });

    it('puts controller, nubs and Ethernet instances where macOS has them', async () => {
      const root = await host.registry();
      const [controller, ...more] = find(root, 'MultiportController');
      expect(more).toEqual([]);
      expect(controller?.class).toBe('IOUserService');
      expect(controller?.children.map((nub) => [nub.class, nub.properties.IOUserClass])).toEqual(
        Array.from({ length: 4 }, () => ['IOUserService', 'PortNub']),
      );
      for (const nub of controller?.children ?? []) {
        expect(nub.children.map((port) => [port.class, port.properties.IOUserClass])).toEqual([
          ['IOUserNetworkEthernet', 'PortEthernet'],
        ]);
      }
      const parents = [...walkRegistry(root)].filter((entry) =>
        entry.children.some((child) => child.id === controller?.id),
      );
      expect(parents.map((parent) => parent.class)).toEqual(['IOUSBHostDevice']);
      expect([...walkRegistry(root)].filter((entry) => entry.busy !== 0)).toEqual([]);
    });

    it(`runs in ${options.oneProcess ? 'one process' : 'five processes'}`, async () => {
      const servers = await host.servers();
      expect(servers).toHaveLength(options.oneProcess ? 1 : 5);
      const { stdout } = await import('execa').then(({ execa }) =>
        execa('ps', ['-o', 'pid=', '--ppid', String(host.daemon.pid)]),
      );
      expect(stdout.trim().split(/\s+/).map(Number).sort()).toEqual(servers.map(({ pid }) => pid).sort());
    });

    it('answers pings through every port', async () => {
      for (const { name, port } of await host.interfaces()) {
        await host.run('ip', 'address', 'add', `10.77.${port}.1/24`, 'dev', name);
        await host.run('ip', 'link', 'set', name, 'up');
        await ping(host, `10.77.${port}.2`, 3, '-I', name);
      }
    });
  },
);
