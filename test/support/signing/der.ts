// der.ts — values in, their DER out; and the indefinite lengths of BER where asked for.

/** Identifier and definite length around contents. */
export function tlv(identifier: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([identifier, ...length(content.length)]), content]);
}

function length(size: number): readonly number[] {
  if (size < 0x80) return [size];
  const bytes: number[] = [];
  for (let rest = size; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** The same with a length that is told by its end, as the CMS in Mach-O files has it. */
export function indefinite(identifier: number, ...contents: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([identifier | 0x20, 0x80]), ...contents, Buffer.from([0, 0])]);
}

export const sequence = (...contents: readonly Uint8Array[]) => tlv(0x30, ...contents);
export const octetString = (content: Uint8Array) => tlv(0x04, content);
export const bitString = (content: Uint8Array) => tlv(0x03, Buffer.from([0]), content);
export const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
export const boolean = (value: boolean) => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const nothing = () => tlv(0x05);

/** A SET OF: DER wants its members in the order of their bytes. */
export function setOf(...members: readonly Uint8Array[]): Buffer {
  return tlv(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)));
}

/** Context tag `tag` around what is inside (explicit). */
export function explicit(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  return tlv(0xa0 | tag, ...contents);
}

export function integer(value: number | bigint): Buffer {
  let rest = BigInt(value);
  const bytes: number[] = [];
  do {
    bytes.unshift(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  if (value >= 0 && (bytes[0] ?? 0) >= 0x80) bytes.unshift(0);
  if (value < 0 && (bytes[0] ?? 0) < 0x80) bytes.unshift(0xff);
  return tlv(0x02, Buffer.from(bytes));
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): readonly number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest % 128));
  return bytes;
}

const digits = (time: Date) => `${time.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;

/** UTCTime until 2049, GeneralizedTime after, as X.509 has it. */
export function x509Time(time: Date): Buffer {
  return time.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(digits(time).slice(2))) : generalizedTime(time);
}

export function generalizedTime(time: Date): Buffer {
  return tlv(0x18, Buffer.from(digits(time)));
}
