import { styleText } from 'node:util';
import { formatSpeed } from '../speed.ts';
import { type Column, fitTable } from '../table.ts';

/** One port as `npm start` shows it. */
export interface PortRow {
  readonly port: number;
  readonly name: string;
  readonly mac: string;
  readonly link: boolean;
  readonly bitsPerSecond: number;
  /** Bits a second at the moment. */
  readonly receiving: number;
  readonly transmitting: number;
  /** Milliseconds of the last ping through the port; 'none' when nobody answered it, 'not yet' while none has come back. */
  readonly roundTrip: number | 'none' | 'not yet';
}

type Paint = (style: 'green' | 'red' | 'bold', text: string) => string;

const columns = (paint: Paint): readonly Column<PortRow>[] => [
  { head: 'PORT', cell: ({ port }) => String(port), dispensable: 0 },
  { head: 'INTERFACE', cell: ({ name }) => name, dispensable: 0 },
  { head: 'MAC', cell: ({ mac }) => mac, dispensable: 3 },
  { head: 'LINK', cell: ({ link }) => (link ? paint('green', 'up') : paint('red', 'down')), dispensable: 0 },
  { head: 'SPEED', cell: ({ link, bitsPerSecond }) => (link ? formatSpeed(bitsPerSecond) : '–'), dispensable: 2 },
  { head: 'RECEIVING', cell: ({ receiving }) => formatSpeed(receiving), dispensable: 1 },
  { head: 'TRANSMITTING', cell: ({ transmitting }) => formatSpeed(transmitting), dispensable: 1 },
  { head: 'PING', cell: ({ roundTrip }) => pingCell(roundTrip, paint), dispensable: 0 },
];

function pingCell(roundTrip: PortRow['roundTrip'], paint: Paint): string {
  switch (roundTrip) {
    case 'none':
      return paint('red', 'no answer');
    case 'not yet':
      return '–';
    default:
      return `${roundTrip.toFixed(2)} ms`;
  }
}

/** The ports as a table, one string a line, none longer than `width`; with `colour` for a terminal that has it. */
export function formatPortTable(rows: readonly PortRow[], width: number, colour: boolean): readonly string[] {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  return fitTable(columns(paint), rows, width, (head) => paint('bold', head));
}
