import { stripVTControlCharacters } from 'node:util';

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
