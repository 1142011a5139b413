// bytes.ts — the one way to read wire bytes: a read outside gives undefined, never somebody else's byte.

/** Little-endian reads within `data`; `undefined` where the field does not lie inside it completely. */
export function readUnsigned(data: Uint8Array, offset: number, size: number): number | undefined {
  if (offset < 0 || size < 1 || size > 4 || offset + size > data.length) return undefined;
  let value = 0;
  for (let index = size - 1; index >= 0; index--) value = value * 256 + (data[offset + index] ?? 0);
  return value;
}

/** Writes `size` little-endian bytes of `value` into `data`; what lies outside is left out. */
export function writeUnsigned(data: Uint8Array, offset: number, size: number, value: number): void {
  let rest = value;
  for (let index = 0; index < size && offset + index < data.length; index++) {
    data[offset + index] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** `09 02 1a`: how bytes are shown to people everywhere. */
export const hexBytes = (data: Uint8Array) => Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/** `0x0bda`. */
export const hexNumber = (value: number, digits: number) => `0x${value.toString(16).padStart(digits, '0')}`;

/** 16 bytes as a UUID in the mixed-endian text form USB uses (USB 3.2, 9.6.2.3): the first three groups are swapped. */
export function uuidText(data: Uint8Array): string {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  const digits = order.map((index) => (data[index] ?? 0).toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The bytes of a UUID's text form; undefined when it is none. The inverse of `uuidText`. */
export function uuidBytes(text: string): Uint8Array | undefined {
  const digits = text.replace(/[{}-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(digits)) return undefined;
  const plain = Uint8Array.from({ length: 16 }, (_, index) =>
    Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16),
  );
  return Uint8Array.from([3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15], (index) => plain[index] ?? 0);
}
