import type { ChildProcess } from 'node:child_process';
import { NetworkNamespace } from './network-namespace.ts';
import { ping } from './ping.ts';
import { type PlugRequest, RunningHost } from './running-host.ts';

/** The two ends of a port's cable. */
export const cabledAddresses = (port: number) => ({ near: `10.88.${port}.1`, far: `10.88.${port}.2` });

/** What is to be plugged in so that its cables lead to `far1`, `far2`… in a namespace. */
export const cablesTo = (far: NetworkNamespace, ports: readonly number[]) => ({
  ports: ports.length,
  cables: ports.map((port) => ({ tap: `far${port}`, netns: far.path })),
});

/** Gives both ends of every cable their addresses and sets them up. */
export async function configureCables(host: RunningHost, far: NetworkNamespace): Promise<void> {
  for (const { name, port } of await host.interfaces()) {
    const ends = cabledAddresses(port);
    await host.run('ip', 'address', 'add', `${ends.near}/24`, 'dev', name);
    await host.run('ip', 'link', 'set', name, 'up');
    await far.run('ip', 'address', 'add', `${ends.far}/24`, 'dev', `far${port}`);
    await far.run('ip', 'link', 'set', `far${port}`, 'up');
  }
}

/** A host with one adapter, each port of it cabled to another network stack, where an iperf3 server listens. */
export class CabledHost {
  readonly host: RunningHost;
  readonly far: NetworkNamespace;
  readonly device: number;
  readonly #servers: readonly ChildProcess[];

  private constructor(host: RunningHost, far: NetworkNamespace, device: number, servers: readonly ChildProcess[]) {
    this.host = host;
    this.far = far;
    this.device = device;
    this.#servers = servers;
  }

  static async start(
    ports: readonly number[],
    { offload = true, ...adapter }: PlugRequest & { readonly offload?: boolean } = {},
  ): Promise<CabledHost> {
    const far = await NetworkNamespace.create();
    const host = await RunningHost.start({ offload });
    const { device } = await host.plug({ ...adapter, ...cablesTo(far, ports) });
    await configureCables(host, far);
    const servers: ChildProcess[] = [];
    for (const port of ports) {
      const address = cabledAddresses(port).far;
      servers.push(await far.start('iperf3', '--server', '--forceflush', '--bind', address));
      await ping(host, address);
    }
    return new CabledHost(host, far, device, servers);
  }

  async stop(): Promise<void> {
    for (const server of this.#servers) server.kill();
    await this.host.stop();
    await this.far.close();
  }
}
