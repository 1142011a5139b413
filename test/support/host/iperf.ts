import type { RunningHost } from './running-host.ts';

export interface Iperf {
  readonly end: {
    readonly sum_sent?: { readonly bytes: number };
    readonly sum_received?: { readonly bytes: number };
    readonly sum?: { readonly packets: number; readonly lost_packets: number };
  };
}

/** Runs an iperf3 client from the near end of a port to the server at its far end, 10.88.PORT.2. */
export async function iperf(host: RunningHost, port: number, ...more: readonly string[]): Promise<Iperf> {
  return JSON.parse(await host.run('iperf3', '--client', `10.88.${port}.2`, '--json', ...more)) as Iperf;
}
