// text.ts — text in, what may be printed of it out: safe, folded or cut. What a device said is hostile: no control character gets out.

/** Text from outside with every control and direction-changing character made visible. */
export const shown = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  text.replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/g, (character) =>
    /^[\ud800-\udfff]/.test(character) ? '\ufffd' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Breaks at spaces; the first line begins in column `first` already and is not indented, the others are by `indent` columns. */
export function wrap(text: string, width: number, indent: number, first = indent): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - (lines.length === 0 ? first : indent)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.map((each, index) => (index === 0 ? each : ' '.repeat(indent) + each));
}

/** Cuts to `width` columns with an ellipsis. */
export const cut = (text: string, width: number) =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;

/**
 * Lines longer than `width` broken at spaces, each piece under where the words of its line begin: behind the mark of a list, or in
 * the last column of a table.
 */
export const fold = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => foldLine(line, width))
    .join('\n');

/** The same of a help text, whose paragraphs are put together first: they were broken for another width. */
export function foldParagraphs(text: string, width: number): string {
  const lines = text.split('\n');
  if (lines.every((line) => line.length <= width)) return text;
  const whole: string[] = [];
  for (const line of lines) {
    const before = whole.at(-1) ?? '';
    const goesOn = before.trim() !== '' && line.trim() !== '' && !/^usage:/i.test(before);
    if (goesOn && indentOf(line) === wordsBegin(before) && !/\S {2,}\S/.test(line))
      whole.push(`${whole.pop()} ${line.trim()}`);
    else whole.push(line);
  }
  return fold(whole.join('\n'), width);
}

const indentOf = (line: string) => line.length - line.trimStart().length;

function foldLine(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const begin = wordsBegin(line);
  const indent = begin <= width * WIDEST_INDENT ? begin : indentOf(line) + 2;
  const [first = '', ...others] = wrap(line.slice(begin), width, indent, begin);
  return [line.slice(0, begin) + first, ...others];
}

/** Of the width: words in a narrower column than the rest are not worth the lines they take. */
const WIDEST_INDENT = 0.6;

/** The column behind the last gap of two or more spaces, or behind a mark and its space, or the first that is no space. */
function wordsBegin(line: string): number {
  const gap = /^\s*\S.*\s{2,}(?=\S)/.exec(line);
  if (gap) return gap[0].length;
  return /^\s*(?:[^\p{L}\p{N}\s'"(-]\s|usage: (?:\S+ )?)?/iu.exec(line)?.[0].length ?? 0;
}
