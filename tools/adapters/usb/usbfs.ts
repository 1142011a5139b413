// usbfs.ts — Linux' /dev/bus/usb/BBB/DDD behind a control pipe, by ioctl USBDEVFS_CONTROL (linux/usbdevice_fs.h).
//
//   struct usbdevfs_ctrltransfer   0 bRequestType · 1 bRequest · 2 wValue 2 · 4 wIndex 2 · 6 wLength 2 · 8 timeout 4 · 16 data 8

import { closeSync, openSync } from 'node:fs';
import type { Dump } from '../../model/usb/dump.ts';
import type { ControlPipe, Refusal } from './control-pipe.ts';
import { TIMEOUT_MILLISECONDS } from './control-pipe.ts';

/** _IOWR('U', 0, struct usbdevfs_ctrltransfer) on 64-bit machines. */
const USBDEVFS_CONTROL = 0xc0185500;

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
  const control = await bindIoctl();
  return {
    read: async (requestType, request, value, index, length) => {
      const data = Buffer.alloc(length);
      const count = control(file, USBDEVFS_CONTROL, {
        bRequestType: requestType,
        bRequest: request,
        wValue: value,
        wIndex: index,
        wLength: length,
        timeout: TIMEOUT_MILLISECONDS,
        data,
      });
      return count < 0 ? undefined : new Uint8Array(data.subarray(0, count));
    },
    close: async () => closeSync(file),
  };
}

async function bindIoctl(): Promise<(file: number, request: number, transfer: object) => number> {
  const { default: koffi } = await import('koffi');
  const transfer = koffi.struct({
    bRequestType: 'uint8_t',
    bRequest: 'uint8_t',
    wValue: 'uint16_t',
    wIndex: 'uint16_t',
    wLength: 'uint16_t',
    timeout: 'uint32_t',
    data: 'void *',
  });
  // No library name: the process' own symbols, so that whoever stands in for the C library (a test bed) is asked.
  return koffi.load(null).func('ioctl', 'int', ['int', 'unsigned long', koffi.pointer(transfer)]);
}
