// words.ts — how a port, its adapter and its drops are called in front of people.

import type { PortCounters } from '../../model/client/counter-page.ts';
import type { DeviceReport, PortReport } from '../../model/client/protocol.ts';
import { dropsByReason } from '../../model/client/rates.ts';
import { REASONS, VERDICTS } from '../../model/client/reasons.ts';
import { formatSpeed } from '../speed.ts';
import { shown } from '../text.ts';

/** `Multiport Simulated Quad, serial MP000001, USB 10 Gbit/s` */
export function adapterWords({ vendor, product, serial, usbMegabits, denied }: DeviceReport): string {
  const name = product.startsWith(vendor) ? product : `${vendor} ${product}`;
  const parts = [
    shown(name.trim()) || 'Adapter without a name',
    serial === '' ? 'no serial number' : `serial ${shown(serial)}`,
    ...(usbMegabits > 0 ? [`USB ${formatSpeed(usbMegabits * 1e6)}`] : []),
    ...(denied ? ['denied'] : []),
  ];
  return parts.join(', ');
}

/** `port 3 (Printer)` */
export const portWords = ({ number, label }: Pick<PortReport, 'number' | 'label'>) =>
  label === '' ? `port ${number}` : `port ${number} (${shown(label)})`;

/** `7 port too slow, its ring is full; 2 frame too long`; empty when nothing was dropped. */
export function dropWords(counters: PortCounters): string {
  const drops = dropsByReason(counters);
  return listed(REASONS.map(({ name, words }) => [drops[name], words]));
}

/** The same of transfers that were not sound. */
export const damageWords = ({ verdicts }: PortCounters): string =>
  listed(VERDICTS.slice(1).map(({ name, words }) => [verdicts[name], words]));

const listed = (counts: readonly (readonly [bigint, string])[]) =>
  counts
    .filter(([count]) => count > 0n)
    .map(([count, words]) => `${count} ${words}`)
    .join('; ');
