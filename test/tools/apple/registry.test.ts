import { describe, expect, it } from 'vitest';
import { dextServices, parseRegistry, walk } from '../../../tools/model/apple/registry.ts';
import { parseRegistryText } from '../../../tools/model/apple/registry-text.ts';
import { UserError } from '../../../tools/model/user-error.ts';
import { capture } from '../../support/captures.ts';

describe('ioreg -a', () => {
  it('tells which dext serves what', () => {
    const services = dextServices(parseRegistry(capture('ioreg/ioreg-a-dext-usb-serial.plist')));
    expect(services).toEqual([
      {
        name: 'AppleUSBSLCOM',
        className: 'IOUserSerial',
        userClass: 'AppleUSBSLCOM',
        serverName: 'com.apple.driverkit.AppleUSBSLCOM',
        bundleId: 'com.apple.DriverKit-AppleUSBSLCOM',
        providerClass: 'IOUSBHostInterface',
        cdhash: '22f46d43db2d7218c847e6697391d7b7ca44d90e',
        busy: false,
        interfaces: [],
      },
    ]);
  });

  it('prints nothing when nothing matches, which is an answer', () => {
    expect(parseRegistry('')).toEqual([]);
    expect(parseRegistry('\n')).toEqual([]);
  });

  it('says so when it gets something else', () => {
    expect(() => parseRegistry('<plist><array>')).toThrow(UserError);
  });
});

describe('ioreg for people', () => {
  it('finds the OS interface below a driver in a pasted tree', () => {
    const entries = parseRegistryText(capture('ioreg/usb-nic-apple-ecm.txt'));
    expect(entries.map(({ name }) => name)).toEqual([
      'USB2 Hub@02100000',
      'Baiwang@00100000',
      'USB 2.0 BILLBOARD@01100000',
    ]);
    const ecm = [...walk(entries)].find(({ name }) => name === 'AppleUserECM');
    expect(ecm).toMatchObject({ className: 'IOUserNetworkEthernet', id: 0x1000ecab0 });
    expect([...walk(ecm ? [ecm] : [])].at(-1)?.properties['BSD Name']).toBe('en11');
  });

  it.each([
    ['usb-nic-third-party-dext-m3', ['SMSC95xxDriver IOUserService', 'IOUSBHostInterface@0 IOUSBHostInterface']],
    ['networking-driverkit-sample-line', ['NetworkingDriverKitSample IOUserNetworkEthernet']],
    ['usb-nic-third-party-dext-m5-tree', []],
  ])('reads the services of %s', (name, services) => {
    const entries = [...walk(parseRegistryText(capture(`ioreg/${name}.txt`)))];
    expect(entries.map((entry) => `${entry.name} ${entry.className}`)).toEqual(services);
  });

  it('reads the class of a dext from its properties', () => {
    const [service] = dextServices(parseRegistryText(capture('ioreg/usb-nic-third-party-dext-m3.txt')));
    expect(service).toMatchObject({ userClass: 'SMSC95xxDriver', className: 'IOUserService' });
  });
});
