// hex.ts — bytes written as text: plain hexadecimal, `xxd`, `hexdump -C`, `od -tx1`, C arrays, base64.

/** The bytes a text stands for; undefined when it is no such text. */
export function parseHex(text: string): Uint8Array | undefined {
  const lines = text
    .split(/\r\n?|\n/)
    .map(withoutComment)
    .filter((line) => line.trim() !== '');
  if (lines.length === 0) return undefined;
  const bytes: number[] = [];
  for (const line of lines) {
    const found = lineBytes(line);
    if (!found) return parseBase64(text);
    bytes.push(...found);
  }
  return bytes.length >= 2 ? Uint8Array.from(bytes) : undefined;
}

const withoutComment = (line: string) => line.replace(/\/\*.*?\*\/|\/\/.*$|#.*$|;.*$/g, '');

/** `00000010: 0301 0902  ....` (xxd), `00000010  03 01  |..|` (hexdump -C), `0000020 03 01` (od). */
function lineBytes(line: string): number[] | undefined {
  const [, xxd] = /^\s*[0-9a-f]{4,16}:\s+(.*)$/i.exec(line) ?? [];
  if (xxd !== undefined) return pairs(xxd.split(/\s{2,}/)[0] ?? '');
  const [, dumped] = /^\s*[0-9a-f]{6,8}(?:\s+((?:[0-9a-f]{2}\s+)*[0-9a-f]{2})\s*(?:\|.*)?)?$/i.exec(line) ?? [];
  if (dumped !== undefined) return pairs(dumped);
  if (/^\s*[0-9a-f]{7,8}\s*$/i.test(line)) return []; // the length, which ends a dump
  return pairs(line.replace(/\b(?:unsigned|static|const|char|uint8_t)\b[^=]*=?/gi, ''));
}

function pairs(text: string): number[] | undefined {
  const digits = text.replace(/0x|\\x|[\s,{}[\]";:-]/gi, '');
  if (digits.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(digits)) return undefined;
  return (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
}

/** Descriptor bytes start with 12 01 or 09 02: `EgE` and `CQI` in base64. */
function parseBase64(text: string): Uint8Array | undefined {
  const plain = text.replace(/\s/g, '');
  return /^(EgE|CQI)[A-Za-z0-9+/]+=*$/.test(plain) ? new Uint8Array(Buffer.from(plain, 'base64')) : undefined;
}
