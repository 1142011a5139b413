import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PortsTool } from '../support/host/ports-tool.ts';
import { RunningHost } from '../support/host/running-host.ts';
import { Gadget } from '../support/vm/gadget.ts';
import { guestImage } from '../support/vm/image.ts';
import { LiveGuest } from '../support/vm/live-guest.ts';
import { monitored } from '../support/vm/usb-monitor.ts';
import { hearAfterFailure } from '../support/vm/witness.ts';

const GET_INPUT_SIZE = 0x85;
const SET_INPUT_SIZE = 0x86;
const OWN = 16_384;
const littleEndian = (bytes: number, size = 4) => {
  const data = Buffer.alloc(size);
  data.writeUInt32LE(bytes);
  return data.toString('hex');
};

describe("how long blocks of Linux's gadget are", () => {
  let guest: LiveGuest;
  let host: RunningHost;
  let gadget: Gadget;
  beforeAll(async () => {
    guest = await LiveGuest.start(await guestImage());
    host = await RunningHost.start();
  });
  afterEach(async () => {
    await host.control.request('unplug', { all: true });
    await host.quiet();
    await gadget.down();
  });
  afterAll(() => Promise.all([host?.stop(), guest?.stop()]));
  hearAfterFailure(() => [host, guest]);

  /** Full frames in bursts both ways, so that whatever may lie in one block does. */
  const carry = async () => {
    const [system] = await host.interfaces();
    if (!system) throw new Error('the port has an interface');
    await host.run('ip', 'address', 'replace', '10.90.1.1/24', 'dev', system.name);
    await host.run('ip', 'link', 'set', system.name, 'up');
    await host.run('ping', '-c', '1', '-w', '60', gadget.address(1));
    await gadget.flushed(1, async () => {
      for (const more of [[], ['--reverse']]) {
        await gadget.serveIperf(1);
        await host.run('iperf3', '--client', gadget.address(1), '--bytes', '2M', ...more);
      }
    });
  };
  const sizes = async () => {
    const [adapter] = JSON.parse((await PortsTool.run(host, '--json')).out).adapters;
    const [{ transferBytes, slotBytes }] = adapter.ports;
    return { transferBytes, slotBytes };
  };

  it.each([
    ['high', 4096],
    ['super', 2048],
  ] as const)('is what was set of the port, each way, on the wire, %s speed: %i', async (speed, block) => {
    gadget = await Gadget.up(guest, { count: 1, speed });
    await host.plug({ usbip: `usbip://127.0.0.1:${guest.usbipPort}/${await gadget.export()}` });
    for (const bytes of [block, OWN]) {
      const crossed = await monitored(guest, async () => {
        expect(await PortsTool.run(host, 'set', '1', `block=${bytes === OWN ? 'default' : bytes}`)).toMatchObject({
          exitCode: 0,
        });
        await host.quiet();
        await carry();
      });
      const about = crossed.requests.filter(({ request }) => [GET_INPUT_SIZE, SET_INPUT_SIZE].includes(request));
      expect(about).toEqual(
        bytes === OWN
          ? []
          : [SET_INPUT_SIZE, GET_INPUT_SIZE].map((request) => ({ request, data: littleEndian(bytes) })),
      );
      for (const way of [crossed.in, crossed.out]) {
        expect(Math.max(...way)).toBeLessThanOrEqual(bytes);
        expect(Math.max(...way)).toBeGreaterThan(bytes - 1514 - 534); // one more full frame would not have fitted
      }
      expect(await sizes()).toEqual({ transferBytes: bytes, slotBytes: bytes });
      const [system] = await host.interfaces();
      expect(system?.counters).toMatchObject({ badCompletions: 0, droppedBadPacket: 0, droppedTooLong: 0 });
    }
  });

  it.each(['high', 'super'] as const)(
    'is 2048 to 16384 as it takes them, 4 bytes each; what is beyond it takes too and does nothing, %s speed',
    async (speed) => {
      gadget = await Gadget.up(guest, { count: 1, speed });
      await guest.run('test/vm/guest/gadget.sh where');
      const TAKEN = 4;
      const STALLED = null;
      const wishes = [
        { wish: littleEndian(2048), answer: TAKEN, holds: 2048 },
        { wish: littleEndian(2047), answer: TAKEN, holds: 2048 },
        { wish: littleEndian(OWN), answer: TAKEN, holds: OWN },
        { wish: littleEndian(OWN + 1), answer: TAKEN, holds: OWN },
        { wish: littleEndian(4096), answer: TAKEN, holds: 4096 },
        { wish: littleEndian(8192, 8), answer: STALLED, holds: 4096 },
        { wish: littleEndian(8192).slice(0, 4), answer: STALLED, holds: 4096 },
      ];
      const requests = wishes.flatMap(({ wish }) => [
        ['out', SET_INPUT_SIZE, wish],
        ['in', GET_INPUT_SIZE, 4],
      ]);
      const answers = await guest.run(`node test/vm/guest/ncm-requests.mjs 1d6b:0104 '${JSON.stringify(requests)}'`);
      expect(JSON.parse(answers)).toEqual(wishes.flatMap(({ answer, holds }) => [answer, littleEndian(holds)]));
    },
  );
});
