/** Where something stands in a source file; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type TokenKind = 'word' | 'number' | 'string' | 'punctuation' | 'directive' | 'end';

/**
 * One word, literal or punctuation mark of a source. `text` is what is written there (of a directive the whole line, with
 * its continuations); `start` and `end` are offsets in the source, `end` behind the last character.
 */
export interface Token extends Position {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** How a token is named in a message. */
export function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the file';
  const text = token.text.length > 40 ? `${token.text.slice(0, 40)}…` : token.text;
  return `\`${text.replaceAll('\n', ' ')}\``;
}

/** Tokens as C++ text on one line: `const char * name`, `void (^ handler)(int)`. */
export function spell(tokens: readonly Token[]): string {
  let text = '';
  let last = '';
  for (const { text: word } of tokens) {
    if (text !== '' && needsSpace(last, word)) text += ' ';
    text += word;
    last = word;
  }
  return text;
}

function needsSpace(before: string, after: string): boolean {
  if (after === ',' || after === ')' || after === ']' || after === '::' || after === '[' || after === ';') return false;
  if (before === '(' || before === '[' || before === '::' || before === '~' || before === '!') return false;
  if (after === '(') return /^[\w>]/.test(before) && !/^(?:return|sizeof)$/.test(before) ? before !== 'sizeof' : false;
  if ((after === '*' || after === '&') && before === after) return false;
  if (after === '<' || before === '<' || after === '>') return false;
  return true;
}
