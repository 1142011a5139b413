// find-layout.ts — which table a descriptor is read by. The type decides; class-specific types also need the interface's class.

import type { Layout } from './layout.ts';
import { BOS, CAPABILITIES } from './layouts/capabilities.ts';
import { CDC } from './layouts/cdc.ts';
import { DFU, DFU_1_1, HID, PIPE_USAGE, SMART_CARD } from './layouts/other-classes.ts';
import { AUDIO_ENDPOINT, STANDARD, TYPE } from './layouts/standard.ts';

const BY_TYPE = new Map([...STANDARD, BOS].map((each) => [each.type, each]));
const BY_CAPABILITY = new Map(CAPABILITIES.map((each) => [each.subtype, each]));
const BY_CDC_SUBTYPE = new Map(CDC.map((each) => [each.subtype, each]));

/** The layout of the descriptor in `bytes`, inside an interface of class `classTriple`; undefined when none is known. */
export function findLayout(bytes: Uint8Array, classTriple: readonly [number, number, number]): Layout | undefined {
  const type = bytes[1];
  if (type === TYPE.capability) return BY_CAPABILITY.get(bytes[2]);
  if (type === TYPE.hid) return classDescriptor(bytes, classTriple);
  if (type === TYPE.classInterface) return classInterface(bytes, classTriple);
  if (type === TYPE.endpoint && bytes.length >= AUDIO_ENDPOINT.size) return AUDIO_ENDPOINT;
  return type === undefined ? undefined : BY_TYPE.get(type);
}

function classDescriptor(bytes: Uint8Array, [main, sub]: readonly [number, number, number]): Layout | undefined {
  if (main === 0x03) return HID;
  if (main === 0xfe && sub === 0x01) return bytes.length >= DFU_1_1.size ? DFU_1_1 : DFU;
  return main === 0x0b ? SMART_CARD : undefined;
}

/** CDC descriptors stand in communications and data interfaces, in RNDIS ones, in modems that call themselves vendor
 *  specific, and, wrongly, on the configuration (class 0 here). Audio, video and MIDI use the same type for their own. */
function classInterface(bytes: Uint8Array, [main, , protocol]: readonly [number, number, number]): Layout | undefined {
  if (main === 0x08) return protocol === 0x62 ? PIPE_USAGE : undefined;
  if (main === 0x01 || main === 0x0e || main === 0x10) return undefined;
  return BY_CDC_SUBTYPE.get(bytes[2]);
}

const LEVELS: Readonly<Record<number, number>> = {
  [TYPE.device]: 0,
  [TYPE.qualifier]: 0,
  [TYPE.bos]: 0,
  [TYPE.configuration]: 1,
  [TYPE.otherSpeed]: 1,
  [TYPE.capability]: 1,
  [TYPE.association]: 2,
  [TYPE.interface]: 2,
  [TYPE.endpoint]: 3,
};

/** The level descriptors of `type` always stand on; undefined for those that belong to what precedes them. */
export const ownLevel = (type: number): number | undefined => LEVELS[type];
