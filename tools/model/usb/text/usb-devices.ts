// usb-devices.ts — what `usb-devices` prints, and /sys/kernel/debug/usb/devices, in; dumps out. Kernel mails quote it.
//
//   T:  Bus=01 Lev=01 Prnt=01 Port=00 Cnt=01 Dev#=  6 Spd=480  MxCh= 0          Linux, Documentation/driver-api/usb/usb.rst
//   D:  Ver= 2.00 Cls=00(>ifc ) Sub=00 Prot=00 MxPS=64 #Cfgs=  1
//   P:  Vendor=1782 ProdID=4055 Rev=04.04
//   S:  Product=Unisoc Phone
//   C:* #Ifs=14 Cfg#= 1 Atr=c0 MxPwr=500mA
//   I:* If#= 0 Alt= 0 #EPs= 1 Cls=02(commc) Sub=0d Prot=00 Driver=cdc_ncm
//   E:  Ad=82(I) Atr=03(Int.) MxPS=  16 Ivl=32ms

import type { Binding, Dump, Lack } from '../dump.ts';
import { partialDescriptors, type Told, versionNumber } from './partial.ts';
import { readSpeed } from './speed.ts';

export const isUsbDevices = (text: string) =>
  /^[>\s]*T: {2}Bus=/m.test(text) && /^[>\s]*P: {2}Vendor=[0-9a-f]{4} ProdID=/im.test(text);

const LACKS: ReadonlySet<Lack> = new Set(['class-specific', 'companions', 'rest']);

export function parseUsbDevices(text: string, name: string): Dump[] {
  const plain = text.replace(/\r/g, '').replace(/^[>\s]+/gm, '');
  return plain
    .split(/^(?=T: {2}Bus=)/m)
    .filter((block) => /^P: {2}Vendor=/m.test(block))
    .map((block) => toDump(block, name));
}

const decimal = (line: string, key: string) => numberAfter(line, key, 10);
const hex = (line: string, key: string) => numberAfter(line, key, 16);

function numberAfter(line: string, key: string, radix: number): number | undefined {
  const digits = new RegExp(`(?:^|\\s)${key}= *([0-9a-f]+)`, 'i').exec(line)?.[1];
  const value = digits === undefined ? Number.NaN : Number.parseInt(digits, radix);
  return Number.isNaN(value) ? undefined : value;
}

function toDump(block: string, name: string): Dump {
  const lines = block.split('\n');
  const first = (letter: string) => lines.find((line) => line.startsWith(`${letter}:`)) ?? '';
  const [topology, device, product] = [first('T'), first('D'), first('P')];
  const strings = new Map<number, string>();
  for (const [, key, text] of block.matchAll(/^S: {2}(Manufacturer|Product|SerialNumber)=(.*)$/gm))
    strings.set(['', 'Manufacturer', 'Product', 'SerialNumber'].indexOf(key ?? ''), (text ?? '').trim());
  const told = {
    bcdUSB: versionNumber(/Ver= *(\S+)/.exec(device)?.[1]),
    bDeviceClass: hex(device, 'Cls'),
    bDeviceSubClass: hex(device, 'Sub'),
    bDeviceProtocol: hex(device, 'Prot'),
    bMaxPacketSize0: decimal(device, 'MxPS'),
    idVendor: hex(product, 'Vendor'),
    idProduct: hex(product, 'ProdID'),
    bcdDevice: versionNumber(/Rev= *(\S+)/.exec(product)?.[1]),
    iManufacturer: strings.has(1) ? 1 : 0,
    iProduct: strings.has(2) ? 2 : 0,
    iSerial: strings.has(3) ? 3 : 0,
    bNumConfigurations: decimal(device, '#Cfgs'),
  };
  const speed = readSpeed(/Spd= *(\S+)/.exec(topology)?.[1]);
  const active = lines.find((line) => line.startsWith('C:*')) ?? first('C');
  const [bus, address, value] = [decimal(topology, 'Bus'), decimal(topology, 'Dev#'), decimal(active, 'Cfg#')];
  return {
    form: 'usb-devices text',
    name,
    descriptors: partialDescriptors(told, configurations(lines, (told.bcdUSB ?? 0) >= 0x0300)),
    strings,
    unreadableStrings: new Set(),
    ...(speed && { speed }),
    ...(bus !== undefined && address !== undefined && { location: { bus, address } }),
    ...(value !== undefined && { activeConfiguration: value }),
    bindings: lines.flatMap(bindingOf),
    system: 'linux',
    lacks: LACKS,
    notes: ['usb-devices prints no class-specific descriptor: MAC addresses and frame sizes are unknown.'],
  };
}

function configurations(lines: readonly string[], usb3: boolean) {
  const found: { told: Told; interfaces: { told: Told; endpoints: Told[] }[] }[] = [];
  for (const line of lines) {
    const interfaces = found.at(-1)?.interfaces;
    if (line.startsWith('C:')) found.push({ told: configurationFields(line, usb3), interfaces: [] });
    else if (line.startsWith('I:')) interfaces?.push({ told: interfaceFields(line), endpoints: [] });
    else if (line.startsWith('E:')) interfaces?.at(-1)?.endpoints.push(endpointFields(line));
  }
  return found;
}

const configurationFields = (line: string, usb3: boolean): Told => {
  const power = decimal(line, 'MxPwr');
  return {
    bNumInterfaces: decimal(line, '#Ifs'),
    bConfigurationValue: decimal(line, 'Cfg#'),
    bmAttributes: hex(line, 'Atr'),
    bMaxPower: power === undefined ? undefined : Math.min(255, Math.floor(power / (usb3 && power % 8 === 0 ? 8 : 2))),
  };
};

const interfaceFields = (line: string): Told => ({
  bInterfaceNumber: decimal(line, 'If#'),
  bAlternateSetting: decimal(line, 'Alt'),
  bNumEndpoints: decimal(line, '#EPs'),
  bInterfaceClass: hex(line, 'Cls'),
  bInterfaceSubClass: hex(line, 'Sub'),
  bInterfaceProtocol: hex(line, 'Prot'),
});

/** The interval is printed in milliseconds: what bInterval says depends on the speed, so it stays unknown. */
const endpointFields = (line: string): Told => ({
  bEndpointAddress: hex(line, 'Ad'),
  bmAttributes: hex(line, 'Atr'),
  wMaxPacketSize: decimal(line, 'MxPS'),
});

function bindingOf(line: string): Binding[] {
  const number = line.startsWith('I:') ? decimal(line, 'If#') : undefined;
  const driver = /Driver=(\S+)/.exec(line)?.[1];
  return number !== undefined && driver && driver !== '(none)' ? [{ interface: number, driver }] : [];
}
