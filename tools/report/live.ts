// live.ts — pictures of lines in, one picture at one place of the terminal out.

import { widthOf } from './table.ts';

/** Draws each picture over the one before; where nothing can be drawn over, one behind the other. */
export class Live {
  readonly #write: (text: string) => void;
  readonly #interactive: boolean;
  #drawn = 0;
  #width = 0;

  constructor(write: (text: string) => void, interactive: boolean) {
    this.#write = write;
    this.#interactive = interactive;
  }

  /**
   * Lines are cut at the terminal's edge, as folded ones would take more room than is counted. A terminal that got narrower has
   * folded the old lines at places only it knows: then all of it is cleared.
   */
  draw(lines: readonly string[], width: number): void {
    const narrower = width < this.#width;
    this.#width = width;
    const back = narrower ? '\x1b[2J\x1b[H' : this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : '';
    const shown = this.#interactive ? lines.map((line) => cutTo(line, width)) : lines;
    this.#write(`${this.#interactive ? back : ''}${shown.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

/** The first `columns` characters of a line and all colour codes among them; colours end with the line. */
function cutTo(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  let left = columns;
  const kept = line.match(COLOUR_OR_CHARACTER)?.filter((part) => part.startsWith(ESCAPE) || left-- > 0) ?? [];
  return kept.join('');
}

const ESCAPE = '\u001b';
const COLOUR_OR_CHARACTER = new RegExp(`${ESCAPE}\\[[0-9;]*m|.`, 'gsu');
