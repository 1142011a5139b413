// captures.ts — answers of a device in, captures of them out, in every format we read.

import type { Answer } from '../../../tools/model/usb/answers.ts';

export interface Format {
  readonly name: string;
  readonly write: (answers: readonly Answer[]) => Uint8Array;
}

const setupOf = ({ requestType, request, value, index, length }: Answer) => {
  const setup = Buffer.alloc(8);
  setup.writeUInt8(requestType, 0);
  setup.writeUInt8(request, 1);
  setup.writeUInt16LE(value, 2);
  setup.writeUInt16LE(index, 4);
  setup.writeUInt16LE(length, 6);
  return setup;
};

/** Two packets for each answer, as `packet` writes them. */
type PacketWriter = (answer: Answer, id: number) => readonly Buffer[];

const usbmon =
  (header: 48 | 64, bigEndian = false): PacketWriter =>
  (answer, id) =>
    ['S', 'C'].map((event) => {
      const payload = event === 'C' ? Buffer.from(answer.data ?? []) : Buffer.alloc(0);
      const packet = Buffer.alloc(header);
      if (bigEndian) packet.writeBigUInt64BE(BigInt(id), 0);
      else packet.writeBigUInt64LE(BigInt(id), 0);
      packet.write(event, 8, 'latin1');
      packet[9] = 2;
      packet[11] = 7;
      packet.writeUInt16LE(1, 12);
      if (bigEndian) packet.writeUInt16BE(1, 12);
      packet[14] = event === 'S' ? 0 : 0x2d;
      const status = event === 'C' && !answer.data ? -32 : 0;
      if (bigEndian) packet.writeInt32BE(status, 28);
      else packet.writeInt32LE(status, 28);
      if (bigEndian) packet.writeUInt32BE(payload.length, 36);
      else packet.writeUInt32LE(payload.length, 36);
      if (event === 'S') setupOf(answer).copy(packet, 40);
      return Buffer.concat([packet, payload]);
    });

const usbpcap: PacketWriter = (answer, id) =>
  [setupOf(answer), Buffer.from(answer.data ?? [])].map((payload, stage) => {
    const packet = Buffer.alloc(28);
    packet.writeUInt16LE(28, 0);
    packet.writeBigUInt64LE(BigInt(id), 2);
    packet.writeUInt32LE(stage === 1 && !answer.data ? 0xc0000004 : 0, 10);
    packet[16] = stage;
    packet.writeUInt16LE(1, 17);
    packet.writeUInt16LE(7, 19);
    packet[22] = 2;
    packet.writeUInt32LE(payload.length, 23);
    return Buffer.concat([packet, payload]);
  });

const darwin: PacketWriter = (answer, id) =>
  [setupOf(answer), Buffer.from(answer.data ?? [])].map((payload, type) => {
    const packet = Buffer.alloc(32);
    packet.writeUInt16LE(0x0100, 0);
    packet[2] = 32;
    packet[3] = type;
    packet.writeUInt32LE(type === 1 && !answer.data ? 0xe000404f : 0, 8);
    packet.writeBigUInt64LE(BigInt(id), 16);
    packet.writeUInt32LE(0x01100000, 24);
    packet[29] = 7;
    return Buffer.concat([packet, payload]);
  });

/** What a bus analyser sees: tokens, data and handshakes; 64 bytes of data in a packet. */
const wire: PacketWriter = (answer) => {
  const token = (pid: number) => Buffer.from([pid, 7, 0]);
  const data = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0xc3]), bytes, Buffer.from([0, 0])]);
  const ack = Buffer.from([0xd2]);
  const begin = [token(0x2d), data(setupOf(answer)), ack];
  const payload = answer.data;
  if (!payload) return [...begin, token(0x69), Buffer.from([0x1e])];
  const count = Math.floor(payload.length / 64) + 1;
  const chunks = Array.from({ length: count }, (_, index) => payload.subarray(index * 64, index * 64 + 64));
  return [
    ...begin,
    ...chunks.flatMap((chunk) => [token(0x69), data(chunk), ack]),
    token(0xe1),
    data(Buffer.alloc(0)),
    ack,
  ];
};

