import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/usb/diagnose.ts';
import { judge } from '../../../tools/checks/usb/verdict.ts';
import { readIdentity } from '../../../tools/model/usb/identity.ts';
import { readSubject } from '../../../tools/model/usb/subject.ts';
import { fixtureBytes, fixtureDump } from './fixtures.ts';
import { read } from './read-form.ts';

const _bytes = fixtureBytes('gadgets/ncm2-high.descriptors.bin');

const hex = Buffer.from(fixtureBytes('gadgets/ncm2-high.descriptors.bin')).toString('hex');

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
