import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import koffi from 'koffi';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunningDriver } from '../../tools/adapters/iokit/connect.ts';
import { walkRegistry } from '../../tools/model/host/registry.ts';
import { clientOf } from '../../tools/plans/install/look.ts';
import { NetworkNamespace } from '../support/host/network-namespace.ts';
import { ping } from '../support/host/ping.ts';
import { type PortJson, PortsTool } from '../support/host/ports-tool.ts';
import { RunningHost } from '../support/host/running-host.ts';

const SERIAL = 'MP000042';
type Counters = PortJson['counters'];
/** Frames the controller has moved, in both directions; and those anybody gave up. */
const carried = (counters: Counters) =>
  (counters?.receivedByController.frames ?? 0) + (counters?.transmittedByController.frames ?? 0);
const dropped = (counters: Counters) =>
  Object.values(counters ?? {})
    .flatMap((path) => Object.values(path.dropped ?? {}))
    .reduce((sum, count) => sum + count, 0);

/** The first port as soon as nothing has moved on it for a while. */
async function settled(watching: PortsTool): Promise<PortJson> {
  for (let before = Number.NaN; ; ) {
    const port = (await watching.document()).adapters[0]?.ports[0];
    if (port && carried(port.counters) === before) return port;
    before = carried(port?.counters ?? null);
  }
}

afterEach(() => PortsTool.endAll());

