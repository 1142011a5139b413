import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPackets } from '../../../tools/model/usb/capture/packets.ts';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { type FakeMachine, fakeMachine } from '../../support/client/fake-surroundings.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'multiport-capture-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const frameOf = (number: number, length = 60) => {
  const frame = new Uint8Array(length).fill(0x5a);
  frame.set([2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5]);
  new DataView(frame.buffer).setUint32(14, number);
  return frame;
};

/** Starts a capture; `started` settles when the driver has been asked for it. */
function start(machine: FakeMachine, adapter: FakeAdapter, ...args: string[]) {
  const file = join(folder, 'out.pcapng');
  const { startCapture } = adapter;
  const began = new Promise<void>((resolve) => {
    adapter.startCapture = (wish) => startCapture.call(adapter, wish).finally(resolve);
  });
  const done = machine.run('capture', ...args, '-o', file);
  return { file, done, started: Promise.race([began, done]) };
}

/** One frame into the ring, and the signal the tool asked for. */
function frame(adapter: FakeAdapter, port: number, direction: 0 | 1, number: number): void {
  if (adapter.ring.add(port, direction, frameOf(number), adapter.now)) adapter.onNews({ kind: 'capture has data' });
}

const tshark = async (file: string, ...fields: string[]) => {
  const columns = fields.flatMap((field) => ['-e', field]);
  const { stdout } = await execa('tshark', ['-r', file, '-T', 'fields', ...columns]);
  return stdout.split('\n').map((line) => line.split('\t'));
};

/** Settles when the tool has found nothing more and asked to be told. */
async function asleep(adapter: FakeAdapter): Promise<void> {
  while (new DataView(adapter.ring.memory).getUint32(136, true) === 0)
    await new Promise((resolve) => setImmediate(resolve));
}

const two = () =>
  new FakeAdapter(1, 'MP000001', [
    { label: 'Printer', interface: 'en5' },
    { label: 'NAS', interface: 'en6' },
  ]);

describe('tools/ports capture', () => {
  it('writes what tshark reads: interfaces by name, direction, length and what was lost', async () => {
    const adapter = two();
    const machine = fakeMachine(new FakeDriver(adapter));
    const { file, done, started } = start(machine, adapter, '--all', '--count', '3');
    await started;
    frame(adapter, 1, 0, 1);
    frame(adapter, 2, 1, 2);
    adapter.ring.lost = 7;
    frame(adapter, 1, 1, 3);
    const { exitCode, err } = await done;
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '3 frames, 7 lost\n' });
    const rows = await tshark(
      file,
      'frame.interface_name',
      'frame.packet_flags_direction',
      'frame.len',
      'frame.interface_description',
      'frame.drop_count',
    );
    expect(rows).toEqual([
      ['en5', '0x00000001', '60', 'Simulated Quad, port 1: Printer', ''],
      ['en6', '0x00000002', '60', 'Simulated Quad, port 2: NAS', ''],
      ['en5', '0x00000002', '60', 'Simulated Quad, port 1: Printer', '7'],
    ]);
    const info = await execa('capinfos', ['-M', file]).catch(() => undefined);
    if (info) expect(info.stdout).toMatch(/Number of interfaces in file: +2/);
    expect(readPackets(readFileSync(file))).toHaveLength(3);
  });

  it('gives each frame the time of day at which the driver saw it', async () => {
    const adapter = two();
    const machine = fakeMachine(new FakeDriver(adapter));
    const { file, done, started } = start(machine, adapter, '1', '--count', '2');
    await started;
    frame(adapter, 1, 0, 1);
    adapter.now += 1_234_567_890n;
    frame(adapter, 1, 0, 2);
    await done;
    const times = (await tshark(file, 'frame.time_epoch')).map(([time]) => time);
    expect(times).toEqual(['1785585600.000000000', '1785585601.234567890']);
  });

  it('takes a hundred thousand frames through the ring, all of them or saying how many not', async () => {
    const adapter = two();
    const machine = fakeMachine(new FakeDriver(adapter));
    const { file, done, started } = start(machine, adapter, '1', '--ring', '65536');
    await started;
    for (let number = 0; number < 100_000; number++) {
      frame(adapter, 1, 0, number);
      if (number % 400 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    machine.terminal.press();
    const { exitCode, err } = await done;
    const [, frames = '', lost = ''] = /^(\d+) frames, (\d+) lost\n$/.exec(err) ?? [];
    expect(exitCode).toBe(0);
    expect(Number(frames) + Number(lost)).toBe(100_000);
    expect(Number(lost)).toBe(adapter.ring.lost);
    const numbers = readPackets(readFileSync(file)).map(({ data }) => data.getUint32(14));
    expect(numbers).toHaveLength(Number(frames));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it('sleeps while nothing comes, and takes what lies in the ring when it is ended', async () => {
    const adapter = two();
    const machine = fakeMachine(new FakeDriver(adapter));
    const { file, done, started } = start(machine, adapter, '1');
    await started;
    await asleep(adapter);
    adapter.ring.add(1, 0, frameOf(1), adapter.now); // and nobody is told
    machine.terminal.press();
    expect((await done).err).toBe('1 frames, 0 lost\n');
    expect(adapter.calls).toContain('stop capture');
    expect(readPackets(readFileSync(file))).toHaveLength(1);
  });

  it('ends with the adapter, and keeps what it got', async () => {
    const adapter = two();
    const driver = new FakeDriver(adapter);
    const { done, started } = start(fakeMachine(driver), adapter, '1');
    await started;
    frame(adapter, 1, 0, 1);
    await asleep(adapter);
    driver.unplug(adapter);
    const { exitCode, err } = await done;
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '1 frames, 0 lost\n' });
  });

  it('gives a ring up that makes no sense, and says so', async () => {
    const adapter = two();
    const { done, started } = start(fakeMachine(new FakeDriver(adapter)), adapter, '1');
    await started;
    new DataView(adapter.ring.memory).setBigUint64(64, 12n, true);
    adapter.onNews({ kind: 'capture has data' });
    const { exitCode, err } = await done;
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: 'the capture ring makes no sense (tail): it ends here\n0 frames, 0 lost\n',
    });
  });

  it('captures from two adapters into one file', async () => {
    const [one, other] = [two(), new FakeAdapter(2, 'MP000002', [{ interface: 'en9' }])];
    const machine = fakeMachine(new FakeDriver(one, other));
    const { file, done, started } = start(machine, other, 'en5', 'en9', '--count', '2');
    await started;
    frame(one, 1, 0, 1);
    frame(other, 1, 0, 2);
    expect((await done).err).toBe('2 frames, 0 lost\n');
    const names = (await tshark(file, 'frame.interface_name')).flat();
    expect(names.toSorted()).toEqual(['en5', 'en9']);
  });

  it('says where it cannot write', async () => {
    const { exitCode, err } = await fakeMachine(new FakeDriver(two())).run('capture', '1', '-o', '/nowhere/x.pcapng');
    expect([exitCode, err]).toEqual([
      1,
      '/nowhere/x.pcapng cannot be written (ENOENT)\n  Choose another place with -o.',
    ]);
  });
});
