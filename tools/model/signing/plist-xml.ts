// plist-xml.ts — an XML property list in, its value out. Reads the XML Apple writes, and refuses the rest by its place.

import { FormatError } from './format-error.ts';
import { PlistReal, type PlistValue } from './plist.ts';
import type { View } from './view.ts';

const MAX_DEPTH = 64;
const BLANK = /[ \t\r\n]*/y;
const TAG = /<(\/?)([A-Za-z]{1,16})(?:\s[^<>]{0,256})?(\/?)>/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads a property list in XML, UTF-8. Throws FormatError with the offset in characters. */
export function readXmlPlist(view: View): PlistValue {
  return new XmlReader(view.text('the XML property list')).read();
}

type Tag = { readonly name: string; readonly kind: 'open' | 'close' | 'empty'; readonly at: number };

class XmlReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text.startsWith('\uFEFF') ? text.slice(1) : text;
  }

  read(): PlistValue {
    this.#skipProlog();
    const outer = this.#tag();
    const inPlist = outer.name === 'plist' && outer.kind === 'open';
    if (outer.name === 'plist' && !inPlist) throw this.#error(outer.at, 'an empty property list');
    const value = this.#value(inPlist ? this.#tag() : outer, 0);
    if (inPlist) this.#close('plist');
    this.#skipBlank();
    if (this.#at < this.#text.length) throw this.#error(this.#at, 'something follows the property list');
    return value;
  }

  #value(tag: Tag, depth: number): PlistValue {
    if (depth > MAX_DEPTH) throw this.#error(tag.at, 'values are nested too deep');
    if (tag.kind === 'close') throw this.#error(tag.at, `</${tag.name}> where a value should be`);
    switch (tag.name) {
      case 'true':
      case 'false':
        if (tag.kind === 'open') this.#close(tag.name);
        return tag.name === 'true';
      case 'dict':
        return tag.kind === 'empty' ? new Map() : this.#dict(depth);
      case 'array':
        return tag.kind === 'empty' ? [] : this.#array(depth);
      case 'string':
        return this.#content(tag);
      case 'integer':
        return this.#integer(tag);
      case 'real':
        return this.#real(tag);
      case 'date':
        return this.#date(tag);
      case 'data':
        return this.#data(tag);
      default:
        throw this.#error(tag.at, `<${tag.name}> is no property list type`);
    }
  }

  #dict(depth: number): PlistValue {
    const dict = new Map<string, PlistValue>();
    for (let tag = this.#tag(); ; tag = this.#tag()) {
      if (tag.kind === 'close' && tag.name === 'dict') return dict;
      if (tag.name !== 'key' || tag.kind === 'close') throw this.#error(tag.at, `<${tag.name}> where a key should be`);
      const key = this.#content(tag);
      if (dict.has(key)) throw this.#error(tag.at, `the key ${JSON.stringify(key)} occurs twice`);
      dict.set(key, this.#value(this.#tag(), depth + 1));
    }
  }

  #array(depth: number): PlistValue {
    const array: PlistValue[] = [];
    for (let tag = this.#tag(); ; tag = this.#tag()) {
      if (tag.kind === 'close' && tag.name === 'array') return array;
      array.push(this.#value(tag, depth + 1));
    }
  }

  #integer(tag: Tag): PlistValue {
    const text = this.#content(tag).trim();
    if (!/^[+-]?(\d{1,40}|0[xX][0-9a-fA-F]{1,32})$/.test(text))
      throw this.#error(tag.at, `${JSON.stringify(text)} is no integer`);
    const magnitude = BigInt(text.replace(/^[+-]/, ''));
    const value = text.startsWith('-') ? -magnitude : magnitude;
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #real(tag: Tag): PlistValue {
    const text = this.#content(tag).trim();
    const special = { nan: Number.NaN, '+infinity': Infinity, infinity: Infinity, '-infinity': -Infinity }[
      text.toLowerCase()
    ];
    const value = special ?? Number(text === '' ? 'empty' : text);
    if (special === undefined && Number.isNaN(value)) throw this.#error(tag.at, `${JSON.stringify(text)} is no number`);
    return new PlistReal(value);
  }

  #date(tag: Tag): PlistValue {
    const text = this.#content(tag).trim();
    const value = new Date(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) ? text : Number.NaN);
    if (Number.isNaN(value.getTime())) throw this.#error(tag.at, `${JSON.stringify(text)} is no date`);
    return value;
  }

  #data(tag: Tag): PlistValue {
    const text = this.#content(tag).replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw this.#error(tag.at, 'data that is not base64');
    return new Uint8Array(Buffer.from(text, 'base64'));
  }

  /** Text up to the closing tag of `tag`, with entities and CDATA resolved. */
  #content(tag: Tag): string {
    if (tag.kind === 'empty') return '';
    const end = `</${tag.name}>`;
    const simple = this.#text.indexOf('<', this.#at);
    if (simple >= 0 && this.#text.startsWith(end, simple)) {
      const text = this.#unescape(this.#text.slice(this.#at, simple), this.#at);
      this.#at = simple + end.length;
      return text;
    }
    const parts: string[] = [];
    for (;;) {
      const next = this.#find('<', `<${tag.name}> does not end`);
      parts.push(this.#unescape(this.#text.slice(this.#at, next), this.#at));
      this.#at = next;
      if (this.#text.startsWith('<![CDATA[', next)) {
        const end = this.#find(']]>', 'CDATA does not end');
        parts.push(this.#text.slice(next + 9, end));
        this.#at = end + 3;
      } else if (!this.#skipComment()) {
        this.#close(tag.name);
        return parts.join('');
      }
    }
  }

  #unescape(text: string, at: number): string {
    if (!text.includes('&')) return text;
    return text.replace(/&([^;]{0,12});?/g, (whole: string, name: string, index: number) => {
      const numeric = /^#(?:(\d{1,7})|x([0-9a-fA-F]{1,6}))$/.exec(name);
      const code = numeric ? Number.parseInt(numeric[1] ?? numeric[2] ?? '', numeric[1] ? 10 : 16) : undefined;
      if (code !== undefined && code <= 0x10ffff && whole.endsWith(';')) return String.fromCodePoint(code);
      const known = Object.hasOwn(ENTITIES, name) && whole.endsWith(';') ? ENTITIES[name] : undefined;
      if (known === undefined) throw this.#error(at + index, `${JSON.stringify(whole)} is no entity`);
      return known;
    });
  }

  #tag(): Tag {
    this.#skipBlank();
    const at = this.#at;
    TAG.lastIndex = at;
    const found = TAG.exec(this.#text);
    if (!found)
      throw this.#error(at, at < this.#text.length ? 'no tag where one should be' : 'the property list does not end');
    this.#at = TAG.lastIndex;
    const empty = found[0].endsWith('/>');
    return { name: found[2] ?? '', kind: found[1] ? 'close' : empty ? 'empty' : 'open', at };
  }

  #close(name: string): void {
    const tag = this.#tag();
    if (tag.kind !== 'close' || tag.name !== name)
      throw this.#error(tag.at, `<${tag.name}> where </${name}> should be`);
  }

  #skipProlog(): void {
    this.#skipBlank();
    for (const start of ['<?xml', '<!DOCTYPE']) {
      if (!this.#text.startsWith(start, this.#at)) continue;
      const end = this.#find('>', `${start} does not end`);
      if (this.#text.slice(this.#at, end).includes('['))
        throw this.#error(this.#at, 'a DOCTYPE with declarations of its own');
      this.#at = end + 1;
      this.#skipBlank();
    }
  }

  #skipBlank(): void {
    do {
      BLANK.lastIndex = this.#at;
      BLANK.test(this.#text);
      this.#at = BLANK.lastIndex;
    } while (this.#skipComment());
  }

  #skipComment(): boolean {
    if (!this.#text.startsWith('<!--', this.#at)) return false;
    this.#at = this.#find('-->', 'a comment does not end') + 3;
    return true;
  }

  #find(text: string, otherwise: string): number {
    const found = this.#text.indexOf(text, this.#at);
    if (found < 0) throw this.#error(this.#at, otherwise);
    return found;
  }

  #error(at: number, what: string): FormatError {
    return new FormatError(at, what);
  }
}

/** Comments in XML that Apple's kernel parser stumbles on: those with "--" inside. Their offsets in characters. */
export function stumblingComments(text: string): readonly number[] {
  const offsets: number[] = [];
  for (let at = text.indexOf('<!--'); at >= 0; at = text.indexOf('<!--', at + 4)) {
    const end = text.indexOf('-->', at + 4);
    if (text.slice(at + 4, end < 0 ? undefined : end).includes('--')) offsets.push(at);
  }
  return offsets;
}