describe('tools/ports beside traffic', () => {
  let host: RunningHost;
  let far: NetworkNamespace;
  let server: ChildProcess;
  const folder = mkdtempSync(join(tmpdir(), 'multiport-ports-test-'));

  beforeAll(async () => {
    far = await NetworkNamespace.create();
    host = await RunningHost.start();
    await host.plug({ ports: 2, serial: SERIAL, cables: [{ tap: 'far1', netns: far.path }, 'station'] });
    await host.run('ip', 'address', 'add', '10.89.1.1/24', 'dev', 'en5');
    await host.run('ip', 'link', 'set', 'en5', 'up');
    await host.run('ip', 'address', 'add', '10.77.2.1/24', 'dev', 'en6');
    await host.run('ip', 'link', 'set', 'en6', 'up');
    await far.run('ip', 'address', 'add', '10.89.1.2/24', 'dev', 'far1');
    await far.run('ip', 'link', 'set', 'far1', 'up');
    server = await far.start('iperf3', '--server', '--forceflush', '--bind', '10.89.1.2');
    await ping(host, '10.89.1.2');
  });

  afterAll(async () => {
    server.kill();
    await host.stop();
    await far.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // UDP: of TCP the network stack hands over super-frames and counts them as one.
  const iperf = (...more: string[]) =>
    host.run('iperf3', '--client', '10.89.1.2', '--udp', '--length', '1000', '--json', ...more);

  it('--watch agrees with the kernel’s counters, and shows the rates while iperf3 runs', async () => {
    const watching = new PortsTool(host, '--watch', '--json');
    await watching.document();
    const busy = watching.document(({ adapters }) =>
      (['receivedBits', 'transmittedBits'] as const).every((rate) => (adapters[0]?.ports[0]?.rates?.[rate] ?? 0) > 1e6),
    );
    await iperf('--bidir', '--time', '3', '--bitrate', '20M');
    expect((await busy).adapters[0]?.ports[1]?.rates).toMatchObject({ dropped: 0 });
    const kernel = async () =>
      Promise.all(['rx_packets', 'rx_bytes', 'tx_packets', 'tx_bytes'].map((name) => host.statistic('en5', name)));
    const ours = async () => {
      const port = (await watching.document()).adapters[0]?.ports[0] as PortJson;
      const [received, transmitted] = [port.counters?.receivedByPort, port.counters?.transmittedByPort];
      return [received?.frames, received?.bytes, transmitted?.frames, transmitted?.bytes];
    };
    // Both go on by a stray frame now and then: they agree when they are equal at one moment.
    await expect
      .poll(async () => JSON.stringify(await ours()) === JSON.stringify(await kernel()), { timeout: 20_000 })
      .toBe(true);
    expect((await kernel())[0]).toBeGreaterThan(5000);
    expect(await watching.interrupt()).toBe(0);
  });

  it('captures a hundred thousand frames, or says how many were lost, in a file tshark reads', async () => {
    const file = join(folder, 'many.pcapng');
    const watching = new PortsTool(host, '--watch', '--json');
    const now = async () => (await settled(watching)).counters;
    const before = await now();
    const capturing = new PortsTool(host, 'capture', 'en5', '-o', file);
    await watching.document(({ adapters }) => adapters[0]?.ports[0]?.capturing === true);
    const begun = await now();
    let ended = begun;
    while (carried(ended) - carried(begun) < 100_000) {
      await iperf('--bitrate', '200M', '--blockcount', '60000'); // a busy machine loses some before they are ours
      ended = await now();
    }
    expect(await capturing.interrupt()).toBe(0);
    const sum = capturing.sum();
    expect(sum.frames + sum.lost).toBeGreaterThanOrEqual(carried(ended) - carried(begun));
    const after = await now();
    expect(sum.frames + sum.lost).toBeLessThanOrEqual(
      carried(after) + dropped(after) - carried(before) - dropped(before),
    );
    const { stdout } = await execa('tshark', ['-r', file, '-q', '-z', 'io,stat,0']);
    expect(stdout).toMatch(new RegExp(`\\b${sum.frames} \\|`));
    const fields = ['-T', 'fields', '-e', 'frame.interface_name', '-e', 'udp.length'];
    const last = await execa('tshark', ['-r', file, '-Y', 'udp.length == 1008', ...fields]);
    expect(last.stdout.split('\n')[0]).toBe('en5\t1008');
    await watching.interrupt();
  });

  it('says what it lost when its memory is small and nobody empties it', async () => {
    const file = join(folder, 'few.pcapng');
    const capturing = new PortsTool(host, 'capture', '1', '-o', file, '--ring', '65536');
    const watching = new PortsTool(host, '--watch', '--json');
    await watching.document(({ adapters }) => adapters[0]?.ports[0]?.capturing === true);
    await watching.interrupt();
    capturing.child.kill('SIGSTOP');
    await iperf('--bitrate', '50M', '--blockcount', '2000');
    capturing.child.kill('SIGCONT');
    expect(await capturing.interrupt()).toBe(0);
    const { frames, lost } = capturing.sum();
    expect(lost).toBeGreaterThan(500);
    expect(frames).toBeGreaterThan(0);
  });

  it('reads the counter page without a call: of a controller that is stopped as well', async () => {
    // libIOKit.so asks the process's own environment, of which a test only has a copy.
    const setenv = koffi.load(null).func('int setenv(const char *name, const char *value, int overwrite)');
    setenv('MULTIPORT_HOST_STATE', host.stateFolder, 1);
    const driver = new RunningDriver({ platform: 'linux', environment: process.env });
    const [adapter] = await driver.adapters();
    const [controller = 0] = await host.controllers();
    if (!adapter) throw new Error('it is plugged in');
    const heartbeat = () => adapter.counters().heartbeat;
    process.kill(controller, 'SIGSTOP');
    await expect.poll(() => readFileSync(`/proc/${controller}/stat`, 'utf8')).toContain(') T ');
    try {
      const still = heartbeat();
      for (let look = 0; look < 1000; look++) expect(adapter.counters()).toMatchObject({ heartbeat: still });
      expect(adapter.counters().ports[0]?.receivedByPort.frames).toBeGreaterThan(0n);
      process.kill(controller, 'SIGCONT');
      await expect.poll(() => heartbeat() > still, { timeout: 10_000 }).toBe(true);
    } finally {
      process.kill(controller, 'SIGCONT');
      driver.close();
    }
  });

  it('--watch goes on showing what it had while the controller does not answer', async () => {
    const watching = new PortsTool(host, '--watch', '--json');
    await watching.document();
    const [controller = 0] = await host.controllers();
    process.kill(controller, 'SIGSTOP');
    try {
      for (let line = 0; line < 12; line++) await watching.document(); // a look falls into twelve, and hangs
    } finally {
      process.kill(controller, 'SIGCONT');
    }
    expect(await watching.interrupt()).toBe(0);
  });

  it('lets two tools in at once; one killed with -9 leaves the other and nothing behind', async () => {
    const [one, two] = [
      new PortsTool(host, '--watch', '--json'),
      new PortsTool(host, 'capture', '1', '-o', join(folder, 'x.pcapng')),
    ];
    await one.document(({ adapters }) => adapters[0]?.ports[0]?.capturing === true);
    const clients = async () =>
      [...walkRegistry(await host.registry())].flatMap((entry) => clientOf(entry as Parameters<typeof clientOf>[0]));
    // What tools/install uninstall goes by when it refuses.
    expect((await clients()).map(({ pid }) => pid).toSorted()).toEqual([one.child.pid, two.child.pid].toSorted());
    two.child.kill('SIGKILL');
    await one.document(({ adapters }) => adapters[0]?.ports[0]?.capturing === false);
    await host.quiet();
    expect((await clients()).map(({ pid }) => pid)).toEqual([one.child.pid]);
    expect(await one.interrupt()).toBe(0);
    await host.quiet();
    expect(await clients()).toEqual([]);
  });

  it('run sends a program’s traffic through one port and nowhere else', async () => {
    const through = (port: string, address: string, patience: string) =>
      PortsTool.run(host, 'run', port, '--', 'ping', '-c', '1', '-w', patience, address);
    expect((await through('en6', '10.77.2.2', '60')).exitCode).toBe(0);
    expect((await through('en6', '10.89.1.2', '1')).exitCode).toBe(1); // is reached through en5 only
    await ping(host, '10.89.1.2'); // and so it is by others
    expect((await PortsTool.run(host, 'run', '2', '--', 'sh', '-c', 'exit 7')).exitCode).toBe(7);
    expect((await PortsTool.run(host, 'run', '2', '--', '/nowhere/program')).exitCode).toBe(127);
  });
});

describe('tools/ports when cables and adapters come and go', () => {
  let host: RunningHost;
  beforeAll(async () => {
    host = await RunningHost.start();
  });
  afterEach(() => host.control.request('unplug', { all: true }));
  afterAll(() => host.stop());

  it('identify names the port whose link went', async () => {
    const { device } = await host.plug({ ports: 2, serial: SERIAL });
    const identifying = new PortsTool(host, 'identify', '2');
    await identifying.until(() => identifying.err.includes('Pull the cable'));
    const listening = new PortsTool(host, 'identify', '--all', '--json');
    await listening.until(() => listening.err.includes('Pull a cable'));
    await host.inject(device, 1, { link: false });
    await identifying.until(() => identifying.lines.some((line) => line.includes('that is another one')));
    await host.inject(device, 2, { link: false });
    await identifying.until(() => identifying.lines.some((line) => line.startsWith('✔') && line.endsWith('down')));
    await host.inject(device, 2, { link: true });
    expect(await identifying.ended()).toBe(0);
    expect(identifying.lines.at(-1)).toContain(`of ${SERIAL}:2, en6: link up`);
    expect(await listening.interrupt()).toBe(0);
    expect(JSON.parse(listening.lines[0] ?? '')).toMatchObject({ serial: SERIAL, number: 1, linkUp: false });
  });

  it('--watch sees an adapter go and come, and sets again what was saved of it', async () => {
    const { device } = await host.plug({ ports: 2, serial: SERIAL });
    expect(await PortsTool.run(host, 'set', '1', 'label=Drucker', 'mac=02:00:00:00:00:42')).toMatchObject({
      exitCode: 0,
    });
    const watching = new PortsTool(host, '--watch', '--json');
    await watching.document(({ adapters }) => adapters[0]?.ports[0]?.label === 'Drucker');
    await host.unplug(device);
    await watching.document(({ adapters }) => adapters.length === 0);
    const back = watching.document(({ adapters }) => adapters[0]?.ports[0]?.mac === '02:00:00:00:00:42');
    await host.plug({ ports: 2, serial: SERIAL });
    expect((await back).adapters[0]?.ports[0]?.label).toBe('Drucker');
    expect(watching.lines.some((line) => line.includes(`${SERIAL}: 2 saved settings restored`))).toBe(true);
    expect(await watching.interrupt()).toBe(0);
    await PortsTool.run(host, 'set', '1', 'label=default', 'mac=default');
  });

  it('a capture ends with its adapter', async () => {
    const { device } = await host.plug({ ports: 1, serial: SERIAL });
    const capturing = new PortsTool(host, 'capture', '1', '-o', '-');
    const watching = new PortsTool(host, '--watch', '--json');
    await watching.document(({ adapters }) => adapters[0]?.ports[0]?.capturing === true);
    await host.unplug(device);
    expect(await capturing.ended()).toBe(0);
    expect(capturing.err).toMatch(/^\d+ frames, 0 lost$/m);
    await watching.interrupt();
  });

  it('deny keeps a port from being used, allow gives it back', async () => {
    await host.plug({ ports: 2, serial: SERIAL });
    const watching = new PortsTool(host, '--watch', '--json');
    expect(await PortsTool.run(host, 'deny', '2')).toMatchObject({ exitCode: 0 });
    await watching.document(
      ({ adapters }) => adapters[0]?.ports[1]?.denied === true && adapters[0].ports[1].interface === null,
    );
    expect(await PortsTool.run(host, 'allow', '2')).toMatchObject({ exitCode: 0 });
    await watching.document(
      ({ adapters }) => adapters[0]?.ports[1]?.denied === false && adapters[0].ports[1].interface === 'en6',
    );
    await watching.interrupt();
  });

  it('says that no adapter, or no host, is there', async () => {
    expect(await PortsTool.run(host)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('No adapter of this driver'),
    });
    const other = { ...host, stateFolder: '/nonexistent' } as unknown as RunningHost;
    expect(await PortsTool.run(other)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('No host runs here'),
    });
  });
});
