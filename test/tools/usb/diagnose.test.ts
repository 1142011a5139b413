import { expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureDump, fixtureNames } from './fixtures.ts';

const idsOf = (name: string) => diagnose(readSubject(fixtureDump(name))).map(({ id }) => id);

/** Each file is a sound two-port NCM device with one thing broken; these are made for that one thing. */
const MADE_FOR: Readonly<Record<string, string>> = {
  'blength1-cs.bin': 'LEN-ZERO',
  'config-blength-2.bin': 'LEN-SHORT',
  'config-type-wrong.bin': 'CFG-TYPE',
  'dup-endpoint.bin': 'EP-DUP',
  'empty.bin': 'SET-EMPTY',
  'ep-short-blength.bin': 'LEN-SHORT',
  'huge-blength-cs.bin': 'LEN-OVER',
  'mps0.bin': 'EP-MPS0',
  'numconfigs-9.bin': 'DEV-NUMCFG',
  'numendpoints-0-but-two.bin': 'EP-COUNT',
  'numendpoints-31.bin': 'EP-COUNT',
  'numinterfaces-1.bin': 'CFG-NUMIF',
  'numinterfaces-200.bin': 'CFG-NUMIF',
  'total-too-big.bin': 'CFG-TOTAL',
  'total-too-small.bin': 'CFG-TOTAL',
  'total-zero.bin': 'CFG-TOTAL',
  'truncated-config-header.bin': 'LEN-OVER',
  'truncated-device.bin': 'LEN-OVER',
  'truncated-mid-ep.bin': 'LEN-OVER',
  'zero-blength-cs.bin': 'LEN-ZERO',
  'libusb-descriptor_parsers-regression_bug_a_endpoint_null.bin': 'LEN-OVER',
  'libusb-descriptor_parsers-regression_bug_b_iad_oob.bin': 'SET-UNKNOWN',
};

it.each(Object.entries(MADE_FOR))('finds in hostile/%s what it was made for: %s', (name, id) => {
  expect(idsOf(`hostile/${name}`)).toContain(id);
});

it('knows what every hostile file was made for, but for the two that are sound', () => {
  const sound = ['libusb-descriptor_parsers-min_valid_config.bin'];
  const names = fixtureNames('hostile', '.bin').map((name) => name.replace('hostile/', ''));
  expect(names.filter((name) => !(name in MADE_FOR))).toEqual(sound);
});

it('calls the smallest sound configuration sound', () => {
  expect(idsOf('hostile/libusb-descriptor_parsers-min_valid_config.bin')).toEqual([]);
});

it('says that a BOS without capabilities is empty', () => {
  expect(idsOf('hostile/libusb-bos-min.bos')).toEqual(['BOS-COUNT']);
});

/** Linux' own gadgets are what their authors meant: whatever we say about them had better be true. (With four functions
 *  the gadget runs out of endpoints and uses 0x81 twice; the kernel's own driver does not take the fourth: see its binding.) */
const TRUE_OF_GADGETS = [
  'EP-DUP',
  'FUNC-SPLIT',
  'CDC-NOTIFY',
  'NCM-FILTER',
  'IAD-CLASS',
  'ALT-PIPES',
  'SS-WBPI',
  'IAD-DEVCLASS',
];

it.each(fixtureNames('gadgets', '.descriptors.bin'))('accuses %s of nothing that is not so', (name) => {
  expect(idsOf(name).filter((id) => !TRUE_OF_GADGETS.includes(id))).toEqual([]);
});
