import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import type { Answer } from '../../../tools/model/usb/answers.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { answersOf } from '../probe/plugged-in.ts';
import { FORMATS, usbmonText } from './captures.ts';
import { fixtureBytes, fixtureDump } from './fixtures.ts';

const device = fixtureDump('gadgets/ncm-acm-storage-high.lsusb.txt');
const answers = await answersOf(device, 'all');

describe.each(FORMATS)('a capture in the form $name', ({ write }) => {
  const [dump, ...others] = recognise(write(answers), 'capture');

  it('holds the one device, byte for byte', () => {
    expect(others).toEqual([]);
    expect(dump?.descriptors.bytes).toEqual(fixtureBytes('gadgets/ncm-acm-storage-high.descriptors.bin'));
  });

  it('holds its strings, its qualifier and its NTB parameters', () => {
    expect(dump?.strings).toEqual(device.strings);
    expect(dump?.qualifier?.bytes).toEqual(device.qualifier?.bytes);
    expect([...(dump?.ntbParameters?.keys() ?? [])]).toEqual([0]);
  });

  it('loses at most the rest of the file when it is cut off anywhere', () => {
    const whole = write(answers);
    for (let length = 0; length < whole.length; length += 41)
      expect(() => recognise(whole.subarray(0, length), 'cut')).not.toThrow();
  });
});

const setAddress: Answer = { requestType: 0, request: 5, value: 9, index: 0, length: 0, data: new Uint8Array() };
const setConfiguration: Answer = { requestType: 0, request: 9, value: 1, index: 0, length: 0, data: new Uint8Array() };
const [usbmon] = FORMATS.slice(1) as [(typeof FORMATS)[number]];

it('calls a device by the address it was given, and knows the configuration it was put in', () => {
  const half = Math.floor(answers.length / 2);
  const said = [...answers.slice(0, half), setAddress, setConfiguration];
  const [dump] = recognise(usbmon.write(said), 'capture');
  expect(dump).toMatchObject({ location: { bus: 1, address: 9 } });
});

it('takes the longest answer to a request, and says when even that was cut short', () => {
  const [first] = answers as [Answer];
  const configuration = answers.find(({ value, length }) => value === 0x0200 && length > 9) as Answer;
  const cut = { ...configuration, length: 32, data: configuration.data?.subarray(0, 32) };
  const [dump] = recognise(usbmon.write([first, cut]), 'capture');
  expect(dump?.notes).toEqual([
    expect.stringMatching(/^Of configuration index 0 only 32 of \d+ bytes were transferred/),
  ]);
});

it('shows the configuration of a device that was plugged in before the capture began', () => {
  const later = answers.filter(({ value }) => value !== 0x0100);
  const [dump, ...others] = recognise(usbmon.write(later), 'capture');
  expect(others).toEqual([]);
  expect(dump?.descriptors.bytes).toEqual(device.descriptors.bytes.subarray(18));
  expect(dump?.notes).toEqual(['The device descriptor did not go by: capture before the device is plugged in.']);
  const subject = readSubject(dump as NonNullable<typeof dump>);
  expect(judge(subject)).toMatchObject({ answer: 'drivable' });
  expect(diagnose(subject)).toEqual([]);
});

it('says of usbmon text that it shows 32 bytes of each transfer', () => {
  const [dump] = recognise(Buffer.from(usbmonText(answers)), 'text');
  expect(dump?.descriptors.bytes.subarray(0, 18)).toEqual(device.descriptors.bytes.subarray(0, 18));
  expect(dump?.notes.at(-1)).toContain('shows 32 bytes');
  const subject = readSubject(dump as NonNullable<typeof dump>);
  expect(judge(subject).answer).toBe('unknown');
  expect(diagnose(subject)).toEqual([]);
});

it('is no form we know when it is of something else than USB', () => {
  const ethernet = Buffer.from(usbmon.write(answers));
  ethernet.writeUInt32LE(1, 20);
  expect(recognise(ethernet, 'capture')).toEqual([]);
});
