// plist.ts — plain values in, property lists in XML, binary and DER out.

import { boolean, generalizedTime, integer, octetString, sequence, tlv, utf8 } from './der.ts';

export type Plain =
  | string
  | number
  | boolean
  | Date
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain };
export type PlainDict = { readonly [key: string]: Plain };

export function isPlainDict(value: Plain): value is PlainDict {
  return (
    typeof value === 'object' && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Uint8Array)
  );
}

export function xmlPlist(value: Plain): Buffer {
  const head =
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n';
  return Buffer.from(`${head}<plist version="1.0">\n${xml(value)}\n</plist>\n`);
}

function xml(value: Plain): string {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`;
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  if (typeof value === 'boolean') return `<${value}/>`;
  if (value instanceof Date) return `<date>${value.toISOString().slice(0, 19)}Z</date>`;
  if (value instanceof Uint8Array) return `<data>\n${Buffer.from(value).toString('base64')}\n</data>`;
  if (!isPlainDict(value)) return `<array>\n${value.map(xml).join('\n')}\n</array>`;
  return `<dict>\n${Object.entries(value)
    .map(([key, entry]) => `<key>${escaped(key)}</key>\n${xml(entry)}`)
    .join('\n')}\n</dict>`;
}

/** The dictionary as a code signature's slot 7 holds it. */
export function derEntitlements(dict: PlainDict): Buffer {
  return tlv(0x70, integer(1), der(dict));
}

/** The top of a provisioning profile's DER layer: a SET of pairs, its entitlements as in slot 7. */
export function derProfile(dict: PlainDict): Buffer {
  return tlv(
    0x31,
    ...Object.entries(dict).map(([key, value]) =>
      sequence(utf8(key), key === 'Entitlements' && isPlainDict(value) ? derEntitlements(value) : der(value)),
    ),
  );
}

function der(value: Plain): Buffer {
  if (typeof value === 'string') return utf8(value);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'boolean') return boolean(value);
  if (value instanceof Date) return generalizedTime(value);
  if (value instanceof Uint8Array) return octetString(value);
  if (!isPlainDict(value)) return sequence(...value.map(der));
  return tlv(0xb0, ...Object.entries(value).map(([key, entry]) => sequence(utf8(key), der(entry))));
}

/** A binary property list: what Xcode makes of Info.plist. */
export function binaryPlist(top: Plain): Buffer {
  const objects: Buffer[] = [];
  const write = (value: Plain): number => {
    const index = objects.push(Buffer.alloc(0)) - 1;
    objects[index] = object(value, write);
    return index;
  };
  write(top);
  const offsets: number[] = [];
  let at = 8;
  for (const bytes of objects) {
    offsets.push(at);
    at += bytes.length;
  }
  const table = Buffer.concat(offsets.map((offset) => uint32(offset)));
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(4, 6);
  trailer.writeUInt8(2, 7);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([Buffer.from('bplist00'), ...objects, table, trailer]);
}

function object(value: Plain, write: (value: Plain) => number): Buffer {
  const references = (values: readonly Plain[]) =>
    Buffer.concat(values.map(write).map((index) => Buffer.from([index >> 8, index & 0xff])));
  if (typeof value === 'boolean') return Buffer.from([value ? 9 : 8]);
  if (typeof value === 'number') return Buffer.concat([Buffer.from([0x12]), uint32(value)]);
  if (typeof value === 'string') return Buffer.concat([marker(5, value.length), Buffer.from(value, 'latin1')]);
  if (value instanceof Uint8Array) return Buffer.concat([marker(4, value.length), value]);
  if (value instanceof Date) {
    const bytes = Buffer.alloc(9);
    bytes.writeUInt8(0x33, 0);
    bytes.writeDoubleBE(value.getTime() / 1000 - 978_307_200, 1);
    return bytes;
  }
  if (!isPlainDict(value)) return Buffer.concat([marker(10, value.length), references(value)]);
  return Buffer.concat([
    marker(13, Object.keys(value).length),
    references(Object.keys(value)),
    references(Object.values(value)),
  ]);
}

function marker(type: number, count: number): Buffer {
  return count < 15
    ? Buffer.from([(type << 4) | count])
    : Buffer.concat([Buffer.from([(type << 4) | 15, 0x12]), uint32(count)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
