import { type IperfEnd, iperf as runIperf } from '../../../tools/adapters/host/iperf.ts';
import type { RunningHost } from './running-host.ts';

/** Runs an iperf3 client from the near end of a port to the server at its far end, 10.88.PORT.2. */
export const iperf = (host: RunningHost, port: number, ...more: readonly string[]): Promise<IperfEnd> =>
  runIperf((...command) => host.run(...command), `10.88.${port}.2`, more);
