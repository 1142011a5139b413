// usbmon-text.ts — the lines of /sys/kernel/debug/usb/usbmon/Nu in, control transfers out.
//
//   ffff9a 3575914555 S Ci:1:002:0 s 80 06 0100 0000 0012 18 <
//   ffff9a 3575915042 C Ci:1:002:0 0 18 = 12010002 09000040                          Documentation/usb/usbmon.rst

import type { ControlTransfer } from './usb-packets.ts';

const LINE = /^(?<tag>[0-9a-f]+) \d+ (?<event>[SCE]) C[io]:(?<bus>\d+):(?<address>\d+):\d+ (?<rest>.*)$/;

export const isUsbmonText = (text: string) => /^[0-9a-f]{8,16} \d+ [SCE] [CBIZ][io]:\d+:\d+:\d+ /m.test(text);

export function textTransfers(text: string): ControlTransfer[] {
  const open = new Map<string, readonly number[]>();
  return text.split(/\r?\n/).flatMap((line) => {
    const { tag = '', event, bus, address, rest = '' } = LINE.exec(line)?.groups ?? {};
    const setup = /^s ([0-9a-f]{2}) ([0-9a-f]{2}) ([0-9a-f]{4}) ([0-9a-f]{4}) ([0-9a-f]{4})/.exec(rest);
    if (event === 'S' && setup)
      open.set(
        tag,
        setup.slice(1).map((digits) => Number.parseInt(digits, 16)),
      );
    const begun = event === 'C' ? open.get(tag) : undefined;
    if (!begun) return [];
    open.delete(tag);
    const [requestType = 0, request = 0, value = 0, index = 0, length = 0] = begun;
    const [, status, digits = ''] = /^(-?\d+)(?::\S+)? \d+(?: = ([0-9a-f ]+))?/.exec(rest) ?? [];
    const bytes = Uint8Array.from(digits.replace(/\s/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const answer = { requestType, request, value, index, length, data: status === '0' ? bytes : undefined };
    return [{ bus: Number(bus), address: Number(address), answer }];
  });
}
