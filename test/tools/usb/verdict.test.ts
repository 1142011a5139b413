import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureDump, fixtureNames, fixturePath } from './fixtures.ts';

const verdictOf = (name: string) => judge(readSubject(fixtureDump(name)));

/** Control interfaces Linux' cdc_ncm and cdc_ether took, from the kernel the gadget was plugged into. */
const boundByLinux = (name: string) =>
  [
    ...readFileSync(fixturePath(name), 'utf8').matchAll(/:\d+\.(\d+) 02\/(?:0d|06)\/00 .*driver=cdc_(?:ncm|ether)/g),
  ].map((match) => Number(match[1]));

it.each(fixtureNames('gadgets', '.binding.txt'))(
  'calls exactly those functions drivable that cdc_ncm or cdc_ether took: %s',
  (name) => {
    const { ports } = verdictOf(name.replace('.binding.txt', '.lsusb.txt'));
    const drivable = ports.filter((each) => each.drivable).map((each) => each.function.control.interface);
    expect(drivable).toEqual(boundByLinux(name));
  },
);

it.each([
  [
    'asix-ax88179-rev100.descriptors.bin',
    'Not drivable: no network function of a known class, only vendor specific (ASIX AX88179).',
  ],
  [
    'asix-ax88772a.descriptors.bin',
    'Not drivable: no network function of a known class, only vendor specific (ASIX AX88772).',
  ],
  ['cinterion-exs82-ecm.descriptors.bin', 'Drivable: one ECM port.'],
  ['fibocom-fm101-mbim-ss.descriptors.bin', 'Not drivable: one MBIM function, but the driver has no MBIM framing.'],
  ['realtek-rtl8152.descriptors.bin', 'Drivable: one ECM port in configuration 2 (Realtek RTL8152).'],
  ['realtek-rtl8153-ss.lsusb.txt', 'Drivable: one ECM port in configuration 2 (Realtek RTL8153).'],
  ['realtek-rtl8156-rev3104.descriptors.bin', 'Drivable: one NCM port in configuration 2 (Realtek RTL8156).'],
  ['sierra-em9191-mbim.descriptors.bin', 'Not drivable: one MBIM function, but the driver has no MBIM framing.'],
  [
    'smsc-lan9514-ethernet.descriptors.bin',
    'Not drivable: no network function of a known class, only vendor specific (Microchip LAN9512/9514).',
  ],
  ['telit-me910g1-ecm.descriptors.bin', 'Drivable: one ECM port.'],
  ['trendnet-tuc-et2g-rtl8156.lsusb.txt', 'Drivable: one NCM port in configuration 2 (Realtek RTL8156).'],
  ['unisoc-lt70c-4ncm.lsusb.txt', 'Drivable: four NCM ports.'],
  ['uz801-05c6-90b6-ff.ff.lsusb.txt', 'Not drivable: one RNDIS function, but the driver has no RNDIS framing.'],
  ['wacomrepo-045e-07c6-30.00.lsusb.txt', 'Drivable: one ECM port in configuration 2 (Realtek RTL8153).'],
])('says of %s: %s', (name, sentence) => {
  expect(verdictOf(`ethernet/${name}`).sentence).toBe(sentence);
});
