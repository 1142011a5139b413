// view.ts — the only way bytes from outside are read: every access is checked, every error knows its place in the file.

import { FormatError } from './format-error.ts';

const TEXT = new TextDecoder('utf-8', { fatal: true });

/** A bounded window on bytes. `offset` is where its first byte lies in the file it came from. */
export class View {
  readonly bytes: Uint8Array;
  readonly offset: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
  }

  get length(): number {
    return this.bytes.length;
  }

  /** The window of `length` bytes at `at`; to the end when no length is given. */
  slice(at: number, length = this.length - at, what = 'value'): View {
    this.#bound(at, length, what);
    return new View(this.bytes.subarray(at, at + length), this.offset + at);
  }

  u8(at: number, what?: string): number {
    this.#bound(at, 1, what);
    return this.#byte(at);
  }

  u16(at: number, what?: string): number {
    this.#bound(at, 2, what);
    return this.#byte(at) * 0x100 + this.#byte(at + 1);
  }

  /** Big-endian, as everything in a code signature. */
  u32(at: number, what?: string): number {
    this.#bound(at, 4, what);
    return this.#word(at);
  }

  /** Little-endian, as in the Mach-O files of today's processors. */
  u32le(at: number, what?: string): number {
    this.#bound(at, 4, what);
    return this.#wordLe(at);
  }

  u64(at: number, what?: string): number {
    this.#bound(at, 8, what);
    return this.#wide(this.#word(at), this.#word(at + 4), at, what);
  }

  u64le(at: number, what?: string): number {
    this.#bound(at, 8, what);
    return this.#wide(this.#wordLe(at + 4), this.#wordLe(at), at, what);
  }

  /** A whole number of 1 to 8 bytes, big-endian. */
  unsigned(at: number, size: number, what = 'value'): number {
    this.#bound(at, size, what);
    let value = 0;
    for (let index = 0; index < size; index++) value = value * 0x100 + this.#byte(at + index);
    if (value > Number.MAX_SAFE_INTEGER) throw this.error(at, `${what} is absurd`);
    return value;
  }

  float64(at: number): number {
    this.#bound(at, 8);
    return this.#buffer(at, 8).readDoubleBE();
  }

  float32(at: number): number {
    this.#bound(at, 4);
    return this.#buffer(at, 4).readFloatBE();
  }

  /** Text up to the next zero byte, which must be there. */
  zeroTerminated(at: number, what: string): string {
    this.#bound(at, 0, what);
    const end = this.bytes.indexOf(0, at);
    if (end < 0) throw this.error(at, `${what} does not end`);
    return this.slice(at, end - at).text(what);
  }

  /** All of it as UTF-8. */
  text(what = 'text'): string {
    try {
      return TEXT.decode(this.bytes);
    } catch {
      throw this.error(0, `${what} is not UTF-8`);
    }
  }

  hex(): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength).toString('hex');
  }

  error(at: number, what: string): FormatError {
    return new FormatError(this.offset + at, what);
  }

  #byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  #word(at: number): number {
    return this.#byte(at) * 0x1000000 + (this.#byte(at + 1) << 16) + (this.#byte(at + 2) << 8) + this.#byte(at + 3);
  }

  #wordLe(at: number): number {
    return this.#byte(at + 3) * 0x1000000 + (this.#byte(at + 2) << 16) + (this.#byte(at + 1) << 8) + this.#byte(at);
  }

  #wide(high: number, low: number, at: number, what = 'value'): number {
    if (high >= 0x200000) throw this.error(at, `${what} is absurd`);
    return high * 0x100000000 + low;
  }

  #buffer(at: number, length: number): Buffer {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + at, length);
  }

  #bound(at: number, length: number, what = 'value'): void {
    if (at >= 0 && length >= 0 && at <= this.length && length <= this.length - at) return;
    throw this.error(at, `${what} of ${length} bytes runs past the end at ${this.offset + this.length}`);
  }
}
