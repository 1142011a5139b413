import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';
import { floodWithoutLoss, ping } from '../support/host/ping.ts';
import { RunningHost } from '../support/host/running-host.ts';

/** The port whose pipes and blocks fail; the others flood pings meanwhile. */
const FAULTY = 2;
const OTHERS = [1, 3];
const PINGS = 400;

/** Blocks whose frames are taken all the same (the first three are legal: dext/host/usb/simulated/block_damage.h). */
const HARMLESS = ['block-length-zero', 'sequence-repeats', 'trailing-bytes', 'header-length', 'ndp-length-odd'];
/** Blocks that are sound, only with other frames than came from the cable: none, or one nobody wants. */
const STRANGE = ['first-entry-zero', 'datagram-in-header'];
const ILLEGAL = [
  ...['header-signature', 'other-format', 'block-length-long', 'block-length-short'],
  ...['ndp-behind-end', 'ndp-in-header', 'ndp-odd', 'ndp-signature', 'ndp-length-long', 'ndp-length-short'],
  ...['ndp-loop', 'ndp-next-behind-end', 'datagram-behind-end', 'datagram-long', 'datagram-wraps'],
  ...['datagram-short', 'no-terminator', 'truncated', 'header-only'],
  ...['one-byte', 'noise'],
];

interface PortJson {
  readonly number: number;
  readonly counters: {
    readonly verdicts: Readonly<Record<string, number>>;
    readonly transmittedByController: { readonly dropped: Readonly<Record<string, number>> };
  };
}

