import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { fixtureDump } from '../usb/fixtures.ts';
import { umockdevDescription, usbmonCapture } from './plugged-in.ts';

const run = promisify(execFile);
const PROBE = join(PROJECT_ROOT, 'tools', 'probe');
const DEVICE = '/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1';
const NODE_FILE = '$UMOCKDEV_DIR/dev/bus/usb/001/002';

const gadget = { ...fixtureDump('gadgets/ncm2-high.lsusb.txt'), speed: 'high' } as const;
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'probe-'));
  writeFileSync(join(folder, 'device'), umockdevDescription(gadget));
  writeFileSync(join(folder, 'standard'), await usbmonCapture(gadget, 'standard'));
  writeFileSync(join(folder, 'all'), await usbmonCapture(gadget, 'all'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `command` where the gadget is plugged in, answering as in `capture`. */
const plugged = (capture: 'standard' | 'all', command: readonly string[]) =>
  run('umockdev-run', ['-d', join(folder, 'device'), '-p', `${DEVICE}=${join(folder, capture)}`, '--', ...command]);

/** Like somebody whom the device file refuses: root keeps its id, but not its right to open everything. */
const asOrdinaryUser = (args: string) => {
  const drop = process.getuid?.() === 0 ? 'setpriv --bounding-set=-dac_override,-dac_read_search ' : '';
  return ['sh', '-c', `chmod 0 ${NODE_FILE} && exec ${drop}"$0" ${args}`, PROBE];
};

describe('a composite gadget plugged in', () => {
  it('is listed and marked as drivable', async () => {
    const { stdout } = await plugged('standard', [PROBE]);
    expect(stdout).toContain('✔   1-1  1d6b:0104  480M  Linux gadget ncm2 — two NCM ports');
  });

  it('tells its MAC addresses to who may ask it', async () => {
    const { stdout } = await plugged('standard', [PROBE, '1d6b:0104', '--json']);
    const [device] = JSON.parse(stdout).devices;
    expect(device.verdict.sentence).toBe('Drivable: two NCM ports.');
    expect(device.ports.map(({ mac }: { mac: string }) => mac)).toEqual(['02:00:00:00:02:00', '02:00:00:00:02:01']);
    expect(device.parts.qualifier.nodes[0].name).toBe('Device qualifier');
    expect(device.notes).toEqual([]);
  });

  it('tells its NTB parameters when it is asked by class requests, too', async () => {
    const { stdout } = await plugged('all', [PROBE, '--port', '1-1', '--live', '--json']);
    const [{ ntbParameters }] = JSON.parse(stdout).devices;
    expect(ntbParameters[0]).toMatchObject({
      bmNtbFormatsSupported: 3,
      dwNtbInMaxSize: 16_384,
      dwNtbOutMaxSize: 16_384,
    });
    expect(Object.keys(ntbParameters)).toEqual(['0', '2']);
  });

  it('gives an ordinary user the verdict without the strings, and says how to have them', async () => {
    const { stdout } = await plugged('standard', asOrdinaryUser('1d6b:0104 --json'));
    const [device] = JSON.parse(stdout).devices;
    expect(device.verdict.sentence).toBe('Drivable: two NCM ports.');
    expect(device.ports.map(({ mac }: { mac: string | null }) => mac)).toEqual([null, null]);
    expect(device.notes).toEqual([expect.stringMatching(/may only be opened by root.*sudo/)]);
  });

  it('gives its bytes back exactly', async () => {
    const { stdout } = await run('umockdev-run', [
      '-d',
      join(folder, 'device'),
      '--',
      'sh',
      '-c',
      `"$0" 1d6b:0104 --no-requests --raw | od -An -v -tx1`,
      PROBE,
    ]);
    expect(stdout.replace(/\s/g, '')).toBe(Buffer.from(gadget.descriptors.bytes).toString('hex'));
  });
});

describe('a machine without USB', () => {
  it('is told so in one clear line, with exit status 1', async () => {
    const empty = join(folder, 'nothing');
    writeFileSync(empty, 'P: /devices/nothing\nE: SUBSYSTEM=platform\n\n');
    await expect(run('umockdev-run', ['-d', empty, '--', PROBE])).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('This machine has no USB'),
    });
  });
});
