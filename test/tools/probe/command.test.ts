import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { compileSchema, parseDeviceFile } from '../../../tools/generate/device-file.ts';
import { fixtureBytes, fixtureNames, fixturePath } from '../usb/fixtures.ts';
import { runProbe } from './run-probe.ts';

const folder = mkdtempSync(join(tmpdir(), 'probe-command-'));
afterAll(() => rmSync(folder, { recursive: true }));

const UNISOC = fixturePath('ethernet/unisoc-lt70c-4ncm.lsusb.txt');

describe('exit status', () => {
  it.each([
    [[UNISOC], 0],
    [[fixturePath('ethernet/smsc-lan9514-ethernet.lsusb.txt')], 1],
    [[fixturePath('ethernet')], 0],
    [[fixturePath('hostile/empty.bin')], 2],
    [[fixturePath('INDEX.md')], 2],
    [[fixturePath('not-there')], 2],
    [['--no-such-option'], 2],
    [[UNISOC, 'ffff:ffff'], 1],
    [['--help'], 0],
  ])('of %j is %i', async (args, code) => {
    expect((await runProbe(args)).code).toBe(code);
  });
});

it('says of a capture in which no device was asked who it is what to do', async () => {
  const header = Buffer.from('d4c3b2a1020004000000000000000000ffff0000dc000000', 'hex');
  const { code, errors } = await runProbe(['-'], header);
  expect(code).toBe(2);
  expect(errors).toContain('Begin capturing, then plug the device in');
});

describe('--raw', () => {
  it('gives every byte of a dump back', async () => {
    for (const name of [
      'gadgets/ncm4-super.descriptors.bin',
      'hostile/zero-blength-cs.bin',
      'hostile/libusb-bos-min.bos',
    ]) {
      const { stdout, errors } = await runProbe(['--raw', fixturePath(name)]);
      expect([...stdout]).toEqual([...fixtureBytes(name)]);
      expect(errors).toBe('');
    }
  });

  it('says which bytes a text did not contain', async () => {
    const { stdout, errors } = await runProbe(['--raw', fixturePath('gadgets/ncm1-super.lsusb.txt')]);
    expect([...stdout]).toEqual([...fixtureBytes('gadgets/ncm1-super.descriptors.bin')]);
    expect(errors).toMatch(/^6 of 130 bytes are not in lsusb -v text and are assumed: offsets /);
  });

  it('refuses two devices at once', async () => {
    expect((await runProbe(['--raw', UNISOC, UNISOC])).errors).toContain('--raw needs one device, but 2 are there');
  });
});

describe('--save', () => {
  it('writes a device file that its schema and the generator accept', async () => {
    const target = join(folder, 'unisoc-lt70c');
    expect((await runProbe(['--save', target, UNISOC])).code).toBe(0);
    const schema = compileSchema(readFileSync(join(PROJECT_ROOT, 'firmware-info/schema.json'), 'utf8'));
    const file = parseDeviceFile(readFileSync(join(target, 'device.json'), 'utf8'), 'device.json', schema);
    expect(file.ports.value).toEqual([1, 2, 3, 4].map((number) => ({ number, label: `Port ${number}` })));
    expect(file.vendor).toMatchObject({ id: '0x1782', name: 'Unisoc Phone' });
  });

  it.each([
    ['ethernet/realtek-rtl8153-ss.lsusb.txt', { framings: ['ecm'], configuration: 2, blocks: undefined, frames: 1514 }],
    [
      'ethernet/cinterion-exs82-ecm.lsusb.txt',
      { framings: ['ecm'], configuration: 1, blocks: undefined, frames: 16_384 },
    ],
    [
      'gadgets/ecm-ncm-rndis-high.lsusb.txt',
      { framings: ['ecm', 'ncm'], configuration: 1, blocks: 16_384, frames: 1514 },
    ],
  ])(
    'writes which framings the functions of %s have, and limits of blocks only where there are blocks',
    async (dump, told) => {
      const target = join(folder, basename(dump));
      expect((await runProbe(['--save', target, fixturePath(dump)])).code).toBe(0);
      const schema = compileSchema(readFileSync(join(PROJECT_ROOT, 'firmware-info/schema.json'), 'utf8'));
      const file = parseDeviceFile(readFileSync(join(target, 'device.json'), 'utf8'), 'device.json', schema);
      expect({
        framings: file.framings.value,
        configuration: file.configuration.value,
        blocks: file.limits.maxBlockBytes?.value,
        frames: file.limits.maxFrameBytes.value,
      }).toEqual(told);
    },
  );

  it('writes descriptors.hex so that it can be probed again', async () => {
    const hex = join(folder, 'unisoc-lt70c', 'descriptors.hex');
    const { text } = await runProbe(['--json', hex]);
    const [again] = JSON.parse(text).devices;
    expect(again.parts.descriptors.bytes.replaceAll(' ', '')).toBe(
      Buffer.from(fixtureBytes('ethernet/unisoc-lt70c-4ncm.descriptors.bin')).toString('hex'),
    );
  });

  it('keeps a device file that is there already', async () => {
    const { code, errors } = await runProbe(['--save', join(folder, 'unisoc-lt70c'), UNISOC]);
    expect([code, errors]).toEqual([1, expect.stringContaining('device.json is there already')]);
  });

  it('has nothing to save of a device without a port we can drive', async () => {
    const { code, errors } = await runProbe([
      '--save',
      join(folder, 'none'),
      fixturePath('ethernet/sierra-em9191-mbim.lsusb.txt'),
    ]);
    expect([code, errors]).toEqual([1, expect.stringContaining('There is nothing to save: Not drivable')]);
  });
});

