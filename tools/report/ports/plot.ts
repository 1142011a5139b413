// plot.ts — rates and drops over time in, a picture as SVG out: receiving, transmitting and drops one under the other.

import type { Rates } from '../../model/client/rates.ts';
import type { Series } from '../../plans/ports/sample.ts';
import { formatSpeed } from '../speed.ts';
import { shown } from '../text.ts';
import { niceTicks } from './ticks.ts';

const WIDTH = 960;
const PANEL = { left: 110, right: 20, height: 180, gap: 44, top: 56 } as const;
const LEGEND_ROW = 20;

/** Okabe and Ito's colours, which people of every kind of sight can tell apart; then dashes. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9', '#000000'] as const;
const DASHES = ['', '6 3', '2 3'] as const;

interface Panel {
  readonly title: string;
  readonly value: (rates: Rates) => number;
  readonly format: (value: number) => string;
}

const PANELS: readonly Panel[] = [
  { title: 'Receiving', value: ({ receivedBits }) => receivedBits, format: formatSpeed },
  { title: 'Transmitting', value: ({ transmittedBits }) => transmittedBits, format: formatSpeed },
  { title: 'Dropped frames a second', value: ({ dropped }) => dropped, format: (value) => String(value) },
];

/** One picture of all series; text from a device is made harmless. */
export function plotSvg(series: readonly Series[], title: string): string {
  const seconds = Math.max(1, ...series.flatMap(({ points }) => points.map((point) => point.seconds)));
  const legendTop = PANEL.top + PANELS.length * (PANEL.height + PANEL.gap);
  const height = legendTop + Math.max(1, series.length) * LEGEND_ROW + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(PANEL.left, 26, title, 'font-size="16" font-weight="bold"'),
    ...PANELS.flatMap((panel, index) => drawPanel(panel, index, series, seconds)),
    ...series.flatMap((one, index) => legendRow(one, index, legendTop + index * LEGEND_ROW)),
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel(panel: Panel, index: number, series: readonly Series[], seconds: number): string[] {
  const top = PANEL.top + index * (PANEL.height + PANEL.gap);
  const most = Math.max(0, ...series.flatMap(({ points }) => points.map(({ rates }) => panel.value(rates))));
  const ticks = niceTicks(most, 4);
  const scale = ticks.at(-1) ?? 1;
  const width = WIDTH - PANEL.left - PANEL.right;
  const x = (at: number) => round(PANEL.left + (at / seconds) * width);
  const y = (value: number) => round(top + PANEL.height - (value / scale) * PANEL.height);
  const right = WIDTH - PANEL.right;
  return [
    text(PANEL.left, top - 6, panel.title, 'font-weight="bold"'),
    ...ticks.flatMap((tick) => [
      `<line x1="${PANEL.left}" y1="${y(tick)}" x2="${right}" y2="${y(tick)}" stroke="#dddddd"/>`,
      text(PANEL.left - 6, y(tick) + 4, panel.format(tick), 'text-anchor="end"'),
    ]),
    ...niceTicks(seconds, 8)
      .filter((tick) => tick <= seconds)
      .map((tick) => text(x(tick), top + PANEL.height + 16, `${tick} s`, 'text-anchor="middle"')),
    ...series.map(({ points }, number) => {
      const path = points.map((point) => `${x(point.seconds)},${y(panel.value(point.rates))}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke-width="1.5" ${strokeOf(number)}/>`;
    }),
  ];
}

function legendRow({ port, label }: Series, index: number, y: number): string[] {
  return [
    `<line x1="${PANEL.left}" y1="${y - 4}" x2="${PANEL.left + 30}" y2="${y - 4}" stroke-width="2" ${strokeOf(index)}/>`,
    text(PANEL.left + 38, y, label === '' ? port : `${port}  ${label}`, ''),
  ];
}

const strokeOf = (index: number) => {
  const dash = DASHES[Math.floor(index / COLOURS.length) % DASHES.length];
  return `stroke="${COLOURS[index % COLOURS.length]}"${dash ? ` stroke-dasharray="${dash}"` : ''}`;
};

const text = (x: number, y: number, words: string, attributes: string) =>
  `<text x="${x}" y="${y}" ${attributes}>${escapeXml(shown(words))}</text>`;

const escapeXml = (words: string) => words.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const round = (value: number) => Math.round(value * 10) / 10;
