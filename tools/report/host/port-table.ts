import { styleText } from 'node:util';
import { formatSpeed } from '../speed.ts';
import { formatTable } from '../table.ts';

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
  /** Milliseconds of the last ping through the port; undefined while none has come back. */
  readonly roundTrip: number | undefined;
}

const HEADS = ['PORT', 'INTERFACE', 'MAC', 'LINK', 'SPEED', 'RECEIVING', 'TRANSMITTING', 'PING'] as const;

/** The ports as a table, one string a line; with `colour` for a terminal that has it. */
export function formatPortTable(rows: readonly PortRow[], colour: boolean): string[] {
  const paint = (style: 'green' | 'red' | 'bold', text: string) => (colour ? styleText(style, text) : text);
  return formatTable(
    HEADS.map((head) => paint('bold', head)),
    rows.map((row) => [
      String(row.port),
      row.name,
      row.mac,
      row.link ? paint('green', 'up') : paint('red', 'down'),
      row.link ? formatSpeed(row.bitsPerSecond) : '–',
      formatSpeed(row.receiving),
      formatSpeed(row.transmitting),
      row.roundTrip === undefined ? paint('red', 'no answer') : `${row.roundTrip} ms`,
    ]),
  );
}
