// asn1.ts — ASN.1 in DER and BER in, a tree of elements out.
//
// element                                             X.690, section 8
//   identifier   class 2 bits, constructed 1 bit, tag 5 bits (31: more bytes follow, 7 bits each)
//   length       one byte below 0x80; 0x81..0x84 and as many bytes; 0x80: until two zero bytes (BER)
//   contents
//
// Apple's provisioning profiles are DER, but the CMS in a Mach-O file has indefinite lengths and strings in parts.

import type { FormatError } from './format-error.ts';
import { View } from './view.ts';

/** Deeper nesting and more elements than this are nothing Apple signs. */
const MAX_DEPTH = 48;
const MAX_ELEMENTS = 200_000;

interface Budget {
  left: number;
}

export type Asn1Class = 'universal' | 'application' | 'context' | 'private';
const CLASSES: readonly Asn1Class[] = ['universal', 'application', 'context', 'private'];

export const TAG = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  utcTime: 23,
  generalizedTime: 24,
} as const;

/** Where an element lies in a view: its first byte, its contents, and what follows it. */
interface Extent {
  readonly view: View;
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
  readonly depth: number;
}

/** One element. What is below it is read when it is asked for, and throws FormatError then. */
export class Asn1 {
  readonly class: Asn1Class;
  readonly tag: number;
  readonly constructed: boolean;
  readonly #extent: Extent;
  readonly #budget: Budget;
  #children: readonly Asn1[] | undefined;

  constructor(identifier: number, tag: number, extent: Extent, budget: Budget, children?: readonly Asn1[]) {
    this.class = CLASSES[identifier >> 6] ?? 'universal';
    this.tag = tag;
    this.constructed = (identifier & 0x20) !== 0;
    this.#extent = extent;
    this.#budget = budget;
    this.#children = children;
  }

  /** Identifier, length and contents as they lie in the file. */
  get whole(): View {
    const { view, start, end } = this.#extent;
    return view.slice(start, end - start);
  }

  get content(): View {
    const { view, contentStart, contentEnd } = this.#extent;
    return view.slice(contentStart, contentEnd - contentStart);
  }

  /** Bytes of the whole element. */
  get size(): number {
    return this.#extent.end - this.#extent.start;
  }

  get children(): readonly Asn1[] {
    this.#children ??= this.constructed ? readChildren(this.content, this.#extent.depth, this.#budget) : [];
    return this.#children;
  }

  is(tag: number, asn1Class: Asn1Class = 'universal'): boolean {
    return this.tag === tag && this.class === asn1Class;
  }

  /** This element, when it is what it should be. */
  expect(tag: number, what: string, asn1Class: Asn1Class = 'universal'): this {
    if (this.is(tag, asn1Class)) return this;
    throw this.error(`${what} should be ${asn1Class} ${tag}, is ${this.class} ${this.tag}`);
  }

  /** The child at `index`, which must be there. */
  child(index: number, what: string): Asn1 {
    const child = this.children[index];
    if (!child) throw this.error(`${what} is missing`);
    return child;
  }

  /** The first child that carries context tag `tag`. */
  context(tag: number): Asn1 | undefined {
    return this.children.find((child) => child.is(tag, 'context'));
  }

  error(what: string): FormatError {
    return this.whole.error(0, what);
  }
}

/** Reads one element at the start of the view; what follows it is not looked at. Throws FormatError. */
export function readAsn1(view: View): Asn1 {
  return readElement(view, 0, 0, { left: MAX_ELEMENTS });
}

/** Reads one element that must fill the view, except for zero bytes behind it when `padded`. */
export function readWholeAsn1(view: View, what: string, padded = false): Asn1 {
  const element = readAsn1(view);
  const rest = view.bytes.subarray(element.size);
  if (padded ? rest.some((byte) => byte !== 0) : rest.length > 0) {
    throw view.error(element.size, `${rest.length} bytes follow the ${what}`);
  }
  return element;
}

function readElement(view: View, start: number, depth: number, budget: Budget): Asn1 {
  if (budget.left-- === 0) throw view.error(start, 'there are too many elements');
  if (depth > MAX_DEPTH) throw view.error(start, 'elements are nested too deep');
  const identifier = view.u8(start, 'identifier');
  const { tag, next } = readTag(view, start, identifier);
  const { length, next: contentStart } = readLength(view, next);
  if (length === undefined) {
    if ((identifier & 0x20) === 0) throw view.error(start, 'an indefinite length on a primitive element');
    const { children, end } = readUntilEnd(view, contentStart, depth, budget);
    const extent = { view, start, contentStart, contentEnd: end, end: end + 2, depth };
    return new Asn1(identifier, tag, extent, budget, children);
  }
  const end = contentStart + length;
  if (length > view.length - contentStart) {
    throw view.error(contentStart, `element of ${length} bytes runs past the end at ${view.offset + view.length}`);
  }
  return new Asn1(identifier, tag, { view, start, contentStart, contentEnd: end, end, depth }, budget);
}

function readTag(view: View, start: number, identifier: number): { tag: number; next: number } {
  if ((identifier & 0x1f) !== 0x1f) return { tag: identifier & 0x1f, next: start + 1 };
  let tag = 0;
  for (let at = start + 1; at <= start + 4; at++) {
    const byte = view.u8(at, 'tag');
    tag = tag * 128 + (byte & 0x7f);
    if (byte < 0x80) return { tag, next: at + 1 };
  }
  throw view.error(start, 'the tag is too long');
}

function readLength(view: View, at: number): { length: number | undefined; next: number } {
  const first = view.u8(at, 'length');
  if (first < 0x80) return { length: first, next: at + 1 };
  if (first === 0x80) return { length: undefined, next: at + 1 };
  const size = first & 0x7f;
  if (size > 4) throw view.error(at, `a length of ${size} bytes`);
  return { length: view.unsigned(at + 1, size, 'length'), next: at + 1 + size };
}

function readChildren(content: View, depth: number, budget: Budget): readonly Asn1[] {
  const children: Asn1[] = [];
  for (let at = 0; at < content.length; ) {
    const child = readElement(content, at, depth + 1, budget);
    children.push(child);
    at += child.size;
  }
  return children;
}

function readUntilEnd(
  view: View,
  start: number,
  depth: number,
  budget: Budget,
): { children: readonly Asn1[]; end: number } {
  const children: Asn1[] = [];
  let at = start;
  while (view.u16(at, 'end of contents') !== 0) {
    const child = readElement(view, at, depth + 1, budget);
    children.push(child);
    at += child.size;
  }
  return { children, end: at };
}

/** The bytes of an octet string; one in parts (BER) is put together. */
export function octets(element: Asn1): View {
  if (!element.constructed) return element.content;
  const parts = element.children.map((child) => octets(child.expect(TAG.octetString, 'part of an octet string')));
  return new View(Buffer.concat(parts.map((part) => part.bytes)), element.content.offset);
}
