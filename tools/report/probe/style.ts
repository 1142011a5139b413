// style.ts — colour and width of what is printed.

import { cut } from '../text.ts';

export interface Style {
  readonly width: number;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly green: (text: string) => string;
  readonly cyan: (text: string) => string;
}

const paint = (code: number, isOn: boolean) => (text: string) =>
  isOn && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;

export const makeStyle = (width: number, hasColour: boolean): Style => ({
  width,
  bold: paint(1, hasColour),
  dim: paint(2, hasColour),
  red: paint(31, hasColour),
  yellow: paint(33, hasColour),
  green: paint(32, hasColour),
  cyan: paint(36, hasColour),
});

/** Width and colour of a stream: NO_COLOR and FORCE_COLOR as everywhere; a pipe is plain and 100 columns wide. */
export function styleFor(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const forced = environment.FORCE_COLOR !== undefined && environment.FORCE_COLOR !== '0';
  const refused = (environment.NO_COLOR ?? '') !== '';
  const able = stream.isTTY === true && environment.TERM !== 'dumb';
  const columns = Number(environment.COLUMNS) || stream.columns || 100;
  return makeStyle(Math.max(40, Math.min(columns, 160)), !refused && (forced || able));
}

/** Columns as wide as their widest cell; column `flexible` gives way when the line is too long. */
export function table(rows: readonly (readonly string[])[], width: number, flexible: number): string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const total = widths.reduce((sum, each) => sum + each + 2, -2);
  const spare = (widths[flexible] ?? 0) - Math.max(0, total - width);
  widths[flexible] = Math.min(widths[flexible] ?? 0, Math.max(8, spare));
  return rows.map((row) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
