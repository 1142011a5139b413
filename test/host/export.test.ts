import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Control } from '../../tools/adapters/host/control.ts';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';
import type { Exported } from '../../tools/report/host/exported.ts';
import { RunningHost } from '../support/host/running-host.ts';

describe('tools/host export', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'multiport-export-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (state: string, ...more: string[]) =>
    execa('tools/host', ['export', '--state', state, '--listen', '127.0.0.1:0', ...more], {
      cwd: PROJECT_ROOT,
      reject: false,
    });

  it('starts a host where none runs, serves until Ctrl-C, and leaves nothing behind', async () => {
    const command = start(folder, '--ports', '2', '--speed', 'high', '--json');
    const exported = JSON.parse(await firstLine(command.stdout)) as Exported;
    expect(exported).toMatchObject({ device: 1, busId: '1-1', address: '127.0.0.1' });
    const host = await RunningHost.start();
    await host.plug({ usbip: `usbip://127.0.0.1:${exported.port}/1-1` });
    expect(await host.adapters()).toMatchObject([{ speed: 'high', serial: '000000000001' }]);
    expect((await host.interfaces()).map(({ port }) => port)).toEqual([1, 2]);
    command.kill('SIGINT');
    expect(await command).toMatchObject({ exitCode: 0 });
    await expect.poll(() => host.interfaces()).toEqual([]);
    await expect(host.plug({ usbip: `usbip://127.0.0.1:${exported.port}/1-1` })).rejects.toThrow('Connection refused');
    await expect(Control.open(folder)).rejects.toThrow('No host runs');
    await host.stop();
  });

  it('lets the running host do it, which keeps what else it has, and says what to type elsewhere', async () => {
    const host = await RunningHost.start();
    await host.plug({ ports: 1 });
    const command = start(host.stateFolder, '--ports', '1');
    expect(await firstLine(command.stderr)).toMatch(/^Adapter 2 is exported as 1-2 at 127.0.0.1 port \d+\./);
    expect(await host.adapters()).toMatchObject([{ device: 1 }, { device: 2, busId: '1-2' }]);
    command.kill('SIGTERM');
    const { exitCode, stderr } = await command;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/usbip --tcp-port \d+ attach -r 127.0.0.1 -b 1-2/);
    expect(await host.adapters()).toMatchObject([{ device: 1 }]);
    expect(await host.interfaces()).toHaveLength(1);
    await host.stop();
  });

  it.each([
    [['--listen', 'nonsense:port'], 2, /--listen nonsense:port: expected HOST:PORT/],
    [['--listen', '192.0.2.1:3240'], 1, /listen at 192.0.2.1 port 3240: Cannot assign requested address/],
    [['--ports', '8'], 2, /--ports 8: not a whole number from 1 to 7/],
  ])('refuses %j with status %i', async (args, status, words) => {
    const { exitCode, stderr } = await start(folder, ...args);
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(status);
  });
});

async function firstLine(output: Readable): Promise<string> {
  const [line] = (await once(createInterface({ input: output }), 'line')) as [string];
  return line;
}
