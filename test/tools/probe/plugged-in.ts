// plugged-in.ts — a dump in; a device for umockdev out, as if it were plugged into this machine: what the system shows of it and
// a usbmon capture of what it answers.

import type { ControlPipe } from '../../../tools/adapters/usb/control-pipe.ts';
import { askAll, type Requests } from '../../../tools/adapters/usb/read-live.ts';
import type { Answer } from '../../../tools/model/usb/answers.ts';
import type { Dump } from '../../../tools/model/usb/dump.ts';
import { TYPE } from '../../../tools/model/usb/layouts/standard.ts';
import { numberIn } from '../../../tools/model/usb/node.ts';
import { readTree } from '../../../tools/model/usb/tree.ts';

/** Linux' f_ncm answers this to GET_NTB_PARAMETERS: 16 KiB blocks of both forms. */
export const NTB_ANSWER = Uint8Array.from([
  28, 0, 3, 0, 0, 64, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 64, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0,
]);

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase();

/** The device description umockdev loads: port 1-1 of bus 1, address 2. */
export function umockdevDescription({ descriptors, strings, speed }: Dump): string {
  const { device } = readTree(descriptors.bytes);
  const text = (field: string) => strings.get(device ? numberIn(device, field) : 0) ?? '';
  const megabits = { low: '1.5', full: '12', high: '480', super: '5000', 'super-plus': '10000' }[speed ?? 'high'];
  return [
    'P: /devices/pci0000:00/0000:00:14.0/usb1/1-1',
    `N: bus/usb/001/002=${hex(descriptors.bytes)}`,
    ...[
      'BUSNUM=001',
      'DEVNAME=/dev/bus/usb/001/002',
      'DEVNUM=002',
      'DEVTYPE=usb_device',
      'MAJOR=189',
      'MINOR=1',
      'SUBSYSTEM=usb',
    ].map((line) => `E: ${line}`),
    `A: bConfigurationValue=1\\n`,
    'A: busnum=1\\n',
    'A: devnum=2\\n',
    'A: dev=189:1\\n',
    `A: manufacturer=${text('iManufacturer')}`,
    `A: product=${text('iProduct')}`,
    `A: serial=${text('iSerial')}`,
    `A: speed=${megabits}`,
    `H: descriptors=${hex(descriptors.bytes)}`,
    '',
    '',
  ].join('\n');
}

/** Answers as the device of this dump gives them. */
function pipeOf(dump: Dump): ControlPipe {
  const { nodes, configurations } = readTree(dump.descriptors.bytes);
  const stringBytes = (text: string) => {
    const utf16 = Buffer.from(text, 'utf16le');
    return Uint8Array.from([utf16.length + 2, TYPE.string, ...utf16]);
  };
  const descriptor = (type: number, index: number): Uint8Array | undefined => {
    if (type === TYPE.device) return nodes[0]?.bytes;
    const configuration = configurations[index];
    const start = configuration?.node.offset ?? 0;
    if (type === TYPE.configuration && configuration)
      return dump.descriptors.bytes.slice(start, start + configuration.length);
    if (type === TYPE.bos) return dump.bos?.bytes;
    if (type === TYPE.qualifier) return dump.qualifier?.bytes;
    if (type !== TYPE.string) return undefined;
    const text = dump.strings.get(index);
    return index === 0 ? Uint8Array.from([4, TYPE.string, 9, 4]) : text === undefined ? undefined : stringBytes(text);
  };
  return {
    read: async (requestType, request, value, _, length) => {
      if (requestType === 0x80 && request === 6) return descriptor(value >> 8, value & 0xff)?.slice(0, length);
      if (requestType === 0xc0) return dump.msOs20?.bytes.slice(0, length);
      return requestType === 0xa1 && request === 0x80 ? NTB_ANSWER : undefined;
    },
    close: async () => undefined,
  };
}

/** What the device of this dump says to everything the probe asks. */
export const answersOf = (dump: Dump, requests: Requests): Promise<Answer[]> => askAll(pipeOf(dump), dump, requests);

/** What goes over the wire when the probe asks a device everything; umockdev replays it in the same order. */
export async function usbmonCapture(dump: Dump, requests: Requests): Promise<Uint8Array> {
  const answers = await answersOf(dump, requests);
  const packets = answers.flatMap((answer, index) => [packet('S', index + 1, answer), packet('C', index + 1, answer)]);
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(220, 20);
  return Buffer.concat([header, ...packets]);
}

const BROKEN_PIPE = -32;

/** Record header and usbmon header (Linux, Documentation/usb/usbmon.rst), then what came back. */
function packet(event: 'S' | 'C', id: number, { requestType, request, value, index, length, data }: Answer): Buffer {
  const payload = event === 'C' ? Buffer.from(data ?? []) : Buffer.alloc(0);
  const record = Buffer.alloc(16 + 64);
  record.writeUInt32LE(64 + payload.length, 8);
  record.writeUInt32LE(64 + payload.length, 12);
  const usbmon = record.subarray(16);
  usbmon.writeBigUInt64LE(BigInt(id), 0);
  usbmon.write(event, 8, 'latin1');
  usbmon[9] = 2;
  usbmon[10] = requestType & 0x80;
  usbmon[11] = 2;
  usbmon.writeUInt16LE(1, 12);
  usbmon[14] = event === 'S' ? 0 : 0x2d;
  usbmon[15] = event === 'S' ? 0x3c : 0;
  usbmon.writeInt32LE(event === 'S' ? -115 : data ? 0 : BROKEN_PIPE, 28);
  usbmon.writeUInt32LE(event === 'S' ? length : payload.length, 32);
  usbmon.writeUInt32LE(payload.length, 36);
  if (event === 'S') {
    usbmon[40] = requestType;
    usbmon[41] = request;
    usbmon.writeUInt16LE(value, 42);
    usbmon.writeUInt16LE(index, 44);
    usbmon.writeUInt16LE(length, 46);
  }
  return Buffer.concat([record, payload]);
}
