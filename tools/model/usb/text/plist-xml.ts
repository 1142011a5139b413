// plist-xml.ts — an XML property list in, its value out. For `ioreg -a`, whose output can have tens of megabytes: one pass, no
// tree of nodes in between, and no parser to load when the input is none.

import type { PlistValue } from '../../apple/property-list-values.ts';

const TOKEN = /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!DOCTYPE[^>]*>|<(\/?)([A-Za-z]+)[^<>]*?(\/?)>|[^<]+/y;
/** Deeper than any registry; a limit, because the text is a stranger's. */
const DEEPEST = 512;

type Collection =
  | { readonly kind: 'dict'; readonly value: { [key: string]: PlistValue }; key?: string }
  | { readonly kind: 'array'; readonly value: PlistValue[] };

/** Throws SyntaxError, naming the offset, for anything but a well-formed property list. */
export function parsePlistXml(text: string): PlistValue {
  const open: Collection[] = [];
  let root: PlistValue | undefined;
  let leaf: string | undefined;
  let content = '';
  TOKEN.lastIndex = 0;
  const fail = (what: string): never => {
    throw new SyntaxError(`${what} at offset ${TOKEN.lastIndex}`);
  };
  const put = (value: PlistValue) => {
    const into = open.at(-1);
    if (!into) root ??= value;
    else if (into.kind === 'array') into.value.push(value);
    else if (into.key === undefined) fail('a value without a key');
    else {
      into.value[into.key] = value;
      delete into.key;
    }
  };
  for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
    const [token, slash, name, empty] = match;
    if (name === undefined) content += token.startsWith('<') ? '' : token;
    else if (name === 'plist') content = '';
    else if (name === 'dict' || name === 'array') {
      if (slash) {
        if (open.pop()?.kind !== name) fail(`</${name}> closes something else`);
        continue;
      }
      const collection: Collection =
        name === 'dict' ? { kind: 'dict', value: Object.create(null) } : { kind: 'array', value: [] };
      put(collection.value);
      if (!empty && open.push(collection) > DEEPEST) fail('nested too deep');
    } else if (slash || empty) {
      if (slash && leaf !== name) fail(`</${name}> closes something else`);
      const into = open.at(-1);
      if (name !== 'key') put(scalar(name, empty ? '' : content));
      else if (into?.kind === 'dict') into.key = unescaped(content);
      leaf = undefined;
    } else {
      leaf = name;
      content = '';
    }
  }
  if (root === undefined || open.length > 0) fail('the property list ends early');
  return root as PlistValue;
}

function scalar(name: string, content: string): PlistValue {
  switch (name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'integer':
    case 'real':
      return Number(content.trim());
    case 'data':
      return new Uint8Array(Buffer.from(content, 'base64'));
    default:
      return unescaped(content);
  }
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

const unescaped = (text: string) =>
  text.includes('&')
    ? text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
        if (name !== undefined) return ENTITIES[name] ?? whole;
        const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      })
    : text;
