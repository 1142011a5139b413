// tree.ts — the flat list of nodes in, configurations with their interfaces and endpoints out. Order is kept; nothing is
// regrouped, so that what a device put in the wrong place stays visible there.

import { TYPE } from './layouts/standard.ts';
import { type DescriptorNode, numberIn } from './node.ts';
import { type Assumed, walk } from './walk.ts';

export interface Endpoint {
  readonly node: DescriptorNode;
  readonly address: number;
  readonly attributes: number;
  readonly maxPacketSize: number;
  readonly interval: number;
  readonly companion: DescriptorNode | undefined;
  /** Everything between this endpoint and what follows it, the companion included. */
  readonly followers: readonly DescriptorNode[];
}

/** One alternate setting of one interface. */
export interface Setting {
  readonly node: DescriptorNode;
  readonly interface: number;
  readonly alternate: number;
  readonly triple: readonly [number, number, number];
  readonly endpoints: readonly Endpoint[];
  /** Class-specific descriptors, also those a device put behind an endpoint. */
  readonly classSpecific: readonly DescriptorNode[];
}

export interface Configuration {
  readonly node: DescriptorNode;
  readonly value: number;
  /** Bytes found that belong to it, whatever wTotalLength says. */
  readonly length: number;
  readonly nodes: readonly DescriptorNode[];
  readonly settings: readonly Setting[];
  readonly associations: readonly DescriptorNode[];
  /** Class-specific descriptors before any interface: where they do not belong. */
  readonly misplaced: readonly DescriptorNode[];
}

export interface Tree {
  readonly nodes: readonly DescriptorNode[];
  readonly device: DescriptorNode | undefined;
  readonly configurations: readonly Configuration[];
}

/** Never throws on content: see `walk`. */
export function readTree(data: Uint8Array, assumed?: Assumed): Tree {
  const { nodes } = walk(data, assumed);
  const starts = nodes.flatMap((node, index) => (node.level === 1 && isConfiguration(node) ? [index] : []));
  return {
    nodes,
    // Only the first: a byte that looks like one further on is no device.
    device: nodes[0]?.type === TYPE.device ? nodes[0] : undefined,
    configurations: starts.map((start, index) => readConfiguration(nodes.slice(start, starts[index + 1]))),
  };
}

const isConfiguration = ({ layout }: DescriptorNode) =>
  layout?.type === TYPE.configuration || layout?.type === TYPE.otherSpeed;

function readConfiguration(nodes: readonly DescriptorNode[]): Configuration {
  const [node, ...inside] = nodes as [DescriptorNode, ...DescriptorNode[]];
  const starts = inside.flatMap((each, index) => (each.type === TYPE.interface ? [index] : []));
  const before = inside.slice(0, starts[0] ?? inside.length);
  return {
    node,
    value: numberIn(node, 'bConfigurationValue'),
    length: nodes.reduce((sum, { bytes }) => sum + bytes.length, 0),
    nodes,
    settings: starts.map((start, index) => readSetting(inside.slice(start, starts[index + 1]))),
    associations: inside.filter(({ type }) => type === TYPE.association),
    misplaced: before.filter(({ type }) => type === TYPE.classInterface),
  };
}

function readSetting(nodes: readonly DescriptorNode[]): Setting {
  const [node, ...inside] = nodes as [DescriptorNode, ...DescriptorNode[]];
  const starts = inside.flatMap((each, index) => (each.type === TYPE.endpoint ? [index] : []));
  return {
    node,
    interface: numberIn(node, 'bInterfaceNumber'),
    alternate: numberIn(node, 'bAlternateSetting'),
    triple: [
      numberIn(node, 'bInterfaceClass'),
      numberIn(node, 'bInterfaceSubClass'),
      numberIn(node, 'bInterfaceProtocol'),
    ],
    endpoints: starts.map((start, index) => readEndpoint(inside.slice(start, starts[index + 1]))),
    classSpecific: inside.filter(({ type }) => type === TYPE.classInterface || type === TYPE.hid),
  };
}

function readEndpoint(nodes: readonly DescriptorNode[]): Endpoint {
  const [node, ...followers] = nodes as [DescriptorNode, ...DescriptorNode[]];
  return {
    node,
    address: numberIn(node, 'bEndpointAddress'),
    attributes: numberIn(node, 'bmAttributes'),
    maxPacketSize: numberIn(node, 'wMaxPacketSize'),
    interval: numberIn(node, 'bInterval'),
    companion: followers.find(({ type }) => type === TYPE.companion),
    followers: followers.filter(({ type }) => type !== TYPE.association),
  };
}

export const isIn = (endpoint: Endpoint) => (endpoint.address & 0x80) !== 0;
export const isBulk = (endpoint: Endpoint) => (endpoint.attributes & 3) === 2;
export const isInterrupt = (endpoint: Endpoint) => (endpoint.attributes & 3) === 3;
