// control-pipe.ts — the control pipe of one plugged-in device: requests in, answers out. Two ways to get one.

import type { Dump } from '../../model/usb/dump.ts';
import { openWithPackage } from './usb-package.ts';
import { openWithUsbfs } from './usbfs.ts';

/** Longest wait for one answer: some devices never answer a request for their BOS (Linux' USB_QUIRK_NO_BOS). */
export const TIMEOUT_MILLISECONDS = 1000;

export interface ControlPipe {
  /** The bytes that came back; undefined when the device stalled or did not answer in time. Never changes the device. */
  readonly read: (
    requestType: number,
    request: number,
    value: number,
    index: number,
    length: number,
  ) => Promise<Uint8Array | undefined>;
  readonly close: () => Promise<void>;
}

/** A device that cannot be opened, and why, in words a person can act on. */
export interface Refusal {
  readonly refused: string;
}

/** The npm package first: it knows every system. Where it cannot open the device, Linux' own device file may still do. */
export async function openControlPipe(location: Dump['location']): Promise<ControlPipe | Refusal> {
  const pipe = await openWithPackage(location);
  if (!('refused' in pipe) || process.platform !== 'linux') return pipe;
  return openWithUsbfs(location);
}
