// answers.ts — what a device answered on its control pipe in, one dump out. Captures and live reading both end here.

import { joinBytes, readUnsigned, uuidText } from './bytes.ts';
import { type Dump, knownPart, type Lack } from './dump.ts';
import { PLATFORM_UUID } from './layouts/capabilities.ts';
import { TYPE } from './layouts/standard.ts';
import { bytesIn } from './node.ts';
import { walk } from './walk.ts';

/** One request and what came of it (USB 2.0, 9.3). */
export interface Answer {
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
  /** Bytes asked for. */
  readonly length: number;
  /** Undefined: stalled, or no answer. */
  readonly data: Uint8Array | undefined;
}

const GET_DESCRIPTOR = 6;
const SET_CONFIGURATION = 9;
const GET_NTB_PARAMETERS = 0x80;

/** The longest answer to each request: hosts ask for a header first and for the whole later. */
class Collected {
  private readonly longest = new Map<string, Uint8Array>();
  private readonly refused = new Set<string>();

  add(answer: Answer): void {
    const key = keyOf(answer.requestType, answer.request, answer.value, answer.index);
    if (!answer.data) this.refused.add(key);
    else if (answer.data.length >= (this.longest.get(key)?.length ?? 0)) this.longest.set(key, answer.data);
  }

  get(requestType: number, request: number, value: number, index: number): Uint8Array | undefined {
    return this.longest.get(keyOf(requestType, request, value, index));
  }

  wasRefused(requestType: number, request: number, value: number, index: number): boolean {
    return this.refused.has(keyOf(requestType, request, value, index));
  }

  standard(type: number, number = 0): Uint8Array | undefined {
    return this.get(0x80, GET_DESCRIPTOR, type * 256 + number, 0);
  }
}

const keyOf = (...parts: readonly number[]) => parts.join(' ');

/** Undefined when neither a device descriptor nor a whole configuration was answered: a capture may begin in the middle. */
export function dumpFromAnswers(answers: readonly Answer[], form: string, name: string): Dump | undefined {
  const collected = new Collected();
  for (const answer of answers) collected.add(answer);
  const cuts: string[] = [];
  const device = collected.standard(TYPE.device)?.subarray(0, 18);
  const isWhole = device?.length === 18;
  const found = configurations(collected, cuts, TYPE.configuration);
  if (!isWhole && found.length === 0) return undefined;
  const descriptors = joinBytes([...(isWhole ? [device] : []), ...found]);
  const otherSpeed = configurations(collected, [], TYPE.otherSpeed);
  const bos = collected.standard(TYPE.bos);
  const qualifier = collected.standard(TYPE.qualifier);
  const hub = collected.get(0xa0, GET_DESCRIPTOR, 0x2900, 0) ?? collected.get(0xa0, GET_DESCRIPTOR, 0x2a00, 0);
  const msOs20 = microsoftSet(collected, bos);
  const ntb = ntbParameters(answers);
  const active = answers.findLast(({ requestType, request }) => requestType === 0 && request === SET_CONFIGURATION);
  return {
    form,
    name,
    descriptors: knownPart(descriptors),
    ...(bos && bos.length > 5 && { bos: knownPart(bos) }),
    ...(qualifier && { qualifier: knownPart(qualifier) }),
    ...(otherSpeed.length > 0 && { otherSpeed: knownPart(joinBytes(otherSpeed)) }),
    ...(hub && { hub: knownPart(hub) }),
    ...(msOs20 && { msOs20: knownPart(msOs20) }),
    ...(ntb.size > 0 && { ntbParameters: ntb }),
    ...readStrings(answers),
    lacks: lacksOf(collected, isWhole ? device : undefined, cuts),
    ...(active && { activeConfiguration: active.value & 0xff }),
    notes: isWhole ? cuts : [...cuts, 'The device descriptor did not go by: capture before the device is plugged in.'],
  };
}

const CUT_SHORT: ReadonlySet<Lack> = new Set(['configurations', 'endpoints', 'class-specific', 'companions', 'rest']);

