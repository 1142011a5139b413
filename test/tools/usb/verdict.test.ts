import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureDump, fixtureNames, fixturePath } from './fixtures.ts';

const verdictOf = (name: string) => judge(readSubject(fixtureDump(name)));

/** Control interfaces Linux' cdc_ncm took, from the kernel the gadget was plugged into. */
const boundByNcm = (name: string) =>
  [...readFileSync(fixturePath(name), 'utf8').matchAll(/:\d+\.(\d+) 02\/0d\/00 .*driver=cdc_ncm/g)].map((match) =>
    Number(match[1]),
  );

it.each(fixtureNames('gadgets', '.binding.txt'))(
  'calls exactly those functions drivable that cdc_ncm took: %s',
  (name) => {
    const { ports } = verdictOf(name.replace('.binding.txt', '.lsusb.txt'));
    const drivable = ports.filter((each) => each.drivable).map((each) => each.function.control.interface);
    expect(drivable).toEqual(boundByNcm(name));
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
  ['cinterion-exs82-ecm.descriptors.bin', 'Not drivable: one ECM function, but the driver has no ECM framing.'],
  ['fibocom-fm101-mbim-ss.descriptors.bin', 'Not drivable: one MBIM function, but the driver has no MBIM framing.'],
  [
    'realtek-rtl8152.descriptors.bin',
    'Not drivable: one ECM function in configuration 2 (Realtek RTL8152), but the driver has no ECM framing.',
  ],
  [
    'realtek-rtl8153-ss.lsusb.txt',
    'Not drivable: one ECM function in configuration 2 (Realtek RTL8153), but the driver has no ECM framing.',
  ],
  ['realtek-rtl8156-rev3104.descriptors.bin', 'Drivable: one NCM port in configuration 2 (Realtek RTL8156).'],
  ['sierra-em9191-mbim.descriptors.bin', 'Not drivable: one MBIM function, but the driver has no MBIM framing.'],
  [
    'smsc-lan9514-ethernet.descriptors.bin',
    'Not drivable: no network function of a known class, only vendor specific (Microchip LAN9512/9514).',
  ],
  ['telit-me910g1-ecm.descriptors.bin', 'Not drivable: one ECM function, but the driver has no ECM framing.'],
  ['trendnet-tuc-et2g-rtl8156.lsusb.txt', 'Drivable: one NCM port in configuration 2 (Realtek RTL8156).'],
  ['unisoc-lt70c-4ncm.lsusb.txt', 'Drivable: four NCM ports.'],
  ['uz801-05c6-90b6-ff.ff.lsusb.txt', 'Not drivable: one RNDIS function, but the driver has no RNDIS framing.'],
  [
    'wacomrepo-045e-07c6-30.00.lsusb.txt',
    'Not drivable: one ECM function in configuration 2 (Realtek RTL8153), but the driver has no ECM framing.',
  ],
])('says of %s: %s', (name, sentence) => {
  expect(verdictOf(`ethernet/${name}`).sentence).toBe(sentence);
});
