// mask.ts — a dump in, the same dump without what identifies its owner out: serial numbers, MAC addresses, file paths.

import type { Dump } from '../../model/usb/dump.ts';
import { CDC_SUBTYPE } from '../../model/usb/layouts/cdc.ts';
import { TYPE } from '../../model/usb/layouts/standard.ts';
import { macFromString } from '../../model/usb/mac.ts';
import { numberIn } from '../../model/usb/node.ts';
import { readTree } from '../../model/usb/tree.ts';

/** What stands in for a serial number. */
const MASK = '(masked)';

/** Masked addresses stay addresses, and stay different where they were different: locally administered ones, counted up. */
export function maskDump(dump: Dump): Dump {
  const { nodes, device } = readTree(dump.descriptors.bytes);
  const serial = device ? numberIn(device, 'iSerial') : 0;
  const macStrings = new Set(
    nodes
      .filter((node) => node.type === TYPE.classInterface && node.subtype === CDC_SUBTYPE.ethernet)
      .map((node) => numberIn(node, 'iMACAddress')),
  );
  const stand = new Map<string, string>();
  const masked = (mac: string) => {
    const known = stand.get(mac) ?? `02:00:00:00:00:${(stand.size + 1).toString(16).padStart(2, '0')}`;
    stand.set(mac, known);
    return known;
  };
  const secret = dump.strings.get(serial);
  const maskText = (index: number, text: string) => {
    const mac = macFromString(text);
    if (mac && (macStrings.has(index) || index !== serial)) return masked(mac).replaceAll(':', '').toUpperCase();
    if (index === serial || macStrings.has(index)) return MASK;
    return secret !== undefined && secret.length > 3 ? text.replaceAll(secret, MASK) : text;
  };
  return {
    ...dump,
    name: dump.name.split('/').at(-1) ?? '',
    strings: new Map([...dump.strings].map(([index, text]) => [index, maskText(index, text)])),
    ...(dump.bindings && {
      bindings: dump.bindings.map((each) => ({ ...each, ...(each.mac && { mac: masked(each.mac) }) })),
    }),
  };
}
