// view.ts — the only way bytes from outside are read: every access is checked, every error knows its place in the file.

import { FormatError } from './format-error.ts';

const TEXT = new TextDecoder('utf-8', { fatal: true });

/** A bounded window on bytes. `offset` is where its first byte lies in the file it came from. */
export class View {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly #data: DataView;

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes;
    this.offset = offset;
    this.#data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
    return this.#data.getUint8(at);
  }

  u16(at: number, what?: string): number {
    this.#bound(at, 2, what);
    return this.#data.getUint16(at);
  }

  /** Big-endian, as everything in a code signature. */
  u32(at: number, what?: string): number {
    this.#bound(at, 4, what);
    return this.#data.getUint32(at);
  }

  /** Little-endian, as in the Mach-O files of today's processors. */
  u32le(at: number, what?: string): number {
    this.#bound(at, 4, what);
    return this.#data.getUint32(at, true);
  }

  u64(at: number, what?: string): number {
    this.#bound(at, 8, what);
    return this.#small(this.#data.getBigUint64(at), at, what);
  }

  u64le(at: number, what?: string): number {
    this.#bound(at, 8, what);
    return this.#small(this.#data.getBigUint64(at, true), at, what);
  }

  /** A whole number of 1 to 8 bytes, big-endian. */
  unsigned(at: number, size: number, what?: string): number {
    let value = 0n;
    for (let index = 0; index < size; index++) value = (value << 8n) | BigInt(this.u8(at + index, what));
    return this.#small(value, at, what);
  }

  float64(at: number): number {
    this.#bound(at, 8);
    return this.#data.getFloat64(at);
  }

  float32(at: number): number {
    this.#bound(at, 4);
    return this.#data.getFloat32(at);
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

  #small(value: bigint, at: number, what = 'value'): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw this.error(at, `${what} ${value} is absurd`);
    return Number(value);
  }

  #bound(at: number, length: number, what = 'value'): void {
    if (at >= 0 && length >= 0 && at <= this.length && length <= this.length - at) return;
    throw this.error(at, `${what} of ${length} bytes runs past the end at ${this.offset + this.length}`);
  }
}
