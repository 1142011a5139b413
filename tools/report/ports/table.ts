// table.ts — adapters and their ports in, the table a person wants out; as wide as there is room.

import { stripVTControlCharacters, styleText } from 'node:util';
import { totalDrops } from '../../model/client/rates.ts';
import type { AdapterView, PortView } from '../../plans/ports/look.ts';
import { cut, shown } from '../probe/style.ts';
import { formatSpeed } from '../speed.ts';
import { formatTable, widthOf } from '../table.ts';
import { adapterWords, damageWords, dropWords } from './words.ts';

interface Column {
  readonly head: string;
  readonly cell: (port: PortView, paint: Paint) => string;
  /** What goes first when there is no room for all: the greatest number. */
  readonly dispensable: number;
}

type Style = 'green' | 'red' | 'yellow' | 'bold';
type Paint = (style: Style, text: string) => string;

const COLUMNS: readonly Column[] = [
  { head: 'PORT', cell: ({ report }) => String(report.number), dispensable: 0 },
  { head: 'LABEL', cell: ({ report }) => shown(report.label), dispensable: 2 },
  { head: 'INTERFACE', cell: (port) => port.interface ?? '–', dispensable: 0 },
  { head: 'MAC', cell: ({ report }) => report.mac, dispensable: 5 },
  { head: 'LINK', cell: linkCell, dispensable: 0 },
  { head: 'SPEED', cell: (port) => (isUp(port) ? formatSpeed(speedOf(port)) : '–'), dispensable: 3 },
  { head: 'ADDRESSES', cell: ({ os }) => os?.addresses.join(' ') || '–', dispensable: 4 },
  { head: 'RECEIVING', cell: ({ rates }) => (rates ? formatSpeed(rates.receivedBits) : '…'), dispensable: 0 },
  { head: 'TRANSMITTING', cell: ({ rates }) => (rates ? formatSpeed(rates.transmittedBits) : '…'), dispensable: 0 },
  { head: 'DROPPED', cell: dropCell, dispensable: 1 },
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
    ...fitted(view.ports, width, paint),
    ...view.ports.flatMap(troubles).map((line) => cut(line, width)),
  ]);
}

/** Leaves columns out until the rest fits; what is still too long in a very narrow window is cut. */
function fitted(ports: readonly PortView[], width: number, paint: Paint): readonly string[] {
  const least = Math.max(...COLUMNS.map(({ dispensable }) => dispensable));
  for (let rank = least; ; rank--) {
    const columns = COLUMNS.filter(({ dispensable }) => dispensable <= rank);
    const lines = formatTable(
      columns.map(({ head }) => paint('bold', head)),
      ports.map((port) => columns.map(({ cell }) => cell(port, paint))),
    );
    if (lines.every((line) => widthOf(line) <= width)) return lines;
    if (rank === 0) return lines.map((line) => cut(stripVTControlCharacters(line), width));
  }
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
