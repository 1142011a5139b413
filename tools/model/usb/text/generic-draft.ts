// generic-draft.ts — a descriptor we have no table for, from a text that prints its fields in order: audio, video and the like.
//
// The prefix of a USB field name says its size (b one byte, w two, d four). When the sizes add up to bLength, every byte is
// known; when they do not, only the header is.

import { uuidBytes, writeUnsigned } from '../bytes.ts';
import type { Part } from '../dump.ts';

interface Item {
  readonly size: number;
  readonly value: number | Uint8Array;
}

export class GenericDraft {
  private length = 0;
  private readonly items: Item[] = [];

  /** Its bLength was read. */
  get begun(): boolean {
    return this.items.length > 0;
  }

  set(name: string, value: string): void {
    const item = itemOf(name.replace(/\[\d+\]|\(\s*\d+\)/, ''), value);
    if (!item) return;
    if (name === 'bLength') this.length = Math.min(255, item.value as number);
    this.items.push(item);
  }

  finish(): Part {
    const bytes = new Uint8Array(this.length);
    const adds = this.items.reduce((sum, { size }) => sum + size, 0) === this.length;
    const known = adds ? this.items : this.items.slice(0, 2);
    let at = 0;
    for (const { size, value } of known) {
      if (typeof value === 'number') writeUnsigned(bytes, at, size, value);
      else bytes.set(value.subarray(0, Math.max(0, this.length - at)), at);
      at += size;
    }
    const assumed = new Set<number>();
    for (let offset = at; offset < this.length; offset++) assumed.add(offset);
    return { bytes, assumed };
  }
}

function itemOf(name: string, text: string): Item | undefined {
  const uuid = uuidBytes(text.split(/\s/)[0] ?? '');
  if (uuid) return { size: 16, value: uuid };
  if (/^bcd[A-Z]/.test(name)) return bcdItem(text);
  const [, digits, decimal] = /^(?:0x([0-9a-f]{1,8})|(\d{1,10}))\b/i.exec(text) ?? [];
  if (digits === undefined && decimal === undefined) return undefined;
  const value = digits === undefined ? Number(decimal) : Number.parseInt(digits, 16);
  const size = sizeOf(name, digits);
  return size === undefined ? undefined : { size, value };
}

function bcdItem(text: string): Item | undefined {
  const [, major, minor] = /^([0-9a-f]{1,2})\.([0-9a-f]{2})/i.exec(text) ?? [];
  return major && minor ? { size: 2, value: Number.parseInt(major + minor, 16) } : undefined;
}

function sizeOf(name: string, hexDigits: string | undefined): number | undefined {
  if (/^bm[A-Z]/.test(name)) return hexDigits === undefined ? 1 : Math.ceil(hexDigits.length / 2);
  if (/^[bi][A-Z]/.test(name)) return 1;
  if (/^w[A-Z]/.test(name)) return 2;
  if (/^t[A-Z]/.test(name)) return 3;
  return /^dw?[A-Z]/.test(name) ? 4 : undefined;
}
