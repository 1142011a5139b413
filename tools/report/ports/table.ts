// table.ts — adapters and their ports in, the table a person wants out; as wide as there is room.

import { styleText } from 'node:util';
import { totalDrops } from '../../model/client/rates.ts';
import type { AdapterView, PortView } from '../../plans/ports/look.ts';
import { formatSpeed } from '../speed.ts';
import { type Column, fitTable } from '../table.ts';
import { cut, shown } from '../text.ts';
import { adapterWords, damageWords, dropWords } from './words.ts';

type Style = 'green' | 'red' | 'yellow' | 'bold';
type Paint = (style: Style, text: string) => string;

const columns = (paint: Paint): readonly Column<PortView>[] => [
  { head: 'PORT', cell: ({ report }) => String(report.number), dispensable: 0 },
  { head: 'LABEL', cell: ({ report }) => shown(report.label), dispensable: 2 },
  { head: 'INTERFACE', cell: (port) => port.interface ?? '–', dispensable: 0 },
  { head: 'MAC', cell: ({ report }) => report.mac, dispensable: 5 },
  { head: 'LINK', cell: (port) => linkCell(port, paint), dispensable: 0 },
  { head: 'SPEED', cell: (port) => (isUp(port) ? formatSpeed(speedOf(port)) : '–'), dispensable: 3 },
  { head: 'ADDRESSES', cell: ({ os }) => os?.addresses.join(' ') || '–', dispensable: 4 },
  { head: 'RECEIVING', cell: ({ rates }) => (rates ? formatSpeed(rates.receivedBits) : '…'), dispensable: 0 },
  { head: 'TRANSMITTING', cell: ({ rates }) => (rates ? formatSpeed(rates.transmittedBits) : '…'), dispensable: 0 },
  { head: 'DROPPED', cell: (port) => dropCell(port, paint), dispensable: 1 },
];

const isUp = ({ counters, report }: PortView) => (counters ?? report).linkUp;
const speedOf = ({ counters, report }: PortView) => (counters ?? report).bitsPerSecond;

function linkCell(port: PortView, paint: Paint): string {
  const { denied, attached } = port.counters ?? port.report;
  if (denied) return paint('yellow', 'denied');
  if (!attached) return paint('red', 'no driver');
  return isUp(port) ? paint('green', 'up') : paint('red', 'down');
}

function dropCell({ counters }: PortView, paint: Paint): string {
  const drops = counters ? totalDrops(counters) : 0n;
  return drops > 0n ? paint('yellow', String(drops)) : '0';
}

/** One table for each adapter, and under it why frames were dropped; no line is longer than `width`. */
export function portTable(views: readonly AdapterView[], width: number, colour: boolean): readonly string[] {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  return views.flatMap((view, index) => [
    ...(index > 0 ? [''] : []),
    paint('bold', cut(adapterWords(view.device), width)),
    ...fitTable(columns(paint), view.ports, width, (head) => paint('bold', head)),
    ...view.ports.flatMap(troubles).map((line) => cut(line, width)),
  ]);
}

function troubles({ report, counters }: PortView): readonly string[] {
  if (!counters) return [];
  const dropped = dropWords(counters);
  const damaged = damageWords(counters);
  return [
    ...(dropped ? [`  port ${report.number} dropped: ${dropped}`] : []),
    ...(damaged ? [`  port ${report.number} got damaged transfers: ${damaged}`] : []),
  ];
}
