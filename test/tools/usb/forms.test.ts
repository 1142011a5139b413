import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import { readIdentity } from '../../../tools/model/usb/identity.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { recognise } from '../../../tools/model/usb/text/recognise.ts';
import { binaryPlist, xmlPlist } from '../../support/signing/plist.ts';
import { fixtureBytes, fixtureDump } from './fixtures.ts';

const bytes = fixtureBytes('gadgets/ncm2-high.descriptors.bin');
const hex = Buffer.from(bytes).toString('hex');
const read = (text: string | Uint8Array) => recognise(typeof text === 'string' ? Buffer.from(text) : text, 'input');
const identities = (name: string) => recognise(fixtureBytes(name), name).map((dump) => readIdentity(readSubject(dump)));

const rows = (width: number) =>
  Array.from({ length: Math.ceil(bytes.length / width) }, (_, row) => bytes.subarray(row * width, (row + 1) * width));
const pairs = (row: Uint8Array, separator = ' ') =>
  Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(separator);
const offset = (row: number, digits: number) => (row * 16).toString(16).padStart(digits, '0');
const printable = (row: Uint8Array) =>
  Array.from(row, (byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');

const HEX_FORMS: readonly (readonly [string, string])[] = [
  ['one line', hex],
  ['capitals in lines', hex.toUpperCase().replace(/.{64}/g, '$&\n')],
  ['pairs', pairs(bytes)],
  ['pairs with colons', pairs(bytes, ':')],
  ['words with 0x', Array.from(bytes, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')],
  [
    'a C array',
    `static const uint8_t desc[] = {\n${rows(8)
      .map((row) => `  ${Array.from(row, (byte) => `0x${byte.toString(16).padStart(2, '0')}`).join(', ')}, // part`)
      .join('\n')}\n};`,
  ],
  [
    'xxd',
    rows(16)
      .map(
        (row, index) =>
          `${offset(index, 8)}: ${pairs(row, '').replace(/.{4}/g, '$& ').trim().padEnd(39)}  ${printable(row)}`,
      )
      .join('\n'),
  ],
  [
    'hexdump -C',
    `${rows(16)
      .map(
        (row, index) =>
          `${offset(index, 8)}  ${pairs(row.subarray(0, 8))}  ${pairs(row.subarray(8))}`.padEnd(60) +
          `|${printable(row)}|`,
      )
      .join('\n')}\n${bytes.length.toString(16).padStart(8, '0')}\n`,
  ],
  [
    'od -An -tx1',
    rows(16)
      .map((row) => ` ${pairs(row)}`)
      .join('\n'),
  ],
  ['base64', Buffer.from(bytes).toString('base64').replace(/.{60}/g, '$&\n')],
];

describe('hex text', () => {
  it.each(HEX_FORMS)('is read as %s', (_, text) => {
    expect(read(text).map(({ descriptors }) => Buffer.from(descriptors.bytes).toString('hex'))).toEqual([hex]);
  });

  it('is not what prose is', () => {
    expect(read('Dear maintainers, the device does not work.')).toEqual([]);
    expect(read('{ "name": "package", "version": "1" }')).toEqual([]);
  });
});

describe('system_profiler', () => {
  it('of macOS 15 and before is read', () => {
    const found = identities('forms/SPUSBDataType-cyme.json');
    expect(found.map((each) => each?.id)).toContain('05ac:1109');
    expect(found.find((each) => each?.id === '05ac:1109')).toMatchObject({ product: 'AirPods Max', version: 0x9b00 });
  });

  it('of macOS 26 is read, where the old data type is empty', () => {
    expect(identities('forms/SPUSBHostDataType-macos26.json')).toMatchObject([
      { id: '0781:55fd', product: 'SanDisk 3.2 Gen1' },
    ]);
  });

  it('says what it does not know', () => {
    expect(identities('forms/SPUSBHostDataType-usb-nic-behind-hub.json').map((each) => each?.id)).toEqual([
      '2109:????',
      '0bda:????',
    ]);
  });

  it('is read as the text people paste', () => {
    expect(identities('forms/SPUSBHostDataType-text-macos26.txt')).toMatchObject([
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

describe('lsusb text', () => {
  const text = Buffer.from(fixtureBytes('gadgets/ncm2-high.lsusb.txt')).toString();
  const same = (changed: string) =>
    expect(Buffer.from(read(changed)[0]?.descriptors.bytes ?? []).toString('hex')).toBe(hex);

  it('survives forums: no indentation, quotes, carriage returns, a table', () => {
    same(text.replace(/^ +/gm, ''));
    same(text.replace(/^/gm, '> '));
    same(text.replaceAll('\n', '\r\n'));
    same(text.replace(/^/gm, '| '));
  });

  it('survives what lsusb says on stderr in the middle of a line', () => {
    const message = "can't get debug descriptor: Resource temporarily unavailable\n";
    same(text.replace('bInterfaceNumber        1', `bInterfaceNumbe${message}${message}r        1`));
    same(text.replace('      bNumEndpoints           1', `${message}      bNumEndpoints           1`));
  });

  it('is read as PowerShell saves it', () => {
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(Buffer.from(read(utf16)[0]?.descriptors.bytes ?? []).toString('hex')).toBe(hex);
  });

  it('of old versions has decimal lengths and names classes', () => {
    same(
      text.replace(
        /wTotalLength +0x([0-9a-f]+)/g,
        (_, digits) => `wTotalLength           ${Number.parseInt(digits, 16)}`,
      ),
    );
    same(text.replace(/bDeviceClass +239 /, 'bDeviceClass          239 Miscellaneous Device'));
  });

  it('holds as many devices as it lists, with and without -v', () => {
    expect(read(text + text)).toHaveLength(2);
    const [short] = read('Bus 001 Device 002: ID 0bda:8156 Realtek Semiconductor Corp. USB 10/100/1G/2.5G LAN\n');
    expect(judge(readSubject(short as NonNullable<typeof short>)).sentence).toBe(
      'Unknown: the input has no configuration descriptor (Realtek RTL8156).',
    );
  });

  it('never lets a descriptor nobody knows overwrite the one before it', () => {
    const capability = '  Future Device Feature:\n    bLength 4\n    bDescriptorType 16\n    bDevCapabilityType 99\n';
    const [dump] = read(
      text.replace(
        'Device Qualifier',
        `Binary Object Store Descriptor:\n  bLength 5\n  bDescriptorType 15\n  wTotalLength 9\n  bNumDeviceCaps 1\n${capability}Device Qualifier`,
      ),
    );
    expect(dump?.bos?.bytes.length).toBe(9);
  });
});

describe('usb-devices text', () => {
  const mail = [
    '> T:  Bus=01 Lev=01 Prnt=01 Port=00 Cnt=01 Dev#=  6 Spd=480  MxCh= 0',
    '> D:  Ver= 2.00 Cls=00(>ifc ) Sub=00 Prot=00 MxPS=64 #Cfgs=  1',
    '> P:  Vendor=1782 ProdID=4055 Rev=04.04',
    '> S:  Product=Unisoc Phone',
    '> C:  #Ifs= 2 Cfg#= 1 Atr=c0 MxPwr=500mA',
    '> I:  If#= 0 Alt= 0 #EPs= 1 Cls=02(commc) Sub=0d Prot=00 Driver=cdc_ncm',
    '> E:  Ad=82(I) Atr=03(Int.) MxPS=  16 Ivl=32ms',
    '> I:  If#= 1 Alt= 1 #EPs= 2 Cls=0a(data ) Sub=00 Prot=01 Driver=cdc_ncm',
    '> E:  Ad=01(O) Atr=02(Bulk) MxPS= 512 Ivl=0ms',
    '> E:  Ad=81(I) Atr=02(Bulk) MxPS= 512 Ivl=0ms',
  ].join('\n');

  it('is read as kernel mails quote it, and accuses nobody of what it does not print', () => {
    const [dump] = read(mail) as [NonNullable<ReturnType<typeof read>[0]>];
    const subject = readSubject(dump);
    expect(readIdentity(subject)).toMatchObject({ id: '1782:4055', product: 'Unisoc Phone', version: 0x0404 });
    expect(judge(subject).sentence).toBe('Drivable: one NCM port.');
    expect(dump.bindings).toEqual([0, 1].map((number) => ({ interface: number, driver: 'cdc_ncm' })));
    expect(diagnose(subject).filter(({ level }) => level !== 'note')).toEqual([]);
  });
});

const cymeDevice = (version: unknown, extra: unknown) =>
  JSON.stringify([
    { devices: [{ vendor_id: 0x0bda, product_id: 0x8153, bcd_device: version, location_id: {}, extra }] },
  ]);

describe('cyme', () => {
  it.each<[version: unknown, extra: unknown, bcdDevice: number]>([
    ['1e.00', { configurations: [] }, 0x3000],
    ['34.50', { configurations: [] }, 0x5250],
    ['2.01', { configurations: [] }, 0x0201],
    ['30.00', null, 0x3000],
    ['9b.00', null, 0x9b00],
    [30, null, 0x3000],
    [4.13, null, 0x0413],
  ])('prints %s, with %j, for a bcdDevice we read as 0x%x', (version, extra, bcdDevice) => {
    const [dump] = read(cymeDevice(version, extra));
    expect(readIdentity(readSubject(dump as NonNullable<typeof dump>))?.version).toBe(bcdDevice);
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

describe('lsusb -v', () => {
  const text = Buffer.from(fixtureBytes('gadgets/ncm1-super.lsusb.txt')).toString();
  const of = (from: RegExp, to?: RegExp) => {
    const tail = text.slice(text.search(from));
    return to ? tail.slice(0, tail.search(to)) : tail;
  };
  const only = (input: string) => {
    const [dump, ...others] = read(input);
    expect(others).toEqual([]);
    return readSubject(dump as NonNullable<typeof dump>);
  };

  it('says what an excerpt that begins at an interface association holds', () => {
    const subject = only(of(/ *Interface Association:/, /Binary Object Store/));
    expect(judge(subject)).toMatchObject({ answer: 'drivable' });
    expect(diagnose(subject)).toEqual([]);
    expect(subject.dump.notes[0]).toContain('begins in the middle');
  });

  it('reads a BOS that stands alone', () => {
    const { dump } = only(of(/Binary Object Store Descriptor:/, /Device Status/));
    expect(dump.bos?.bytes).toEqual(fixtureDump('gadgets/ncm1-super.lsusb.txt').bos?.bytes);
    expect(dump.descriptors.bytes).toHaveLength(0);
  });

  it("has a disk's pipe usage in one line", () => {
    const tail = '        bMaxBurst               0\n        Command pipe (0x01)\n';
    const { dump, tree } = only(of(/Device Descriptor/, /Binary Object Store/).replace(/ *bMaxBurst +\d+\n/, tail));
    const usage = tree.nodes.find(({ bytes: each }) => each.length === 4 && each[1] === 0x24);
    expect([...(usage?.bytes ?? [])]).toEqual([4, 0x24, 1, 0]);
    expect(dump.descriptors.assumed.has((usage?.offset ?? 0) + 3)).toBe(true);
  });

  it('is short of bytes where there is a camera: lsusb leaves some out', () => {
    const short = text.replace(/wTotalLength +\S+/, 'wTotalLength       0x0200');
    expect(diagnose(only(short)).map(({ id }) => id)).toContain('CFG-TOTAL');
    const camera = short.replace(/bInterfaceClass +2 /, 'bInterfaceClass        14 ');
    expect(diagnose(only(camera)).map(({ id }) => id)).not.toContain('CFG-TOTAL');
  });
});
