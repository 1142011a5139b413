import { stripVTControlCharacters } from 'node:util';
import { cut } from './text.ts';

/** Columns a text takes: colour codes in it count for nothing. */
export const widthOf = (text: string) => stripVTControlCharacters(text).length;

/** Column heads and rows of text in; lines with aligned columns out. Colour codes in a cell count for nothing. */
export function formatTable(heads: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))));
  return lines.map((line) =>
    line
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
      .join('  ')
      .trimEnd(),
  );
}

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** What goes first when there is no room for all: the greatest number. 0 stays. */
  readonly dispensable: number;
}

/** Leaves columns out until the rest fits; what is still too long in a very narrow window is cut. `bold` paints the heads. */
export function fitTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
  bold: (text: string) => string,
): readonly string[] {
  for (let rank = Math.max(...columns.map(({ dispensable }) => dispensable)); ; rank--) {
    const left = columns.filter(({ dispensable }) => dispensable <= rank);
    const lines = formatTable(
      left.map(({ head }) => bold(head)),
      rows.map((row) => left.map(({ cell }) => cell(row))),
    );
    if (lines.every((line) => widthOf(line) <= width)) return lines;
    if (rank === 0) return lines.map((line) => cut(stripVTControlCharacters(line), width));
  }
}
