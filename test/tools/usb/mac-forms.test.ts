import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import { readIdentity } from '../../../tools/model/usb/identity.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { binaryPlist, xmlPlist } from '../../support/signing/plist.ts';
import { fixtureBytes, fixtureDump } from './fixtures.ts';
import { identitiesIn, read } from './read-form.ts';

describe('system_profiler', () => {
  it('of macOS 15 and before is read', () => {
    const found = identitiesIn('forms/SPUSBDataType-cyme.json');
    expect(found.map((each) => each?.id)).toContain('05ac:1109');
    expect(found.find((each) => each?.id === '05ac:1109')).toMatchObject({ product: 'AirPods Max', version: 0x9b00 });
  });

  it('of macOS 26 is read, where the old data type is empty', () => {
    expect(identitiesIn('forms/SPUSBHostDataType-macos26.json')).toMatchObject([
      { id: '0781:55fd', product: 'SanDisk 3.2 Gen1' },
    ]);
  });

  it('says what it does not know', () => {
    expect(identitiesIn('forms/SPUSBHostDataType-usb-nic-behind-hub.json').map((each) => each?.id)).toEqual([
      '2109:????',
      '0bda:????',
    ]);
  });

  it('is read as the text people paste', () => {
    expect(identitiesIn('forms/SPUSBHostDataType-text-macos26.txt')).toMatchObject([
      { id: '1a86:7523', version: 0x8134 },
      { id: '2717:????' },
    ]);
  });

  it('knows too little for a verdict or a finding', () => {
    for (const dump of recognise(fixtureBytes('forms/SPUSBDataType-cyme.json'), '')) {
      expect(judge(readSubject(dump)).answer).toBe('unknown');
      expect(diagnose(readSubject(dump)).filter(({ level }) => level !== 'note')).toEqual([]);
    }
  });
});

describe('ioreg', () => {
  it('tells from its text who drives which interface', () => {
    const dumps = recognise(fixtureBytes('forms/usb-nic-apple-ecm.txt'), '');
    const modem = dumps.find(({ strings }) => [...strings.values()].includes('Baiwang'));
    expect(modem?.bindings).toEqual([
      { interface: 0 },
      { interface: 4, driver: 'AppleUserECM', osInterface: 'en11' },
      { interface: 5 },
    ]);
  });

  it("tells from a driver's own entry which device it holds", () => {
    const dump = fixtureDump('forms/ioreg-a-dext-usb-serial.plist');
    expect(readIdentity(readSubject(dump))?.id).toBe('10c4:ea60');
    expect(dump.bindings).toEqual([{ interface: 0, driver: 'AppleUSBSLCOM' }]);
  });

  it('knows the configuration of a device, its speed, its place and its interfaces', () => {
    const entry = (body: string) => `<dict>${body}</dict>`;
    const integer = (key: string, value: number) => `<key>${key}</key><integer>${value}</integer>`;
    const string = (key: string, value: string) => `<key>${key}</key><string>${value}</string>`;
    const control = entry(
      `${string('IOObjectClass', 'IOUSBHostInterface')}${integer('bInterfaceNumber', 0)}${integer('bInterfaceClass', 2)}${integer('bInterfaceSubClass', 13)}${integer('bInterfaceProtocol', 0)}`,
    );
    const device = entry(
      `${string('IOObjectClass', 'IOUSBHostDevice')}${string('USB Product Name', 'Q &amp; A')}${integer('idVendor', 0x0bda)}${integer('idProduct', 0x8156)}${integer('bNumConfigurations', 3)}${integer('kUSBCurrentConfiguration', 2)}${integer('USBSpeed', 4)}${integer('locationID', 0x01230000)}<key>IORegistryEntryChildren</key><array>${control}</array>`,
    );
    const [dump] = read(`<?xml version="1.0"?><plist version="1.0"><array>${device}</array></plist>`);
    expect(dump).toMatchObject({ activeConfiguration: 2, speed: 'super', location: { bus: 1, port: '1-2.3' } });
    const subject = readSubject(dump as NonNullable<typeof dump>);
    expect(readIdentity(subject)?.product).toBe('Q & A');
    expect(judge(subject).sentence).toBe(
      'Unknown: one NCM function (Realtek RTL8156), but the ioreg does not tell the pipes.',
    );
    expect(diagnose(subject)).toEqual([]);
  });
});

const TREE = `+-o iPhone@01100000  <class IOUSBHostDevice, id 0x100009fd5, registered, matched, active>
  |   "idVendor" = 1452
  |   "idProduct" = 4776
  +-o AppleUSBHostCompositeDevice  <class AppleUSBHostCompositeDevice, id 0x100009fd6, !registered>
  +-o Multiplexor@1  <class IOUSBHostInterface, id 0x100009fe0, registered>
  +-o NCM Control@2  <class IOUSBHostInterface, id 0x100009fe2, registered, matched>
  | +-o NCM11Control@01100000  <class AppleUSBNCM11Control, id 0x100009fe6, registered>
  |   +-o AppleUSBNCM11Data  <class AppleUSBNCM11Data, id 0x100009ff3, registered>
  |     +-o en13  <class IOEthernetInterface, id 0x100009ff6, registered, matched>
  |       |   "BSD Name" = "en13"`;

describe('a tree somebody pasted without most of its properties', () => {
  const [dump] = read(TREE);

  it('has the numbers of its interfaces in their names, and the driver without its place', () => {
    expect(dump?.bindings).toEqual([{ interface: 1 }, { interface: 2, driver: 'NCM11Control', osInterface: 'en13' }]);
    expect(dump?.holder).toEqual({ driver: 'AppleUSBHostCompositeDevice' });
  });

  it('accuses nobody of what was left out', () => {
    expect(diagnose(readSubject(dump as NonNullable<typeof dump>))).toEqual([]);
  });

  it('names the driver that made the OS interface, when the interfaces between are left out, too', () => {
    const [device] = read(`+-o AX88179A@02210000  <class IOUSBHostDevice, id 0x101, registered>
  |   "idVendor" = 2965
  +-o AppleUSBHostCompositeDevice  <class AppleUSBHostCompositeDevice, id 0x104, !registered>
  +-o AppleUSBNCM11Data  <class AppleUSBNCM11Data, id 0x102, registered>
    +-o en13  <class IOEthernetInterface, id 0x103, registered>
      |   "BSD Name" = "en13"`);
    expect(device?.holder).toEqual({ driver: 'AppleUSBNCM11Data', osInterface: 'en13' });
  });
});

it('reads a binary property list as the XML one', () => {
  const properties = { IOObjectClass: 'IOUSBHostDevice', idVendor: 0x0bda, idProduct: 0x8153, bcdDevice: 0x3100 };
  const [xml, binary] = [xmlPlist([properties]), binaryPlist([properties])].map((bytes) => read(bytes)[0]);
  expect(binary?.descriptors).toEqual(xml?.descriptors);
  expect(readIdentity(readSubject(binary as NonNullable<typeof binary>))?.id).toBe('0bda:8153');
  expect(read(binaryPlist([properties]).subarray(0, 60))).toEqual([]);
});
