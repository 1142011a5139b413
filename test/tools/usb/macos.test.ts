import { describe, expect, it } from 'vitest';
import { predict } from '../../../tools/checks/usb/macos/predict.ts';
import { type MatchKeys, matchScore, type UsbProperties } from '../../../tools/checks/usb/macos/score.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureDump } from './fixtures.ts';

const ncm: UsbProperties = {
  provider: 'interface',
  idVendor: 0x0bda,
  idProduct: 0x8156,
  bcdDevice: 0x3104,
  class: 0x02,
  subclass: 0x0d,
  protocol: 0,
  bInterfaceNumber: 0,
  bConfigurationValue: 2,
};
const vendor: UsbProperties = { ...ncm, class: 0xff, subclass: 0xff };
const ids = { idVendor: 0x0bda, idProduct: 0x8156 };
const device: UsbProperties = { ...ids, provider: 'device', bcdDevice: 0x3104, class: 0, subclass: 0, protocol: 0 };
const place = { bInterfaceNumber: 0, bConfigurationValue: 2 };

describe('what Apple brings along', () => {
  const driverOfDevice = (name: string) =>
    predict(readSubject(fixtureDump(name)))?.matches.find(({ provider }) => provider === 'device')?.driver;

  it('configures a device with a communications interface by a driver of its own, but not for NCM', () => {
    expect(driverOfDevice('gadgets/ecm1-high.descriptors.bin')).toBe('AppleUSBCDCCompositeDevice');
    expect(driverOfDevice('gadgets/acm2-high.descriptors.bin')).toBe('AppleUSBCDCCompositeDevice');
    expect(driverOfDevice('gadgets/ncm2-high.descriptors.bin')).toBe('AppleUSBHostCompositeDevice');
  });
});

describe('the score of a personality', () => {
  it.each<[string, Omit<MatchKeys, 'provider'>, UsbProperties, number]>([
    ['every id and the version', { ...ids, ...place, bcdDevice: 0x3104 }, ncm, 100_000],
    ['ids and place', { ...ids, ...place }, ncm, 90_000],
    ['ids and place, and class keys that fit', { ...ids, ...place, class: 2, subclass: 13 }, ncm, 90_000],
    ['ids and place, and a class key that does not', { ...ids, ...place, class: 3 }, ncm, 0],
    ['ids without a place: the classic mistake', { ...ids, class: 2, subclass: 13 }, ncm, 0],
    ['ids alone on an interface', ids, ncm, 0],
    ['vendor and class of a vendor interface', { idVendor: 0x0bda, subclass: 0xff, protocol: 0 }, vendor, 80_000],
    ['vendor and subclass of a vendor interface', { idVendor: 0x0bda, subclass: 0xff }, vendor, 70_000],
    ['vendor and class of a standard interface', { idVendor: 0x0bda, subclass: 13, protocol: 0 }, ncm, 0],
    ['the class triple', { class: 2, subclass: 13, protocol: 0 }, ncm, 60_000],
    ['class and subclass', { class: 2, subclass: 13 }, ncm, 50_000],
    ['class and subclass of a vendor interface', { class: 0xff, subclass: 0xff }, vendor, 0],
    ['the class triple and a vendor', { class: 2, subclass: 13, protocol: 0, idVendor: 0x0bda }, ncm, 0],
    ['a wildcard', { idVendor: '*', idProduct: 0x8156, ...place }, ncm, 89_000],
    ['a mask', { idVendor: 0x0bda, idProduct: 0x8150, idProductMask: 0xfff0, ...place }, ncm, 89_500],
    ['an array of products', { idVendor: 0x0bda, idProductArray: [0x8153, 0x8156], ...place }, ncm, 90_000],
    ['a small probe score', { class: 2, subclass: 13, IOProbeScore: 500 }, ncm, 50_500],
    ['a probe score that is too large', { class: 2, subclass: 13, IOProbeScore: 30_000 }, ncm, 59_000],
  ])('with %s is as QA1076 says', (_, keys, properties, score) => {
    expect(matchScore({ ...keys, provider: 'interface' }, properties).score).toBe(score);
  });

  it('on a device needs only the ids, and there no interface keys', () => {
    expect(matchScore({ ...ids, provider: 'device' }, device).score).toBe(90_000);
    expect(matchScore({ ...ids, bcdDevice: 0x3104, provider: 'device' }, device).score).toBe(100_000);
    expect(matchScore({ ...ids, ...place, provider: 'device' }, device).score).toBe(0);
    expect(matchScore({ ...ids, provider: 'interface' }, device).score).toBe(0);
  });
});

const predicted = (name: string) => {
  const prediction = predict(readSubject(fixtureDump(name)));
  if (!prediction) throw new Error(`${name} has nothing to predict`);
  const active = prediction.matches.filter(({ configuration: value }) => value === prediction.configuration.value);
  return {
    value: prediction.configuration.value,
    certainty: prediction.configuration.certainty,
    drivers: active.map(({ driver }) => driver),
  };
};

describe('what macOS will do', () => {
  it('with four NCM functions: its own driver takes each', () => {
    const { value, drivers } = predicted('ethernet/unisoc-lt70c-4ncm.descriptors.bin');
    expect(value).toBe(1);
    expect(drivers.slice(0, 8)).toEqual(
      Array.from({ length: 8 }, (_, index) => (index % 2 ? 'AppleUSBNCMData' : 'AppleUSBNCMControl')),
    );
    expect(drivers.slice(8)).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it('with an RTL8153: its second configuration, which is ECM', () => {
    expect(predicted('ethernet/realtek-rtl8153-ss.descriptors.bin')).toEqual({
      value: 2,
      certainty: 'likely',
      drivers: ['AppleUserECM', 'AppleUserECMData'],
    });
  });

  it('with a device of class ff: nothing, until a driver selects a configuration', () => {
    const { value } = predicted('ethernet/asix-ax88772a.descriptors.bin');
    expect(value).toBeUndefined();
  });

  it('with RNDIS: nobody takes it', () => {
    expect(predicted('ethernet/uz801-05c6-90b6-ff.ff.lsusb.txt').drivers[0]).toBeUndefined();
  });

  it('is a guess where several configurations compete by rules of 2015', () => {
    expect(predicted('gadgets/rndis-ecm-two-configs-high.lsusb.txt').certainty).toBe('guess');
  });

  it('is no prediction where the registry has the fact', () => {
    const prediction = predict(readSubject(fixtureDump('forms/ioreg-a-dext-usb-serial.plist')));
    expect(prediction?.matches).toMatchObject([{ interface: 0, driver: 'AppleUSBSLCOM', certainty: 'fact' }]);
  });
});
