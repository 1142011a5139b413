// plist-binary.ts — a binary property list in, its value out.
//
// file                                                Apple, CFBinaryPList.c
//   0          "bplist00"
//   …          objects: marker byte (type 4 bits, count or size 4 bits; 15: an integer object with the count follows)
//   …          offset table: where each object lies
//   last 32    6 unused, bytes per offset, bytes per reference, number of objects, top object, place of the offset table

import { PlistReal, type PlistValue } from './plist.ts';
import type { View } from './view.ts';

const MAX_DEPTH = 64;
/** Objects read for one list, shared ones each time they occur: lists that unfold without end stop here. */
const MAX_VALUES = 500_000;
/** Seconds from 1970 to 2001, where Apple's dates begin. */
const APPLE_EPOCH = 978_307_200;

/** Reads a binary property list that fills the view. Throws FormatError. */
export function readBinaryPlist(view: View): PlistValue {
  return new BinaryReader(view).read();
}

class BinaryReader {
  readonly #view: View;
  readonly #offsetSize: number;
  readonly #referenceSize: number;
  readonly #count: number;
  readonly #table: View;
  #left = MAX_VALUES;

  constructor(view: View) {
    if (view.length < 40) throw view.error(0, `a binary property list of ${view.length} bytes`);
    const trailer = view.slice(view.length - 32);
    this.#view = view;
    this.#offsetSize = this.#size(trailer, 6, 'bytes per offset');
    this.#referenceSize = this.#size(trailer, 7, 'bytes per reference');
    this.#count = trailer.u64(8, 'number of objects');
    if (this.#count > view.length) throw trailer.error(8, `${this.#count} objects in ${view.length} bytes`);
    this.#table = view.slice(trailer.u64(24, 'offset table'), this.#count * this.#offsetSize, 'offset table');
  }

  read(): PlistValue {
    return this.#object(this.#view.u64(this.#view.length - 16, 'top object'), 0);
  }

  #size(trailer: View, at: number, what: string): number {
    const size = trailer.u8(at, what);
    if (size < 1 || size > 8) throw trailer.error(at, `${size} ${what}`);
    return size;
  }

  #object(index: number, depth: number): PlistValue {
    if (this.#left-- === 0) throw this.#view.error(0, 'the property list unfolds to too many values');
    if (depth > MAX_DEPTH) throw this.#view.error(0, 'values are nested too deep');
    if (index >= this.#count) throw this.#view.error(0, `object ${index} of ${this.#count}`);
    const at = this.#table.unsigned(index * this.#offsetSize, this.#offsetSize, 'offset');
    const marker = this.#view.u8(at, 'object');
    const low = marker & 15;
    switch (marker >> 4) {
      case 0:
        if (low === 8 || low === 9) return low === 9;
        break;
      case 1:
        if (low <= 4) return this.#integer(at + 1, 1 << low);
        break;
      case 2:
        if (low === 2) return new PlistReal(this.#view.float32(at + 1));
        if (low === 3) return new PlistReal(this.#view.float64(at + 1));
        break;
      case 3:
        return this.#date(at + 1);
      case 4:
        return new Uint8Array(this.#counted(at, 1).bytes);
      case 5:
        return Buffer.from(this.#counted(at, 1).bytes).toString('latin1');
      case 6:
        return Buffer.from(this.#counted(at, 2).bytes).swap16().toString('utf16le');
      case 10:
        return this.#references(this.#counted(at, this.#referenceSize), depth);
      case 13:
        return this.#dict(this.#counted(at, 2 * this.#referenceSize), depth);
    }
    throw this.#view.error(at, `an object of type 0x${marker.toString(16)}`);
  }

  #integer(at: number, size: number): PlistValue {
    const bits = BigInt(`0x${this.#view.slice(at, size, 'integer').hex()}`);
    const value = size >= 8 ? BigInt.asIntN(size * 8, bits) : bits;
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #date(at: number): PlistValue {
    const date = new Date((this.#view.float64(at) + APPLE_EPOCH) * 1000);
    if (Number.isNaN(date.getTime())) throw this.#view.error(at, 'a date that is none');
    return date;
  }

  /** The bytes of an object whose marker tells how many items of `size` bytes it has. */
  #counted(at: number, size: number): View {
    const low = this.#view.u8(at) & 15;
    if (low < 15) return this.#view.slice(at + 1, low * size, 'object');
    const marker = this.#view.u8(at + 1, 'count');
    if (marker >> 4 !== 1 || (marker & 15) > 3) throw this.#view.error(at + 1, 'a count that is no integer');
    const width = 1 << (marker & 15);
    return this.#view.slice(at + 2 + width, this.#view.unsigned(at + 2, width, 'count') * size, 'object');
  }

  #references(list: View, depth: number): PlistValue[] {
    const values: PlistValue[] = [];
    for (let at = 0; at < list.length; at += this.#referenceSize) {
      values.push(this.#object(list.unsigned(at, this.#referenceSize), depth + 1));
    }
    return values;
  }

  #dict(pairs: View, depth: number): PlistValue {
    const half = pairs.length / 2;
    const keys = this.#references(pairs.slice(0, half), depth);
    const values = this.#references(pairs.slice(half), depth);
    const dict = new Map<string, PlistValue>();
    for (const [index, key] of keys.entries()) {
      const value = values[index];
      if (typeof key !== 'string' || value === undefined) throw pairs.error(0, 'a key that is no string');
      if (dict.has(key)) throw pairs.error(0, `the key ${JSON.stringify(key)} occurs twice`);
      dict.set(key, value);
    }
    return dict;
  }
}
