// blocks.ts — what a capture file in the pcapng format is made of: names in, bytes of blocks out.
//
// draft-ietf-opsawg-pcapng, section 3.1: {u32 type, u32 length, body padded to 4, u32 length}; options {u16 code, u16 length,
// value padded to 4}, ended by code 0. In the byte order of the section header, little endian here.

import { joinBytes } from '../usb/bytes.ts';

export const BLOCK = {
  section: 0x0a0d0d0a,
  interface: 1,
  oldPacket: 2,
  simplePacket: 3,
  statistics: 5,
  packet: 6,
} as const;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINK_TYPE_ETHERNET = 1;

// Section 4.2, 4.3 and 4.6: options of interfaces, packets and statistics; 4.1: of the section.
const OPTION = {
  end: 0,
  comment: 1,
  application: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  mac: 6,
  speed: 8,
  resolution: 9,
  packetFlags: 2,
  dropCount: 4,
  received: 4,
  dropped: 5,
} as const;

const NANOSECONDS = 9; // a power of ten

/** 4.3.1: bits 0 and 1 of epb_flags. */
const DIRECTION = { receive: 1, transmit: 2 } as const;

export interface InterfaceDescription {
  readonly name: string;
  readonly description: string;
  readonly mac: string;
  readonly bitsPerSecond: number;
  /** 0: whole frames. */
  readonly snapLength: number;
}

export interface Packet {
  /** Index of an interface description in this section. */
  readonly interface: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
  readonly direction: keyof typeof DIRECTION;
  /** Bytes of the frame on the wire. */
  readonly length: number;
  readonly bytes: Uint8Array;
  /** Frames lost between this packet and the one before of the same interface. */
  readonly lost: number;
}

/** The first block of a file; interfaces and packets follow. */
export const sectionHeader = (application: string): Uint8Array =>
  block(BLOCK.section, [
    u32(BYTE_ORDER_MAGIC),
    u16(1),
    u16(0),
    u64(0xffffffffffffffffn),
    ...options([text(OPTION.application, application)]),
  ]);

export const interfaceDescription = (one: InterfaceDescription): Uint8Array =>
  block(BLOCK.interface, [
    u16(LINK_TYPE_ETHERNET),
    u16(0),
    u32(one.snapLength),
    ...options([
      text(OPTION.interfaceName, one.name),
      text(OPTION.interfaceDescription, one.description),
      [OPTION.mac, Uint8Array.from(one.mac.split(':'), (byte) => Number.parseInt(byte, 16))],
      ...(one.bitsPerSecond > 0 ? [[OPTION.speed, u64(BigInt(one.bitsPerSecond))] as const] : []),
      [OPTION.resolution, Uint8Array.of(NANOSECONDS)],
    ]),
  ]);

/** One block in one piece: there are a hundred thousand of them, and each may be all a slow reader gets done. */
export function enhancedPacket({ bytes, length, time, lost, ...packet }: Packet): Uint8Array {
  const body = Math.ceil(bytes.length / 4) * 4;
  const size = 28 + body + 8 + (lost > 0 ? 12 : 0) + 4 + 4;
  const block = new Uint8Array(size);
  const view = new DataView(block.buffer);
  const head = [
    BLOCK.packet,
    size,
    packet.interface,
    Number(time >> 32n),
    Number(time & 0xffffffffn),
    bytes.length,
    length,
  ];
  for (const [index, value] of head.entries()) view.setUint32(index * 4, value, true);
  block.set(bytes, 28);
  const end = 28 + body;
  view.setUint32(end, OPTION.packetFlags | (4 << 16), true);
  view.setUint32(end + 4, DIRECTION[packet.direction], true);
  if (lost > 0) {
    view.setUint32(end + 8, OPTION.dropCount | (8 << 16), true);
    view.setBigUint64(end + 12, BigInt(lost), true);
  }
  view.setUint32(size - 4, size, true); // before it the end of options, which is all zero
  return block;
}

export interface InterfaceStatistics {
  readonly interface: number;
  readonly time: bigint;
  readonly received: number;
  readonly lost: number;
}

export const interfaceStatistics = (one: InterfaceStatistics): Uint8Array =>
  block(BLOCK.statistics, [
    u32(one.interface),
    ...timestamp(one.time),
    ...options([
      [OPTION.received, u64(BigInt(one.received))],
      [OPTION.dropped, u64(BigInt(one.lost))],
    ]),
  ]);

function block(type: number, body: readonly Uint8Array[]): Uint8Array {
  const length = u32(12 + body.reduce((sum, part) => sum + part.length, 0));
  return joinBytes([u32(type), length, ...body, length]);
}

type Option = readonly [code: number, value: Uint8Array];

const options = (list: readonly Option[]): Uint8Array[] =>
  [...list, [OPTION.end, new Uint8Array()] as const].flatMap(([code, value]) => [
    u16(code),
    u16(value.length),
    padded(value),
  ]);

const text = (code: number, value: string): Option => [code, new TextEncoder().encode(value)];

function padded(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  whole.set(bytes);
  return whole;
}

/** The upper half comes first, whatever the byte order (4.3). */
const timestamp = (time: bigint) => [u32(Number(time >> 32n)), u32(Number(time & 0xffffffffn))];

function u16(value: number): Uint8Array {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, true);
  return bytes;
}

function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