/** A configuration that was transferred only in part tells nothing of what is behind the cut. */
function lacksOf(collected: Collected, device: Uint8Array | undefined, cuts: readonly string[]): ReadonlySet<Lack> {
  if (cuts.length > 0) return CUT_SHORT;
  if (!device) return new Set(['configurations', 'bos']);
  return new Set(wasAskedForAll(collected, device) ? [] : ['configurations']);
}

/** A host that knows a device already does not ask for its configurations again. */
function wasAskedForAll(collected: Collected, device: Uint8Array): boolean {
  return Array.from({ length: device[17] ?? 0 }, (_, index) => index).every(
    (index) =>
      collected.standard(TYPE.configuration, index) ||
      collected.wasRefused(0x80, GET_DESCRIPTOR, TYPE.configuration * 256 + index, 0),
  );
}

/** USB 2.0, 9.4.3: configurations are asked for by index, not by value. */
function configurations(collected: Collected, notes: string[], type: number): Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let index = 0; index < 256; index++) {
    const data = collected.standard(type, index);
    if (!data) continue;
    const total = readUnsigned(data, 2, 2) ?? 0;
    if (data.length >= total || data.length > 9) found.push(data);
    if (data.length < total)
      notes.push(`Of configuration index ${index} only ${data.length} of ${total} bytes were transferred.`);
  }
  return found;
}

function microsoftSet(collected: Collected, bos: Uint8Array | undefined): Uint8Array | undefined {
  const code = bos && microsoftVendorCode(bos);
  return code === undefined ? undefined : collected.get(0xc0, code, 0, 7);
}

/** bMS_VendorCode of the MS OS 2.0 platform capability; undefined when the BOS has none. */
export function microsoftVendorCode(bos: Uint8Array): number | undefined {
  const capability = walk(bos).nodes.find(
    (node) =>
      node.type === TYPE.capability && uuidText(bytesIn(node, 'PlatformCapabilityUUID')) === PLATFORM_UUID.msOs20,
  );
  return capability && bytesIn(capability, 'CapabilityData')[6];
}

/** Total length of the MS OS 2.0 set, from the same capability. */
export function microsoftSetLength(bos: Uint8Array): number {
  const capability = walk(bos).nodes.find(
    (node) =>
      node.type === TYPE.capability && uuidText(bytesIn(node, 'PlatformCapabilityUUID')) === PLATFORM_UUID.msOs20,
  );
  return (capability && readUnsigned(bytesIn(capability, 'CapabilityData'), 4, 2)) ?? 0;
}

function ntbParameters(answers: readonly Answer[]): Map<number, Uint8Array> {
  const isNtb = ({ requestType, request }: Answer) => requestType === 0xa1 && request === GET_NTB_PARAMETERS;
  return new Map(
    answers.flatMap((each) => (isNtb(each) && each.data ? [[each.index & 0xff, each.data] as const] : [])),
  );
}

/** Strings in whatever language they were asked for; a string once read counts, however often it stalled. */
function readStrings(answers: readonly Answer[]): Pick<Dump, 'strings' | 'unreadableStrings'> {
  const strings = new Map<number, string>();
  const refused = new Set<number>();
  for (const { requestType, request, value, data } of answers) {
    const index = value & 0xff;
    if (
      requestType !== 0x80 ||
      request !== GET_DESCRIPTOR ||
      value >> 8 !== TYPE.string ||
      index === 0 ||
      index === 0xee
    )
      continue;
    const text = data && stringText(data);
    if (text === undefined) refused.add(index);
    else if (text.length >= (strings.get(index)?.length ?? 0)) strings.set(index, text);
  }
  return { strings, unreadableStrings: new Set([...refused].filter((index) => !strings.has(index))) };
}

/** UTF-16 without surrogate checks: what is wrong with it must stay visible. */
export function stringText(data: Uint8Array): string | undefined {
  if (data.length < 2 || data[1] !== TYPE.string) return undefined;
  const end = Math.min(data[0] ?? 0, data.length);
  let text = '';
  for (let at = 2; at + 1 < end; at += 2) text += String.fromCharCode(readUnsigned(data, at, 2) ?? 0);
  return text;
}
