// usbfs.ts — Linux' /dev/bus/usb/BBB/DDD behind a control pipe: one transfer at a time is submitted and reaped by ioctl.
//
//   struct usbdevfs_urb on 64-bit machines                                  include/uapi/linux/usbdevice_fs.h
//     0 type · 1 endpoint · 4 status 4 · 8 flags 4 · 16 buffer 8 · 24 buffer_length 4 · 28 actual_length 4 · … 56 bytes
//   the buffer starts with the eight bytes of the setup

import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dump } from '../../model/usb/dump.ts';
import type { ControlPipe, Refusal } from './control-pipe.ts';
import { TIMEOUT_MILLISECONDS } from './control-pipe.ts';

const SUBMIT = 0x8038550a;
const DISCARD = 0x550b;
const REAP_NOW = 0x4008550d;
const CONTROL_TYPE = 2;
const URB_BYTES = 56;
const SETUP_BYTES = 8;

type Ioctl = (file: number, request: number, memory: Uint8Array) => number;
interface Native {
  readonly ioctl: Ioctl;
  readonly address: (memory: Uint8Array) => bigint;
}

export async function openWithUsbfs(location: Dump['location']): Promise<ControlPipe | Refusal> {
  const { bus, address } = location ?? {};
  if (bus === undefined || address === undefined) return { refused: 'its bus and address are unknown' };
  const path = `/dev/bus/usb/${String(bus).padStart(3, '0')}/${String(address).padStart(3, '0')}`;
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { refused: code === 'EACCES' ? `${path} may only be opened by root` : `${path}: ${code}` };
  }
  const native = await bind();
  return {
    read: (requestType, request, value, index, length) => {
      const memory = stable(SETUP_BYTES + length);
      const view = new DataView(memory.buffer);
      view.setUint8(0, requestType);
      view.setUint8(1, request);
      view.setUint16(2, value, true);
      view.setUint16(4, index, true);
      view.setUint16(6, length, true);
      return transfer(native, file, memory);
    },
    close: async () => closeSync(file),
  };
}

/** Memory that stays where it is: the kernel writes into it later. */
const stable = (size: number) => new Uint8Array(new ArrayBuffer(size));

/** Undefined when the device stalled or did not answer in time. */
async function transfer({ ioctl, address }: Native, file: number, memory: Uint8Array): Promise<Uint8Array | undefined> {
  const urb = stable(URB_BYTES);
  const view = new DataView(urb.buffer);
  view.setUint8(0, CONTROL_TYPE);
  view.setBigUint64(16, address(memory), true);
  view.setInt32(24, memory.length, true);
  const reaped = stable(8);
  if (ioctl(file, SUBMIT, urb) < 0) return undefined;
  const end = performance.now() + TIMEOUT_MILLISECONDS;
  while (ioctl(file, REAP_NOW, reaped) < 0) {
    if (performance.now() > end) {
      ioctl(file, DISCARD, urb);
      while (ioctl(file, REAP_NOW, reaped) < 0 && performance.now() < end + TIMEOUT_MILLISECONDS) await sleep(1);
      return undefined;
    }
    await sleep(1);
  }
  const failed = view.getInt32(4, true) !== 0;
  return failed ? undefined : memory.slice(SETUP_BYTES, SETUP_BYTES + Math.max(0, view.getInt32(28, true)));
}

async function bind(): Promise<Native> {
  const { default: koffi } = await import('koffi');
  // No library name: the process' own symbols, so that whoever stands in for the C library (a test bed) is asked.
  const ioctl = koffi.load(null).func('ioctl', 'int', ['int', 'unsigned long', 'void *']);
  return { ioctl: ioctl as unknown as Ioctl, address: (memory) => koffi.address(memory) };
}
