// node.ts — one descriptor as it was found: where it lies, its bytes, what they say, and what is wrong with its shape.

import type { FieldShape, Layout } from './layout.ts';

/** Trouble the walker itself met. Rules on the meaning of fields are checks, not problems. */
export interface Problem {
  readonly id: 'LEN-ZERO' | 'LEN-SHORT' | 'LEN-OVER' | 'CFG-TYPE';
  readonly offset: number;
  readonly seen: string;
}

export interface Field {
  readonly shape: FieldShape;
  /** The number, for fields of up to four bytes. */
  readonly value: number;
  readonly bytes: Uint8Array;
  /** Some byte of it was not in the input. */
  readonly assumed: boolean;
}

export interface DescriptorNode {
  /** Of bLength, counted from the start of the part it is in (the descriptors, the BOS, …). */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** bDescriptorType; -1 when there is not even that. */
  readonly type: number;
  /** bDescriptorSubtype or bDevCapabilityType where the layout has one. */
  readonly subtype: number | undefined;
  /** Undefined for a descriptor nobody taught us: its bytes are all there is. */
  readonly layout: Layout | undefined;
  readonly name: string;
  /** 0 device, 1 configuration, 2 interface and association, 3 endpoint, 4 its companion: where a reader indents to. */
  readonly level: number;
  readonly fields: readonly Field[];
  readonly problems: readonly Problem[];
  /** How many of its bytes the input did not contain. */
  readonly assumedBytes: number;
}

/** The number in field `name`; undefined where the descriptor is too short for it. */
export const fieldValue = (node: DescriptorNode, name: string): number | undefined =>
  node.fields.find(({ shape }) => shape.name === name)?.value;

/** Like `fieldValue`, for callers that have checked the node's length: 0 where the field is missing. */
export const numberIn = (node: DescriptorNode, name: string): number => fieldValue(node, name) ?? 0;

/** True when every byte of field `name` was in the input: an assumed byte must accuse nobody. */
export const isKnown = (node: DescriptorNode, name: string): boolean =>
  node.fields.some(({ shape, assumed }) => shape.name === name && !assumed);

/** The bytes of field `name`; empty where the descriptor is too short for it. */
export const bytesIn = (node: DescriptorNode, name: string): Uint8Array =>
  node.fields.find(({ shape }) => shape.name === name)?.bytes ?? new Uint8Array();
