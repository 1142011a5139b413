// text.ts — text in, what may be printed of it out: safe, folded or cut. What a device said is hostile: no control character gets out.

/** Text from outside with every control and direction-changing character made visible. */
export const shown = (text: string) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  text.replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/g, (character) =>
    /^[\ud800-\udfff]/.test(character) ? '\ufffd' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Breaks at spaces; the first line is not indented, the others by `indent` columns. */
export function wrap(text: string, width: number, indent: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width - indent) {
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
