// live.ts — pictures of lines in, one picture at one place of the terminal out.

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

  /** A terminal that got narrower has folded the old lines at places only it knows: then all of it is cleared. */
  draw(lines: readonly string[], width: number): void {
    const narrower = width < this.#width;
    this.#width = width;
    const back = narrower ? '\x1b[2J\x1b[H' : this.#drawn > 0 ? `\x1b[${this.#drawn}A\x1b[J` : '';
    this.#write(`${this.#interactive ? back : ''}${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}
