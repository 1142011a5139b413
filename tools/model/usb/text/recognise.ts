// recognise.ts — a file's bytes in, dumps out. What a file is, its content says; its name is only how people call it.

import { bytesDump, type Dump, knownPart } from '../dump.ts';
import { parseHex } from './hex.ts';
import { isLsusb, parseLsusb } from './lsusb.ts';

/** The devices in `data`; none when it is of no form we know. `name` is only for showing. */
export function recognise(data: Uint8Array, name: string): Dump[] {
  const text = asText(data);
  if (text === undefined || text.trim() === '') return [binary(data, name, 'descriptor bytes')];
  if (isLsusb(text)) return parseLsusb(text, name);
  const hex = parseHex(text);
  return hex ? [binary(hex, name, 'hex text')] : [];
}

/** A BOS alone starts with 05 0f; everything else goes to the walker, which says what is wrong with it. */
function binary(data: Uint8Array, name: string, form: string): Dump {
  const dump = bytesDump(form, name, data);
  return data[1] === 0x0f && data[0] === 5
    ? { ...dump, descriptors: knownPart(new Uint8Array()), bos: knownPart(data) }
    : dump;
}

/** Text has no zero bytes and is UTF-8, or UTF-16 with its mark as PowerShell writes it. */
function asText(data: Uint8Array): string | undefined {
  if (data[0] === 0xff && data[1] === 0xfe) return new TextDecoder('utf-16le').decode(data);
  if (data.includes(0)) return undefined;
  if (data.subarray(0, 64).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return undefined;
  return new TextDecoder('utf-8').decode(data);
}
