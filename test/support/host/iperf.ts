import { type IperfEnd, iperf as runIperf } from '../../../tools/adapters/host/iperf.ts';
import { cabledAddresses } from './cabled-host.ts';
import type { RunningHost } from './running-host.ts';

/** Runs an iperf3 client from the near end of a port to the server at its far end. */
export const iperf = (host: RunningHost, port: number, ...more: readonly string[]): Promise<IperfEnd> =>
  runIperf((...command) => host.run(...command), cabledAddresses(port).far, more);