describe('--mask', () => {
  it('leaves neither the serial number nor an address nor a path', async () => {
    const plain = await runProbe([fixturePath('gadgets/ncm2-high.lsusb.txt'), '-v', '--json']);
    const masked = await runProbe([fixturePath('gadgets/ncm2-high.lsusb.txt'), '-v', '--json', '--mask']);
    for (const secret of ['0123456789', '020000000200', '02:00:00:00:02:01', fixturePath('')]) {
      expect(plain.text.toLowerCase()).toContain(secret.toLowerCase());
      expect(masked.text.toLowerCase()).not.toContain(secret.toLowerCase());
    }
    expect(JSON.parse(masked.text).devices[0].ports.map(({ mac }: { mac: string }) => mac)).toEqual([
      '02:00:00:00:00:01',
      '02:00:00:00:00:02',
    ]);
  });
});

describe('output', () => {
  it('has no colour in a pipe, and some when it is asked for', async () => {
    expect((await runProbe([UNISOC])).text).not.toContain('\x1b');
    expect((await runProbe([UNISOC], undefined, { FORCE_COLOR: '1', TERM: 'dumb' })).text).toContain('\x1b[32m✔');
    expect((await runProbe([UNISOC], undefined, { FORCE_COLOR: '1', NO_COLOR: '1' })).text).not.toContain('\x1b');
  });

  it.each([60, 80, 120])('fits into %i columns, but for what is to be pasted', async (width) => {
    const { text } = await runProbe([UNISOC, '-v'], undefined, { COLUMNS: String(width) });
    const tooLong = text.split('\n').filter((line) => line.length > width && !/<key>|<string>|unisoc/.test(line));
    expect(tooLong).toEqual([]);
  });

  it('lists a folder of dumps, one line each, and counts those we can drive', async () => {
    const { text } = await runProbe([fixturePath('ethernet')]);
    const dumps = [...fixtureNames('ethernet', '.bin'), ...fixtureNames('ethernet', '.txt')].length;
    expect(text.trimEnd().split('\n')).toHaveLength(dumps + 2);
    expect(text).toContain(`${dumps} devices, 19 we can drive.`);
  });

  it('lists folders of folders, each dump with as much of its path as tells it from the others', async () => {
    for (const name of ['one', 'two']) {
      mkdirSync(join(folder, 'shelf', name), { recursive: true });
      cpSync(UNISOC, join(folder, 'shelf', name, 'lsusb.txt'));
    }
    cpSync(UNISOC, join(folder, 'shelf', 'other.txt'));
    const { text } = await runProbe([join(folder, 'shelf')]);
    const places = text.split('\n').map((line) => line.split(/ +/)[1]);
    expect(places.slice(0, 3)).toEqual(['one/lsusb.txt', 'other.txt', 'two/lsusb.txt']);
  });

  it('passes over pipes and broken links in a folder', async () => {
    const odd = join(folder, 'odd');
    mkdirSync(odd);
    execFileSync('mkfifo', [join(odd, 'pipe')]);
    symlinkSync('nowhere', join(odd, 'broken'));
    symlinkSync('loop', join(odd, 'loop'));
    cpSync(UNISOC, join(odd, 'lsusb.txt'));
    expect((await runProbe([odd])).text).toContain('four NCM ports');
  });

  it('lets no control character of a device through', async () => {
    const hostile = readFileSync(UNISOC, 'utf8').replaceAll('CDC NCM', '\x1b]0;owned\x07\u202eevil');
    const { text } = await runProbe(['-', '-v'], Buffer.from(hostile));
    expect(text).not.toContain('\x1b');
    expect(text).not.toContain('\u202e');
    expect(text).toContain('\\u001b]0;owned\\u0007\\u202eevil');
  });
});
