// ms-os-20.ts — a Microsoft OS 2.0 descriptor set in, its entries out (MS OS 2.0 Descriptors Specification, tables 10 to 20).
//
// Every entry starts with wLength and wDescriptorType. Headers (types 0 to 2) contain what follows them.

import { hexBytes, hexNumber, readUnsigned } from './bytes.ts';

export interface SetEntry {
  readonly offset: number;
  readonly length: number;
  readonly type: number;
  readonly name: string;
  readonly level: number;
  readonly text: string;
  /** bFirstInterface of a function subset. */
  readonly firstInterface?: number;
}

export interface SetTrouble {
  readonly offset: number;
  readonly seen: string;
}

const NAMES = [
  'set header',
  'configuration subset',
  'function subset',
  'compatible ID',
  'registry property',
  'minimum resume time',
  'model ID',
  'generic parent (CCGP)',
  'vendor revision',
] as const;
const LEVELS = [0, 1, 2] as const;

export function readMsOs20(data: Uint8Array): { readonly entries: SetEntry[]; readonly troubles: SetTrouble[] } {
  const entries: SetEntry[] = [];
  const troubles: SetTrouble[] = [];
  for (let at = 0; at < data.length; ) {
    const length = readUnsigned(data, at, 2) ?? 0;
    if (length < 4 || at + length > data.length) {
      troubles.push({ offset: at, seen: `an entry claims ${length} bytes, ${data.length - at} are left` });
      break;
    }
    entries.push(readEntry(data.subarray(at, at + length), at));
    at += length;
  }
  const total = readUnsigned(data, 8, 2);
  if (total !== data.length)
    troubles.push({ offset: 0, seen: `the set claims ${total ?? 'no'} bytes, ${data.length} are here` });
  return { entries, troubles };
}

function readEntry(bytes: Uint8Array, offset: number): SetEntry {
  const type = readUnsigned(bytes, 2, 2) ?? 0;
  const first = type === 2 ? bytes[4] : undefined;
  return {
    offset,
    length: bytes.length,
    type,
    name: NAMES[type] ?? `type ${type}`,
    level: LEVELS[type as 0 | 1 | 2] ?? 3,
    text: entryText(type, bytes),
    ...(first !== undefined && { firstInterface: first }),
  };
}

const ascii = (bytes: Uint8Array) =>
  Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '')).join('');
const utf16 = (bytes: Uint8Array) =>
  new TextDecoder('utf-16le').decode(bytes).replace(/\0+$/, '').replaceAll('\0', ', ');

function entryText(type: number, bytes: Uint8Array): string {
  switch (type) {
    case 0:
      return `Windows version ${hexNumber(readUnsigned(bytes, 4, 4) ?? 0, 8)}, ${readUnsigned(bytes, 8, 2) ?? 0} bytes`;
    case 1:
      return `configuration index ${bytes[4] ?? 0}`;
    case 2:
      return `from interface ${bytes[4] ?? 0}`;
    case 3:
      return [ascii(bytes.subarray(4, 12)), ascii(bytes.subarray(12, 20))].filter((part) => part !== '').join(' / ');
    case 4:
      return registryText(bytes);
    default:
      return hexBytes(bytes.subarray(4));
  }
}

/** wPropertyDataType, name and value, each with its length in front. */
function registryText(bytes: Uint8Array): string {
  const nameLength = readUnsigned(bytes, 6, 2) ?? 0;
  const name = utf16(bytes.subarray(8, 8 + nameLength));
  const value = bytes.subarray(10 + nameLength);
  const type = readUnsigned(bytes, 4, 2) ?? 0;
  return `${name} = ${type === 1 || type === 2 || type === 7 ? utf16(value) : hexBytes(value)}`;
}