describe('an adapter that goes wrong under traffic', () => {
  let host: RunningHost;
  let device: number;
  let processes: number[];
  let wrongBlocks = 0;
  beforeAll(async () => {
    host = await RunningHost.start();
    ({ device } = await host.plug({ ports: 3 }));
    for (const { name, port } of await host.interfaces()) {
      await host.run('ip', 'address', 'add', `10.77.${port}.1/24`, 'dev', name);
      await ping(host, `10.77.${port}.2`);
    }
    processes = (await host.servers()).map(({ pid }) => pid);
  });
  afterAll(async () => {
    await host.stop();
  });

  /** Floods every port, and sees that the others lose nothing; how many frames the faulty one lost. */
  const flood = async (during: () => Promise<void> = async () => undefined): Promise<number> => {
    const before = await host.lost(device, FAULTY);
    const others = OTHERS.map((port) => floodWithoutLoss(host, device, port, `10.77.${port}.2`));
    const faulty = host
      .run('ping', '-f', '-c', String(PINGS), '-W', '1', `10.77.${FAULTY}.2`)
      .catch((error: Error) => error.message); // its words when an answer is missing
    await during();
    await Promise.all(others);
    expect(await faulty).toContain(`${PINGS} packets transmitted`);
    return (await host.lost(device, FAULTY)) - before;
  };
  /** The same when a frame may be on its way still. */
  const floodUntilLost = async (frames: number) => {
    const before = await host.lost(device, FAULTY);
    await flood();
    await expect.poll(async () => (await host.lost(device, FAULTY)) - before).toBe(frames);
  };

  /** What the driver has counted at the faulty port. */
  const counters = async () => {
    const launcher = `${PROJECT_ROOT}/tools/launch.mjs`;
    const environment = { MULTIPORT_HOST_STATE: host.stateFolder };
    const { stdout } = await execa(process.execPath, [launcher, 'ports', '--json'], { env: environment });
    const { adapters } = JSON.parse(stdout) as { adapters: { ports: PortJson[] }[] };
    const port = adapters[0]?.ports.find(({ number }) => number === FAULTY);
    if (!port) throw new Error(`tools/ports does not know port ${FAULTY}: ${stdout}`);
    return port.counters;
  };
  /** How many blocks it has found something wrong with since the last time it was asked. */
  const newWrongBlocks = async () => {
    const { Ok: _, ...wrong } = (await counters()).verdicts;
    const before = wrongBlocks;
    wrongBlocks = Object.values(wrong).reduce((sum, count) => sum + count, 0);
    return wrongBlocks - before;
  };
  /** Floods until as many blocks were found wrong as are damaged: a busy machine puts a whole flood into a few blocks. */
  const expectWrongBlocks = async (damaged: number) => {
    let wrong = 0;
    for (let round = 0; round < 5 && wrong < damaged; round++) {
      await flood();
      wrong += await newWrongBlocks();
    }
    expect(wrong).toBe(damaged);
  };
  /** How many frames the device did not take. */
  const failedFrames = async () => (await counters()).transmittedByController.dropped.PipeFailed ?? Number.NaN;

  const goesOn = async () => {
    await host.inject(device, FAULTY, { fault: 'none' });
    await floodUntilLost(0);
    expect((await host.servers()).map(({ pid }) => pid)).toEqual(processes);
  };

  it('stall: what was on its way out is lost and counted, nothing else', async () => {
    const before = await failedFrames();
    const lost = await host.lost(device, FAULTY);
    await flood(async () => {
      for (let i = 0; i < 5; i++) await host.inject(device, FAULTY, { fault: 'stall' });
    });
    const counted = (await failedFrames()) - before;
    await expect.poll(async () => (await host.lost(device, FAULTY)) - lost).toBe(counted);
    await goesOn();
  });

  it.each(['stall-in', 'stall-notification', 'stall-control'])('%s costs no frame', async (fault) => {
    const before = await host.lost(device, FAULTY);
    await flood(async () => {
      for (let i = 0; i < 5; i++) await host.inject(device, FAULTY, { fault });
    });
    await expect.poll(() => host.lost(device, FAULTY)).toBe(before);
    await goesOn();
  });

  it.each(HARMLESS)('%s: blocks are taken as they are', async (damage) => {
    await host.inject(device, FAULTY, { fault: 'damage', damage, count: 20 });
    await floodUntilLost(0);
    expect(await newWrongBlocks()).toBe(0);
  });

  it.each(STRANGE)('%s: blocks are sound without the frames that came from the cable', async (damage) => {
    await host.inject(device, FAULTY, { fault: 'damage', damage, count: 20 });
    expect(await flood()).toBeGreaterThanOrEqual(0);
    expect(await newWrongBlocks()).toBe(0);
    await goesOn();
  });

  it.each(ILLEGAL)('%s: each damaged block is counted, and costs no more than its own frames', async (damage) => {
    await host.inject(device, FAULTY, { fault: 'damage', damage, count: 20 });
    await expectWrongBlocks(20);
    await goesOn();
  });

  it('transfers cut short are counted', async () => {
    await host.inject(device, FAULTY, { fault: 'short', count: 20 });
    const before = await host.lost(device, FAULTY);
    await expectWrongBlocks(20);
    expect((await host.lost(device, FAULTY)) - before).toBeGreaterThan(0);
    await goesOn();
  });

  it('a device that answers no request any more is told of in one line, and goes on moving frames', async () => {
    const told = (await host.log()).length;
    await host.inject(device, FAULTY, { fault: 'silent' });
    const before = await host.lost(device, FAULTY);
    await flood(async () => {
      await host.run('ip', 'link', 'set', 'en6', 'promisc', 'on');
    });
    await expect.poll(() => host.lost(device, FAULTY)).toBe(before);
    await host.quiet();
    expect((await host.log()).slice(told).map(({ text }) => text)).toEqual([
      `multiport: port ${FAULTY}: the device does not take a packet filter, so it may pass too much`,
    ]);
    await goesOn();
  });

  it('a device is pulled out while a request waits for its answer', async () => {
    await host.inject(device, FAULTY, { fault: 'silent' });
    await host.run('ip', 'link', 'set', 'en6', 'promisc', 'off');
    await host.unplug(device);
    await host.quiet();
    expect(await host.interfaces()).toEqual([]);
    expect(await host.servers()).toEqual([]);
    expect((await host.log()).filter(({ text }) => text.includes('signal'))).toEqual([]);
  });
});