/** The same of a full-speed device behind a high-speed hub: everything is said by a start split and confirmed by a complete split. */
const splitWire: PacketWriter = (answer) => {
  const split = (isComplete: boolean) => Buffer.from([0x78, isComplete ? 0x8c : 0x0c, 0x82, 0]);
  const token = (pid: number) => Buffer.from([pid, 7, 0]);
  const data = (bytes: Uint8Array) => Buffer.concat([Buffer.from([0xc3]), bytes, Buffer.from([0, 0])]);
  const ack = Buffer.from([0xd2]);
  const nyet = Buffer.from([0x96]);
  const send = (pid: number, bytes: Uint8Array) => [
    ...[split(false), token(pid), data(bytes), ack],
    ...[split(true), token(pid), nyet],
    ...[split(true), token(pid), ack],
  ];
  const receive = (result: Buffer) => [split(false), token(0x69), ack, split(true), token(0x69), result];
  const begin = send(0x2d, setupOf(answer));
  const payload = answer.data;
  if (!payload) return [...begin, ...receive(Buffer.from([0x1e]))];
  const count = Math.floor(payload.length / 8) + 1;
  const chunks = Array.from({ length: count }, (_, index) => payload.subarray(index * 8, index * 8 + 8));
  return [...begin, ...chunks.flatMap((chunk) => receive(data(chunk))), ...send(0xe1, Buffer.alloc(0))];
};

const packets = (answers: readonly Answer[], write: PacketWriter) =>
  answers.flatMap((answer, index) => [...write(answer, index + 1)]);

function pcap(linkType: number, write: PacketWriter, bigEndian = false): Format['write'] {
  return (answers) => {
    const word = (value: number) => {
      const bytes = Buffer.alloc(4);
      if (bigEndian) bytes.writeUInt32BE(value);
      else bytes.writeUInt32LE(value);
      return bytes;
    };
    const version = bigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0];
    const header = [word(0xa1b2c3d4), Buffer.from(version), Buffer.alloc(8), word(262_144), word(linkType)];
    const records = packets(answers, write).flatMap((packet) => [
      word(0),
      word(0),
      word(packet.length),
      word(packet.length),
      packet,
    ]);
    return Buffer.concat([...header, ...records]);
  };
}

function pcapng(linkType: number, write: PacketWriter): Format['write'] {
  return (answers) => {
    const block = (type: number, body: Buffer) => {
      const padded = Buffer.concat([body, Buffer.alloc((4 - (body.length % 4)) % 4)]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32LE(type, 0);
      frame.writeUInt32LE(padded.length + 12, 4);
      return Buffer.concat([frame, padded, frame.subarray(4)]);
    };
    const section = Buffer.alloc(16, 0xff);
    section.writeUInt32LE(0x1a2b3c4d, 0);
    section.writeUInt32LE(1, 4);
    const link = Buffer.alloc(8);
    link.writeUInt16LE(linkType, 0);
    const enhanced = packets(answers, write).map((packet) => {
      const head = Buffer.alloc(20);
      head.writeUInt32LE(packet.length, 12);
      head.writeUInt32LE(packet.length, 16);
      return block(6, Buffer.concat([head, packet]));
    });
    return Buffer.concat([block(0x0a0d0d0a, section), block(1, link), ...enhanced]);
  };
}

export const FORMATS: readonly Format[] = [
  { name: 'usbmon, 48-byte headers (189) in pcap', write: pcap(189, usbmon(48)) },
  { name: 'usbmon, 64-byte headers (220) in pcap', write: pcap(220, usbmon(64)) },
  { name: 'usbmon of a big-endian machine (220) in pcap', write: pcap(220, usbmon(64, true), true) },
  { name: 'usbmon, 64-byte headers (220) in pcapng', write: pcapng(220, usbmon(64)) },
  { name: 'USBPcap (249) in pcap', write: pcap(249, usbpcap) },
  { name: 'USBPcap (249) in pcapng', write: pcapng(249, usbpcap) },
  { name: 'Darwin (266) in pcapng', write: pcapng(266, darwin) },
  { name: 'packets on the wire (288) in pcap', write: pcap(288, wire) },
  { name: 'split transactions on the wire (294) in pcap', write: pcap(294, splitWire) },
];

/** The lines of usbmon's text interface, which shows 32 bytes of a transfer. */
export const usbmonText = (answers: readonly Answer[]) =>
  answers
    .map((answer, index) => {
      const tag = (0xffff9000 + index).toString(16);
      const fields = [answer.value, answer.index, answer.length]
        .map((value) => value.toString(16).padStart(4, '0'))
        .join(' ');
      const setup = [answer.requestType, answer.request].map((value) => value.toString(16).padStart(2, '0')).join(' ');
      const shown = Buffer.from(answer.data ?? [])
        .subarray(0, 32)
        .toString('hex')
        .replace(/(.{8})(?=.)/g, '$1 ');
      const result = answer.data ? `0 ${answer.data.length} = ${shown}` : '-32 0';
      return `${tag} 100 S Ci:1:007:0 s ${setup} ${fields} ${answer.length} <\n${tag} 101 C Ci:1:007:0 ${result}`;
    })
    .join('\n');
