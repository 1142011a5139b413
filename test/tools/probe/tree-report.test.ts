import { expect, it } from 'vitest';
import { uuidBytes } from '../../../tools/model/usb/bytes.ts';
import { type Dump, knownPart } from '../../../tools/model/usb/dump.ts';
import { PLATFORM_UUID } from '../../../tools/model/usb/layouts/capabilities.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { deviceReport, inspect } from '../../../tools/report/probe/device-report.ts';
import { makeStyle } from '../../../tools/report/probe/style.ts';
import { FORMATS } from '../usb/captures.ts';
import { fixtureBytes, fixtureDump } from '../usb/fixtures.ts';
import { answersOf } from './plugged-in.ts';

const utf16 = (text: string) => [...Buffer.from(`${text}\0`, 'utf16le')];
const compatible = [20, 0, 3, 0, ...Buffer.from('WINNCM\0\0'), ...new Array<number>(8).fill(0)];
const label = [
  14 + utf16('Label').length + utf16('Quad').length - 4,
  0,
  4,
  0,
  1,
  0,
  utf16('Label').length,
  0,
  ...utf16('Label'),
  utf16('Quad').length,
  0,
  ...utf16('Quad'),
];
const entries = [8, 0, 2, 0, 0, 0, 8 + compatible.length, 0, ...compatible, ...label];
const msOs20 = Uint8Array.from([10, 0, 0, 0, 0, 0, 3, 6, entries.length + 10, 0, ...entries]);

const LPM = [7, 0x10, 2, 2, 0, 0, 0];
const speedPlus = [20, 0x10, 10, 0, 1, 0, 0, 0, 0, 0x11, 0, 0, 0x30, 0x40, 0x0a, 0, 0xb0, 0x40, 0x0a, 0];
const microsoft = [28, 0x10, 5, 0, ...(uuidBytes(PLATFORM_UUID.msOs20) ?? []), 0, 0, 3, 6, msOs20.length, 0, 0x20, 0];
const capabilities = [...LPM, ...speedPlus, ...microsoft];
const bos = Uint8Array.from([5, 0x0f, capabilities.length + 5, 0, 3, ...capabilities]);

const device: Dump = {
  ...fixtureDump('gadgets/ncm1-super.lsusb.txt'),
  descriptors: knownPart(fixtureBytes('gadgets/ncm1-super.descriptors.bin')),
  speed: 'super-plus',
  bos: knownPart(bos),
  msOs20: knownPart(msOs20),
};

const linesOf = (dump: Dump) =>
  deviceReport(inspect(dump), makeStyle(120, false), true).map((line) => line.trim().replace(/ +/g, ' '));

it('prints what lsusb does not: SuperSpeedPlus lanes and speeds, the Microsoft set, NTB parameters', async () => {
  const [usbmon] = FORMATS.slice(1) as [(typeof FORMATS)[number]];
  const [dump] = recognise(usbmon.write(await answersOf(device, 'all')), 'capture') as [Dump];
  expect(linesOf(dump)).toEqual(
    expect.arrayContaining([
      'bmSublinkSpeedAttr[0] 0x000a4030 speed 0: 10 Gb/s, symmetric receive, SuperSpeedPlus',
      'bmSublinkSpeedAttr[1] 0x000a40b0 speed 0: 10 Gb/s, symmetric transmit, SuperSpeedPlus',
      '0x0012 compatible ID WINNCM',
      '0x0026 registry property Label = Quad',
      'dwNtbInMaxSize 16384 bytes of the largest block the device sends',
      `PlatformCapabilityUUID ${PLATFORM_UUID.msOs20}`,
    ]),
  );
});

it('prints bytes of descriptors nobody taught it', () => {
  const bytes = Uint8Array.from([...device.descriptors.bytes, 5, 0xee, 1, 2, 3]);
  expect(linesOf({ ...device, descriptors: knownPart(bytes) })).toContain('05 ee 01 02 03');
});

it('marks each broken rule at the descriptor it is about', () => {
  const broken = Uint8Array.from(device.descriptors.bytes);
  broken[23] = 0;
  const lines = linesOf({ ...device, descriptors: knownPart(broken) });
  const at = lines.findIndex((line) => line.startsWith('0x0012 Configuration'));
  expect(lines[at + 1]).toBe('✖ CFG-VALUE: bConfigurationValue is 0');
});
