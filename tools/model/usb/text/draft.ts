// draft.ts — a descriptor under construction from a text: fields in by name, bytes out, with those the text did not contain.

import { uuidBytes, writeUnsigned } from '../bytes.ts';
import type { Part } from '../dump.ts';
import type { FieldShape, Layout } from '../layout.ts';

/** Longest descriptor there is: bLength is one byte. */
const LONGEST = 255;

export class Draft {
  readonly layout: Layout;
  /** bLength, when the text says it. */
  length: number | undefined;
  /** bDescriptorType was read: another one begins a repeated group (HID). */
  started = false;
  private readonly bytes = new Uint8Array(LONGEST);
  private readonly written = new Set<number>([0, 1]);
  private used: number;

  constructor(layout: Layout) {
    this.layout = layout;
    this.used = layout.size;
    this.bytes[1] = layout.type;
    if (layout.subtype === undefined) return;
    this.bytes[2] = layout.subtype;
    this.written.add(2);
  }

  /** Sets field `name` (an `[index]` counts repeated groups); false when this layout has none of that name. */
  setNumber(name: string, value: number): boolean {
    const shape = this.shape(name);
    if (shape) this.put(shape.at, shape.size || 1, value);
    return shape !== undefined;
  }

  /** Its bLength was read. */
  get begun(): boolean {
    return this.length !== undefined;
  }

  setBytes(name: string, value: Uint8Array): boolean {
    const shape = this.shape(name);
    for (const [index, byte] of shape ? value.entries() : []) this.put((shape?.at ?? 0) + index, 1, byte);
    return shape !== undefined;
  }

  /** One byte of a field that is a run of bytes. */
  setByte(name: string, index: number, value: number): void {
    const shape = this.shape(name);
    if (shape && shape.at + index < LONGEST) this.put(shape.at + index, 1, value);
  }

  setUuid(name: string, text: string): boolean {
    const value = uuidBytes(text);
    return value !== undefined && this.setBytes(name, value);
  }

  /** The value a field has so far. */
  get(name: string): number {
    const shape = this.shape(name);
    let value = 0;
    for (let index = (shape?.size ?? 0) - 1; index >= 0; index--)
      value = value * 256 + (this.bytes[(shape?.at ?? 0) + index] ?? 0);
    return value;
  }

  /** A value that is a guess: it is there, but counts as not in the input. */
  assume(name: string, value: number): void {
    const shape = this.shape(name);
    if (!shape) return;
    this.put(shape.at, shape.size, value);
    for (let index = 0; index < shape.size; index++) this.written.delete(shape.at + index);
  }

  shape(name: string): FieldShape | undefined {
    const exact = this.layout.fields.find((each) => each.name === name);
    if (exact || !this.layout.repeat) return exact;
    const [, base, index] = /^(\w+)\[(\d+)\]$/.exec(name) ?? [];
    const repeated = this.layout.repeat.fields.find((each) => each.name === base);
    const { stride } = this.layout.repeat;
    return repeated && { ...repeated, at: this.layout.size + Number(index) * stride + repeated.at };
  }

  /** How many repeated groups were begun. */
  get groups(): number {
    return this.layout.repeat ? Math.ceil((this.used - this.layout.size) / this.layout.repeat.stride) : 0;
  }

  finish(): Part {
    const length = Math.min(this.length ?? this.used, LONGEST);
    const bytes = this.bytes.slice(0, length);
    bytes[0] = length;
    const assumed = new Set<number>();
    for (let offset = 2; offset < length; offset++) if (!this.written.has(offset)) assumed.add(offset);
    return { bytes, assumed };
  }

  private put(at: number, size: number, value: number): void {
    writeUnsigned(this.bytes, at, size, value);
    for (let index = 0; index < size; index++) this.written.add(at + index);
    this.used = Math.max(this.used, at + size);
  }
}

/** Parts one after the other as one part. */
export function joinParts(parts: readonly Part[]): Part {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.bytes.length, 0));
  const assumed = new Set<number>();
  let at = 0;
  for (const part of parts) {
    bytes.set(part.bytes, at);
    for (const offset of part.assumed) assumed.add(at + offset);
    at += part.bytes.length;
  }
  return { bytes, assumed };
}
