// usb-packets.ts — captured packets in, control transfers out: who was asked what, and what came back.
//
//   usbmon (link types 189, 220)                            Linux, Documentation/usb/usbmon.rst
//     0 id 8 · 8 'S'|'C'|'E' · 9 type (2 control) · 10 endpoint · 11 device · 12 bus 2 · 14 setup flag (0: present)
//     28 status 4 · 32 length 4 · 36 captured 4 · 40 setup 8 · [220: 48 to 63] · data
//   USBPcap (249)                                           USBPcap, "Capture format"
//     0 header length 2 · 2 irp id 8 · 10 status 4 · 16 info (bit 0: completion) · 17 bus 2 · 19 device 2
//     21 endpoint · 22 type (2 control) · 23 data length 4 · 27 stage · data
//   Darwin (266)                                            Wireshark, packet-usb.c
//     2 header length · 3 request type (0 submit, 1 complete) · 8 status 4 · 16 id 8 · 24 location 4
//     28 speed · 29 address · 30 endpoint · 31 type (0 control) · data

import type { Answer } from '../answers.ts';
import type { Packet } from './packets.ts';

export interface ControlTransfer {
  /** Bus, and what stands for one on other systems. */
  readonly bus: number;
  readonly address: number;
  readonly answer: Answer;
}

/** A packet as far as all formats agree: a setup going down, or data coming back. */
interface Event {
  readonly id: string;
  readonly bus: number;
  readonly address: number;
  readonly setup?: Uint8Array;
  readonly data?: Uint8Array;
  readonly failed?: boolean;
}

const READERS: Readonly<Record<number, (packet: Packet) => Event | undefined>> = {
  189: (packet) => usbmon(packet, 48),
  220: (packet) => usbmon(packet, 64),
  249: usbpcap,
  266: darwin,
};

export const isUsbLink = ({ linkType }: Packet) => linkType in READERS;

/** Setups paired with their completions. Transfers that were under way when the capture began or ended are left out. */
export function controlTransfers(packets: readonly Packet[]): ControlTransfer[] {
  const open = new Map<string, Event & { readonly setup: Uint8Array }>();
  return packets.flatMap((packet) => {
    const event = READERS[packet.linkType]?.(packet);
    if (event?.setup) open.set(event.id, { ...event, setup: event.setup });
    const begun = event && !event.setup ? open.get(event.id) : undefined;
    if (!event || !begun) return [];
    open.delete(event.id);
    return [{ bus: begun.bus, address: begun.address, answer: answerOf(begun.setup, event) }];
  });
}

function answerOf(setup: Uint8Array, { data, failed }: Event): Answer {
  const view = new DataView(setup.buffer, setup.byteOffset, 8);
  return {
    requestType: view.getUint8(0),
    request: view.getUint8(1),
    value: view.getUint16(2, true),
    index: view.getUint16(4, true),
    length: view.getUint16(6, true),
    data: failed ? undefined : (data ?? new Uint8Array()),
  };
}

const slice = ({ data }: Packet, start: number, length = data.byteLength - start) =>
  new Uint8Array(data.buffer, data.byteOffset + start, Math.max(0, Math.min(length, data.byteLength - start)));

function usbmon(packet: Packet, header: number): Event | undefined {
  const { data, littleEndian } = packet;
  if (data.byteLength < header || data.getUint8(9) !== 2) return undefined;
  const base = {
    id: String(data.getBigUint64(0, littleEndian)),
    bus: data.getUint16(12, littleEndian),
    address: data.getUint8(11),
  };
  if (data.getUint8(8) === 0x53) return data.getUint8(14) === 0 ? { ...base, setup: slice(packet, 40, 8) } : undefined;
  const failed = data.getInt32(28, littleEndian) !== 0;
  return { ...base, failed, data: slice(packet, header, data.getUint32(36, littleEndian)) };
}

function usbpcap(packet: Packet): Event | undefined {
  const { data } = packet;
  if (data.byteLength < 28 || data.getUint8(22) !== 2) return undefined;
  const header = data.getUint16(0, true);
  const base = {
    id: String(data.getBigUint64(2, true)),
    bus: data.getUint16(17, true),
    address: data.getUint16(19, true),
  };
  if (header > data.byteLength) return undefined;
  const payload = slice(packet, header);
  if ((data.getUint8(16) & 1) === 0)
    return payload.length >= 8 ? { ...base, setup: payload.subarray(0, 8) } : undefined;
  return { ...base, failed: data.getUint32(10, true) !== 0, data: payload };
}

function darwin(packet: Packet): Event | undefined {
  const { data } = packet;
  if (data.byteLength < 32 || data.getUint8(31) !== 0) return undefined;
  const header = data.getUint8(2);
  const base = {
    id: String(data.getBigUint64(16, true)),
    bus: data.getUint32(24, true),
    address: data.getUint8(29),
  };
  if (header > data.byteLength) return undefined;
  const payload = slice(packet, header);
  if (data.getUint8(3) === 0) return payload.length >= 8 ? { ...base, setup: payload.subarray(0, 8) } : undefined;
  return { ...base, failed: data.getUint32(8, true) !== 0, data: payload };
}
