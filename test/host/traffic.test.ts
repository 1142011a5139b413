import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CabledHost, cabledAddresses } from '../support/host/cabled-host.ts';
import { iperf } from '../support/host/iperf.ts';
import { floodWithoutLoss } from '../support/host/ping.ts';

const PORTS = [1, 2, 3, 4];

// What is counted of it: counters.test.ts.
describe('traffic between Linux network stacks', () => {
  let cabled: CabledHost;
  beforeAll(async () => {
    cabled = await CabledHost.start(PORTS);
  });
  afterAll(() => cabled.stop());

  it.each([
    ['TCP to the device', []],
    ['TCP from the device', ['--reverse']],
  ])('carries %s through one port and through four at once', async (_, more) => {
    for (const ports of [[1], PORTS]) {
      for (const end of await Promise.all(ports.map((port) => iperf(cabled.host, port, '--time', '2', ...more)))) {
        expect(end.sum_received?.bytes).toBeGreaterThan(1_000_000);
      }
    }
  });

  it.each([[[1]], [PORTS]])('floods pings of the full frame through ports %j without losing one', async (ports) => {
    const { host, device } = cabled;
    const frames = { count: 2000, bytes: 1472 };
    await Promise.all(ports.map((port) => floodWithoutLoss(host, device, port, cabledAddresses(port).far, frames)));
  });
});
