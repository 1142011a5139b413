import type { Mistakes } from './mistakes.ts';
import type { Token } from './token.ts';

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** A place in a list of tokens that ends with one of kind `end`. */
export class Cursor {
  readonly mistakes: Mistakes;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[], mistakes: Mistakes) {
    this.#tokens = tokens;
    this.mistakes = mistakes;
  }

  get atEnd(): boolean {
    return this.peek().kind === 'end';
  }

  get place(): number {
    return this.#at;
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[this.#at + ahead] ?? this.#tokens.at(-1);
    if (!token) throw new Error('a list of tokens ends with an end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  is(...texts: readonly string[]): boolean {
    const { kind, text } = this.peek();
    return kind !== 'string' && texts.includes(text);
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.next();
    return true;
  }

  expect(text: string, why = ''): Token {
    if (!this.is(text)) this.mistakes.abandon(this.peek(), `\`${text}\`${why}`);
    return this.next();
  }

  word(what: string): Token {
    if (this.peek().kind !== 'word') this.mistakes.abandon(this.peek(), what);
    return this.next();
  }

  /** The tokens since `place`. */
  since(place: number): readonly Token[] {
    return this.#tokens.slice(place, this.#at);
  }

  /** Takes one token, or everything from an opening bracket to the one that closes it. */
  balanced(): readonly Token[] {
    const start = this.#at;
    const open = this.peek();
    const expected: string[] = [];
    do {
      const { kind, text } = this.peek();
      if (kind === 'end') {
        if (expected.length > 0) this.mistakes.abandon(open, `a matching \`${CLOSING[open.text] ?? ''}\``);
        break;
      }
      const closing = kind === 'punctuation' ? CLOSING[text] : undefined;
      if (closing !== undefined) expected.push(closing);
      else if (kind === 'punctuation' && /^[)\]}]$/.test(text)) {
        if (expected.length > 0 && text !== expected.at(-1))
          this.mistakes.abandon(this.peek(), `\`${expected.at(-1)}\``);
        if (expected.length === 0) this.mistakes.abandon(this.peek(), `no \`${text}\` without its opening`);
        expected.pop();
      }
      this.#at += 1;
    } while (expected.length > 0);
    return this.since(start);
  }

  /** Skips to behind the end of a declaration: a `;`, or a `}` that closes what it opened. Stops before any other `}`. */
  skipDeclaration(): void {
    let depth = 0;
    while (!this.atEnd) {
      if (depth === 0 && this.is('}')) return;
      const { kind, text } = this.next();
      if (kind !== 'punctuation') continue;
      if (text === '{') depth += 1;
      if (text === '}') depth -= 1;
      if (depth === 0 && text === '}') return void this.accept(';');
      if (depth === 0 && text === ';') return;
    }
  }
}
