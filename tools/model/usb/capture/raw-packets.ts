// raw-packets.ts — packets as an analyser saw them on the wire (link types 288, 293 to 295) in, control transfers out.
//
// A control transfer is SETUP + DATA0 of 8 bytes, then IN + DATA until one is short or a status stage follows (USB 2.0,
// 8.5.3). A token has its address in bits 0 to 6 behind the packet id; data ends with a CRC of 16 bits. A full-speed device behind a
// high-speed hub is asked twice, by a start and a complete split (bit 7 of the byte behind the hub's address): what was sent goes with the
// start and counts when the complete split is acknowledged; what is received comes with the complete split and has no acknowledge (11.17).

import { joinBytes } from '../bytes.ts';
import type { Packet } from './packets.ts';
import type { ControlTransfer } from './usb-packets.ts';

const PID = {
  out: 0xe1,
  in: 0x69,
  setup: 0x2d,
  data0: 0xc3,
  data1: 0x4b,
  ack: 0xd2,
  stall: 0x1e,
  split: 0x78,
} as const;

interface Open {
  readonly setup: Uint8Array;
  readonly parts: Uint8Array[];
}

interface Token {
  readonly pid: number;
  readonly address: number;
  readonly endpoint: number;
  readonly split: 'none' | 'start' | 'complete';
}

export function rawTransfers(packets: readonly Packet[]): ControlTransfer[] {
  const transfers: ControlTransfer[] = [];
  const open = new Map<number, Open>();
  /** What start splits sent: by address, for the complete split that follows whenever the hub is ready. */
  const sent = new Map<number, Uint8Array>();
  let split: Token['split'] = 'none';
  let token: Token | undefined;
  let pending: Uint8Array | undefined;
  const take = (from: Token, shake: number, data: Uint8Array | undefined) => {
    const finished = from.endpoint === 0 && from.split !== 'start' && handshake(open, from, shake, data);
    if (finished) transfers.push(finished);
  };
  for (const { data } of packets) {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const pid = bytes[0] ?? 0;
    if (pid === PID.split) split = (bytes[1] ?? 0) & 0x80 ? 'complete' : 'start';
    else if (pid === PID.setup || pid === PID.in || pid === PID.out) {
      token = { pid, ...placeOf(bytes), split };
      pending = split === 'complete' && pid !== PID.in ? sent.get(token.address) : undefined;
      split = 'none';
    } else if (pid === PID.data0 || pid === PID.data1) {
      pending = bytes.subarray(1, Math.max(1, bytes.length - 2));
      if (token?.split === 'start' && token.endpoint === 0) sent.set(token.address, pending);
      if (token?.split === 'complete' && token.pid === PID.in) take(token, PID.ack, pending);
    } else if (token && (pid === PID.ack || pid === PID.stall)) take(token, pid, pending);
  }
  return transfers;
}

const placeOf = (token: Uint8Array) => ({
  address: (token[1] ?? 0) & 0x7f,
  endpoint: ((token[1] ?? 0) >> 7) | (((token[2] ?? 0) & 7) << 1),
});

function handshake(
  open: Map<number, Open>,
  { pid, address }: { readonly pid: number; readonly address: number },
  shake: number,
  data: Uint8Array | undefined,
): ControlTransfer | undefined {
  const current = open.get(address);
  if (pid === PID.setup && data && data.length >= 8) {
    open.set(address, { setup: data.slice(0, 8), parts: [] });
    return undefined;
  }
  if (!current) return undefined;
  const isRead = ((current.setup[0] ?? 0) & 0x80) !== 0;
  const isData = pid === (isRead ? PID.in : PID.out);
  if (shake === PID.ack && isData) {
    current.parts.push(data?.slice() ?? new Uint8Array());
    return undefined;
  }
  open.delete(address);
  const view = new DataView(current.setup.buffer, current.setup.byteOffset, 8);
  const answer = {
    requestType: view.getUint8(0),
    request: view.getUint8(1),
    value: view.getUint16(2, true),
    index: view.getUint16(4, true),
    length: view.getUint16(6, true),
    data: shake === PID.stall ? undefined : joinBytes(current.parts),
  };
  return { bus: 0, address, answer };
}
