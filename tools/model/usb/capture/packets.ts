// packets.ts — a pcap or pcapng file in, its packets out. Stops at the first block that does not fit, never throws.
//
//   pcap    24-byte header (magic says byte order), then 16-byte record headers       libpcap, pcap-savefile(5)
//   pcapng  blocks {type, length, body, length}: section, interface, packet           draft-ietf-opsawg-pcapng

import { BLOCK, BYTE_ORDER_MAGIC } from '../../pcapng/blocks.ts';

export interface Packet {
  readonly linkType: number;
  readonly data: DataView;
  /** Byte order of the capturing machine: usbmon's headers are in it. */
  readonly littleEndian: boolean;
}

export const isCapture = (data: Uint8Array) => {
  if (data.length < 24) return false;
  const magic = new DataView(data.buffer, data.byteOffset).getUint32(0);
  return [0xa1b2c3d4, 0xd4c3b2a1, 0xa1b23c4d, 0x4d3cb2a1, 0x0a0d0d0a].includes(magic);
};

export function readPackets(data: Uint8Array): Packet[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return view.getUint32(0) === BLOCK.section ? readPcapng(view) : readPcap(view);
}

const part = (view: DataView, start: number, length: number) =>
  new DataView(view.buffer, view.byteOffset + start, length);

function readPcap(view: DataView): Packet[] {
  const first = view.getUint32(0);
  const littleEndian = first === 0xd4c3b2a1 || first === 0x4d3cb2a1;
  const linkType = view.getUint32(20, littleEndian) & 0xffff;
  const packets: Packet[] = [];
  for (let at = 24; at + 16 <= view.byteLength; ) {
    const length = view.getUint32(at + 8, littleEndian);
    if (length > view.byteLength - at - 16) break;
    packets.push({ linkType, data: part(view, at + 16, length), littleEndian });
    at += 16 + length;
  }
  return packets;
}

function readPcapng(view: DataView): Packet[] {
  const packets: Packet[] = [];
  let littleEndian = true;
  let linkTypes: number[] = [];
  for (let at = 0; at + 12 <= view.byteLength; ) {
    const type = view.getUint32(at, littleEndian);
    if (type === BLOCK.section) {
      littleEndian = view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC;
      linkTypes = [];
    }
    const length = view.getUint32(at + 4, littleEndian);
    if (length < 12 || length > view.byteLength - at) break;
    if (type === BLOCK.interface && length >= 20) linkTypes.push(view.getUint16(at + 8, littleEndian));
    else packets.push(...packetIn(part(view, at, length), type, linkTypes, littleEndian));
    at += length + ((4 - (length % 4)) % 4);
  }
  return packets;
}

function packetIn(block: DataView, type: number, linkTypes: readonly number[], littleEndian: boolean): Packet[] {
  if (type === BLOCK.simplePacket && block.byteLength >= 16) {
    const length = Math.min(block.getUint32(8, littleEndian), block.byteLength - 16);
    return [{ linkType: linkTypes[0] ?? -1, data: part(block, 12, length), littleEndian }];
  }
  if ((type !== BLOCK.packet && type !== BLOCK.oldPacket) || block.byteLength < 32) return [];
  const number = type === BLOCK.packet ? block.getUint32(8, littleEndian) : block.getUint16(8, littleEndian);
  const length = block.getUint32(20, littleEndian);
  if (length > block.byteLength - 32) return [];
  return [{ linkType: linkTypes[number] ?? -1, data: part(block, 28, length), littleEndian }];
}
