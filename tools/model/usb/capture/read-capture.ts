// read-capture.ts — a USB capture in, a dump of every device whose descriptors went by out.

import { type Answer, dumpFromAnswers } from '../answers.ts';
import type { Dump } from '../dump.ts';
import { readPackets } from './packets.ts';
import { rawTransfers } from './raw-packets.ts';
import { type ControlTransfer, controlTransfers, isUsbLink } from './usb-packets.ts';
import { textTransfers } from './usbmon-text.ts';

const FORM = 'USB capture';

/** Undefined when the capture is of something else than USB. */
export function readCapture(data: Uint8Array, name: string): Dump[] | undefined {
  const packets = readPackets(data);
  const usb = packets.filter(isUsbLink);
  const raw = packets.filter(({ linkType }) => linkType === 288 || (linkType >= 293 && linkType <= 295));
  if (usb.length === 0 && raw.length === 0) return undefined;
  return toDumps([...controlTransfers(usb), ...rawTransfers(raw)], name, []);
}

/** usbmon's text interface shows at most 32 bytes of each transfer. */
export function readUsbmonText(text: string, name: string): Dump[] {
  return toDumps(textTransfers(text), name, [
    "usbmon's text shows 32 bytes of a transfer: capture with `tshark -i usbmonN -w` instead.",
  ]);
}

const SET_ADDRESS = 5;

function toDumps(transfers: readonly ControlTransfer[], name: string, notes: readonly string[]): Dump[] {
  const answers = new Map<string, Answer[]>();
  for (const { bus, address, answer } of transfers) {
    const key = `${bus}.${address}`;
    const known = answers.get(key) ?? [];
    known.push(answer);
    answers.set(key, known);
    if (answer.requestType !== 0 || answer.request !== SET_ADDRESS) continue;
    answers.set(`${bus}.${answer.value & 0x7f}`, known); // what was said at the old address was said by this device
    answers.delete(key);
  }
  return [...answers].flatMap(([key, all]) => {
    const dump = dumpFromAnswers(all, FORM, name);
    const [bus, address] = key.split('.').map(Number) as [number, number];
    // Before it has an address a device is only asked who it is; the rest is said at its address.
    const isPrelude = address === 0 && dump?.lacks?.has('configurations');
    return dump && !isPrelude ? [{ ...dump, location: { bus, address }, notes: [...dump.notes, ...notes] }] : [];
  });
}
