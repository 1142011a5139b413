// lsusb-field.ts — one `name value words` line of lsusb's into the descriptor being read.

import { DEVICE } from '../layouts/standard.ts';
import type { Draft } from './draft.ts';
import { FIELD_NAMES, FIELD_NAMES_IN } from './lsusb-titles.ts';

/** What a field line may add to besides its descriptor. */
export interface FieldSink {
  readonly strings: Map<number, string>;
  readonly unreadable: Set<number>;
  usb3?: boolean;
}

/** Lines that are no field of `draft` are left alone: lsusb explains values on lines of their own. */
export function readField(draft: Draft, printed: string, text: string, sink: FieldSink): void {
  const name = nameIn(draft, printed);
  if (name === 'bLength') draft.length = numberOf(text);
  else if (name === 'bMaxPower') setMaxPower(draft, text, sink.usb3 ?? false);
  else if (name === 'MaxStreams') draft.setNumber('bmAttributes', Math.floor(Math.log2(numberOf(text) || 1)));
  else if (name === 'Mult') draft.setNumber('bmAttributes', numberOf(text));
  else if (name === 'bSubordinateInterface') setList(draft, name, text);
  else setShape(draft, name, text, sink);
  if (draft.layout === DEVICE && name === 'bcdUSB') sink.usb3 = draft.get('bcdUSB') >= 0x0300;
}

/** The specification's name; a name that repeats (HID) gets its index. */
function nameIn(draft: Draft, printed: string): string {
  const plain = printed.replace(/\(\s*(\d+)\)/, '[$1]');
  const name = FIELD_NAMES_IN[draft.layout.name]?.[plain] ?? FIELD_NAMES[plain] ?? plain;
  if (name === 'bDescriptorType' && draft.layout.repeat && draft.shape('bDescriptorType[0]') && draft.started)
    return `bDescriptorType[${draft.groups}]`;
  if (name === 'bDescriptorType') draft.started = true;
  if (name === 'wDescriptorLength') return `wDescriptorLength[${Math.max(0, draft.groups - 1)}]`;
  return name;
}

function setShape(draft: Draft, name: string, text: string, sink: FieldSink): void {
  const shape = draft.shape(name) ?? draft.shape(name.replace(/\[\d+\]$/, ''));
  if (!shape) return;
  if (shape.form === 'uuid') draft.setUuid(shape.name, text.split(/\s/)[0] ?? '');
  else if (shape.form === 'bcd') draft.setNumber(name, bcdOf(text));
  else if (shape.form === 'bytes') setBytes(draft, shape.name, name, text);
  else if (/^(?:0x)?[0-9a-f]+\b/i.test(text))
    draft.setNumber(name, numberOf(text, draft.layout.name === 'CDC MDLM detail'));
  if (shape.form === 'string') readString(text, sink);
}

/** `00 00`, or `CapabilityData[3]   0x06`. */
function setBytes(draft: Draft, field: string, name: string, text: string): void {
  const index = /\[(\d+)\]$/.exec(name)?.[1];
  const bytes = Uint8Array.from(text.match(/\b(?:0x)?[0-9a-f]{2}\b/gi) ?? [], (each) => Number.parseInt(each, 16));
  if (index === undefined) draft.setBytes(field, bytes);
  else draft.setByte(field, Number(index), bytes[0] ?? 0);
}

function setList(draft: Draft, name: string, text: string): void {
  for (const [index, digits] of (text.match(/\d+/g) ?? []).entries())
    draft.setNumber(`${name}[${index}]`, Number(digits));
}

/** `6 020000000200`: the index, then the string itself, `(error)` when the device did not give it. */
function readString(text: string, { strings, unreadable }: FieldSink): void {
  const [, digits, rest] = /^(\d+) ?(.*)$/.exec(text) ?? [];
  const index = Number(digits);
  if (!index) return;
  if (rest === '(error)') unreadable.add(index);
  else if (rest?.trim()) strings.set(index, rest.trim());
}

/** lsusb multiplies bMaxPower by 8 from USB 3.0 on; old ones always multiplied by 2, and such texts are about. */
function setMaxPower(draft: Draft, text: string, usb3: boolean): void {
  const milliamperes = numberOf(text);
  const factor = usb3 && milliamperes % 8 === 0 ? 8 : 2;
  draft.setNumber('bMaxPower', Math.min(255, Math.floor(milliamperes / factor)));
}

function numberOf(text: string, isHex = false): number {
  const [, hex, decimal] = /^(?:0x([0-9a-f]+)|([0-9a-f]+))/i.exec(text) ?? [];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return decimal === undefined ? 0 : Number.parseInt(decimal, isHex ? 16 : 10) || 0;
}

function bcdOf(text: string): number {
  const [, major, minor] = /^([0-9a-f]{1,2})\.([0-9a-f]{1,2})/i.exec(text) ?? [];
  return major && minor ? Number.parseInt(major, 16) * 256 + Number.parseInt(minor, 16) : 0;
}
