import type { Mistakes } from './mistakes.ts';
import type { Token, TokenKind } from './token.ts';

/** What the lexer makes of a source: its tokens, the last of kind `end`, and its comments as they are written. */
export interface Lexed {
  readonly tokens: readonly Token[];
  readonly comments: readonly string[];
}

// Tried in this order at each place; each is sticky. A line break may hide behind a backslash (C++ [lex.phases]).
const BLANK = /(?:[ \t\r\n\v\f\uFEFF]|\\\r?\n)+/y;
const LINE_COMMENT = /\/\/(?:\\\r?\n|[^\n])*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?\*\//y;
const DIRECTIVE = /#(?:\\\r?\n|\/\*[\s\S]*?\*\/|\/(?![/*])|[^\n/])*/y;
const RAW_STRING = /(?:u8|[uUL])?R"([^()\\\s]{0,16})\([\s\S]*?\)\1"/y;
const RAW_STRING_HEAD = /(?:u8|[uUL])?R"/y;
const STRING = /(?:u8|[uUL])?(?:"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')/y;
const NUMBER = /\.?\d(?:[eEpP][+-]|'?[\w.])*/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const PUNCTUATION = /::|->|\.\.\.|&&|\|\||==|!=|<=|>=|##|[-{}()[\]<>;:,.=*&^~!+/%|?@]/y;

/** Text in, tokens out. What is no token is noted as a mistake and skipped. */
export function lex(file: string, text: string, mistakes: Mistakes): Lexed {
  const tokens: Token[] = [];
  const comments: string[] = [];
  let at = 0;
  let line = 1;
  let lineStart = 0;
  let lineIsEmpty = true;

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  const advance = (over: string): void => {
    for (let next = over.indexOf('\n'); next !== -1; next = over.indexOf('\n', next + 1)) {
      line += 1;
      lineStart = at + next + 1;
      lineIsEmpty = true;
    }
    at += over.length;
  };
  const push = (kind: TokenKind, word: string): void => {
    tokens.push({ kind, text: word, start: at, end: at + word.length, file, line, column: at - lineStart + 1 });
    lineIsEmpty = false;
    advance(word);
  };

  while (at < text.length) {
    const blank = match(BLANK);
    if (blank !== undefined) {
      advance(blank);
      continue;
    }
    const comment = match(LINE_COMMENT) ?? match(BLOCK_COMMENT);
    if (comment !== undefined) {
      comments.push(comment);
      advance(comment);
      continue;
    }
    const endless = text.startsWith('/*', at)
      ? 'comment'
      : match(RAW_STRING_HEAD) && !match(RAW_STRING)
        ? 'raw string'
        : '';
    if (endless !== '') {
      mistakes.add({ file, line, column: at - lineStart + 1 }, `a ${endless} that is never closed`, 'its end');
      break;
    }
    const literal = match(RAW_STRING) ?? match(STRING);
    const directive = lineIsEmpty ? match(DIRECTIVE) : undefined;
    const number = match(NUMBER);
    const word = match(WORD);
    const punctuation = match(PUNCTUATION);
    if (literal !== undefined) push('string', literal);
    else if (directive !== undefined) push('directive', directive);
    else if (number !== undefined) push('number', number);
    else if (word !== undefined) push('word', word);
    else if (punctuation !== undefined) push('punctuation', punctuation);
    else {
      noteStranger(text.codePointAt(at) ?? 0, { file, line, column: at - lineStart + 1 }, mistakes);
      advance(text.charAt(at));
    }
  }
  at = text.length;
  push('end', '');
  return { tokens, comments };
}

function noteStranger(
  code: number,
  position: { file: string; line: number; column: number },
  mistakes: Mistakes,
): void {
  const last = mistakes.list.at(-1)?.position;
  if (last?.line === position.line && last.column >= position.column - 2) return; // one note for a run of garbage
  const character = String.fromCodePoint(code);
  if (character === '"' || character === "'")
    mistakes.add(position, `a ${character} that is never closed`, 'the closing mark on the same line');
  else
    mistakes.add(
      position,
      /\p{C}/u.test(character) ? `the character U+${code.toString(16).padStart(4, '0')}` : `\`${character}\``,
      'C++',
    );
}
