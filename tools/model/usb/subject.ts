// subject.ts — a dump in, everything the checks look at out: its trees, its speed, its network functions. Made once.

import type { Dump, Speed } from './dump.ts';
import { type NetworkFunction, networkFunctions } from './functions.ts';
import type { MeaningContext } from './layout.ts';
import { TYPE } from './layouts/standard.ts';
import { type DescriptorNode, fieldValue, isKnown } from './node.ts';
import { isBulk, isInterrupt, readTree, type Tree } from './tree.ts';
import { walk } from './walk.ts';

export interface Subject {
  readonly dump: Dump;
  readonly tree: Tree;
  readonly bos: readonly DescriptorNode[];
  readonly qualifier: readonly DescriptorNode[];
  readonly hub: readonly DescriptorNode[];
  readonly otherSpeed: readonly DescriptorNode[];
  readonly functions: readonly NetworkFunction[];
  readonly speed: Speed;
  /** seen: the input says it. concluded: packet sizes say it. guessed: nothing does. */
  readonly speedBasis: 'seen' | 'concluded' | 'guessed';
  readonly speedKnown: boolean;
}

export function readSubject(dump: Dump): Subject {
  const tree = readTree(dump.descriptors.bytes, dump.descriptors.assumed);
  const nodesOf = (part: 'bos' | 'qualifier' | 'hub' | 'otherSpeed') =>
    dump[part] ? walk(dump[part].bytes, dump[part].assumed).nodes : [];
  return {
    dump,
    tree,
    bos: nodesOf('bos'),
    qualifier: nodesOf('qualifier'),
    hub: nodesOf('hub'),
    otherSpeed: nodesOf('otherSpeed'),
    functions: tree.configurations.flatMap(networkFunctions),
    speed: dump.speed ?? concludeSpeed(tree),
    speedBasis: dump.speed ? 'seen' : tree.nodes.some(({ type }) => type === TYPE.endpoint) ? 'concluded' : 'guessed',
    speedKnown: dump.speed !== undefined,
  };
}

/** What sizes and intervals only one speed allows (USB 2.0, 5.5 to 5.8 and 9.6.6; USB 3.2, 9.6.7). */
function concludeSpeed(tree: Tree): Speed {
  if (tree.nodes.some(({ type }) => type === TYPE.companion)) return 'super';
  const endpoints = tree.configurations.flatMap(({ settings }) => settings.flatMap((each) => each.endpoints));
  const bulk = endpoints.filter(isBulk).map(({ maxPacketSize }) => maxPacketSize & 0x7ff);
  const others = endpoints.filter((each) => isInterrupt(each)).map(({ maxPacketSize }) => maxPacketSize & 0x7ff);
  if (bulk.some((size) => size > 512)) return 'super';
  if (bulk.some((size) => size > 64) || others.some((size) => size > 64)) return 'high';
  if (bulk.length > 0 || endpoints.some(({ interval }) => interval > 16)) return 'full';
  const packet0 =
    tree.device && isKnown(tree.device, 'bMaxPacketSize0') ? fieldValue(tree.device, 'bMaxPacketSize0') : 64;
  if (packet0 === 8) return others.some((size) => size > 8) ? 'full' : 'low';
  return packet0 === 9 ? 'super' : packet0 === 64 ? 'high' : 'full';
}

export const isSuper = (speed: Speed) => speed === 'super' || speed === 'super-plus';

const SPEED_NAMES: Readonly<Record<Speed, string>> = {
  low: 'low speed (1.5 Mbit/s)',
  full: 'full speed (12 Mbit/s)',
  high: 'high speed (480 Mbit/s)',
  super: 'SuperSpeed (5 Gbit/s)',
  'super-plus': 'SuperSpeedPlus (10 Gbit/s or more)',
};
export const speedName = (speed: Speed) => SPEED_NAMES[speed];

/** What field meanings depend on, for a descriptor inside an interface of class `triple`. */
export const meaningContext = (
  { dump, speed }: Subject,
  triple: readonly [number, number, number],
  bytes: Uint8Array,
): MeaningContext => ({
  speed: speed === 'super-plus' ? 'super' : speed,
  classTriple: triple,
  strings: dump.strings,
  bytes,
});
