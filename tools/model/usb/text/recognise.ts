// recognise.ts — a file's bytes in, dumps out. What a file is, its content says; its name is only how people call it.

import { plain } from '../../apple/plain-value.ts';
import type { PlistValue } from '../../apple/property-list-values.ts';
import { parseRegistryText } from '../../apple/registry-text.ts';
import { registryTrees } from '../../apple/registry-tree.ts';
import { FormatError } from '../../signing/format-error.ts';
import { readBinaryPlist } from '../../signing/plist-binary.ts';
import { View } from '../../signing/view.ts';
import { isCapture } from '../capture/packets.ts';
import { readCapture, readUsbmonText } from '../capture/read-capture.ts';
import { isUsbmonText } from '../capture/usbmon-text.ts';
import { bytesDump, type Dump, knownPart, NO_BYTES } from '../dump.ts';
import { TYPE } from '../layouts/standard.ts';
import { readCyme } from './cyme.ts';
import { readFwupd } from './fwupd.ts';
import { parseHex } from './hex.ts';
import { readIoreg } from './ioreg.ts';
import { isLsusb, parseLsusb } from './lsusb.ts';
import { parsePlistXml } from './plist-xml.ts';
import { isSystemProfilerText, parseSystemProfilerText, readSystemProfiler } from './system-profiler.ts';
import { isUmockdev, parseUmockdev } from './umockdev.ts';
import { isUsbDevices, parseUsbDevices } from './usb-devices.ts';
import { isVectors, parseVectors } from './vectors.ts';

/** The devices in `data`; none when it is of no form we know. `name` is only for showing. */
export function recognise(data: Uint8Array, name: string): Dump[] {
  if (isCapture(data)) return readCapture(data, name) ?? [];
  if (isBinaryPlist(data)) return guarded(() => fromPlist(plain(readBinaryPlist(new View(data))), name));
  const text = asText(data);
  if (text === undefined && !couldBeDescriptors(data)) return [];
  if (text === undefined || text.trim() === '') return [binary(data, name, 'descriptor bytes')];
  return guarded(() => recogniseText(text, name));
}

/** Small data is worth a walk, whatever it starts with; large data only when it starts like a descriptor set. */
function couldBeDescriptors(data: Uint8Array): boolean {
  const starts = data[1] === TYPE.device || data[1] === TYPE.configuration || data[1] === TYPE.bos;
  return data.length <= (starts ? LARGEST_SET : SMALL);
}
const SMALL = 4096;
/** A device descriptor and 255 configurations of 64 KiB. */
const LARGEST_SET = 18 + 255 * 65_535;

const isBinaryPlist = (data: Uint8Array) => new TextDecoder('latin1').decode(data.subarray(0, 6)) === 'bplist';

/** A file can be nested deeper than any parser's stack, or lie about what it is: both are no form we know. */
function guarded(read: () => Dump[]): Dump[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof FormatError) return [];
    throw error;
  }
}

function recogniseText(text: string, name: string): Dump[] {
  const start = text.trimStart();
  if (/^<\?xml|^<!DOCTYPE plist|^<plist/.test(start)) return fromPlist(parsePlistXml(start), name);
  if (/^[[{]/.test(start)) {
    const found = fromJson(start, name);
    if (found) return found;
  }
  if (isVectors(text)) return parseVectors(text, name);
  if (isUmockdev(text)) return parseUmockdev(text, name);
  if (isLsusb(text)) return parseLsusb(text, name);
  if (isUsbDevices(text)) return parseUsbDevices(text, name);
  if (/\+-o .*<class /.test(text)) return readIoreg(parseRegistryText(text), name);
  if (isUsbmonText(text)) return readUsbmonText(text, name);
  if (isSystemProfilerText(text)) return parseSystemProfilerText(text, name);
  const hex = parseHex(text);
  return hex ? [binary(hex, name, 'hex text')] : [];
}

/** Undefined when it is no JSON: a C array also starts with a brace. */
function fromJson(text: string, name: string): Dump[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return readSystemProfiler(value, name) ?? readFwupd(value, name) ?? readCyme(value, name);
}

function fromPlist(value: PlistValue, name: string): Dump[] {
  return readSystemProfiler(value, name) ?? readIoreg(registryTrees(value), name);
}

/** A BOS alone starts with 05 0f; everything else goes to the walker, which says what is wrong with it. */
function binary(data: Uint8Array, name: string, form: string): Dump {
  const dump = bytesDump(form, name, data);
  return data[1] === 0x0f && data[0] === 5 ? { ...dump, descriptors: NO_BYTES, bos: knownPart(data) } : dump;
}

/** Text has no zero bytes and is UTF-8, or UTF-16 with its mark as PowerShell writes it. */
function asText(data: Uint8Array): string | undefined {
  if (data[0] === 0xff && data[1] === 0xfe) return new TextDecoder('utf-16le').decode(data);
  if (data.includes(0)) return undefined;
  if (data.subarray(0, 64).some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return undefined;
  return new TextDecoder('utf-8').decode(data);
}
