// walk.ts — descriptor bytes in, one flat list of nodes in wire order out. Never throws on content, never leaves a byte out.
//
// Every descriptor says its own length (USB 2.0, 9.5). A length is believed as far as the enclosing configuration and the
// bytes at hand allow. One that cannot lead on (0 or 1) ends its level: the rest of it stays as one node of plain bytes.

import { readUnsigned } from './bytes.ts';
import { findLayout, ownLevel } from './find-layout.ts';
import { fieldsFor, type Layout } from './layout.ts';
import { CONFIGURATION, TYPE } from './layouts/standard.ts';
import type { DescriptorNode, Field, Problem } from './node.ts';

/** Offsets of bytes a text form did not contain and we filled in. */
export type Assumed = ReadonlySet<number>;

const NOTHING_ASSUMED: Assumed = new Set();

/** bConfigurationValue has one byte, and 0 is none. */
const MOST_CONFIGURATIONS = 255;

export interface Walked {
  readonly nodes: readonly DescriptorNode[];
}

/** Walks a device descriptor with its configurations, or any run of descriptors. */
export function walk(data: Uint8Array, assumed: Assumed = NOTHING_ASSUMED): Walked {
  const walker = new Walker(data, assumed);
  while (walker.at < data.length) walker.step();
  return { nodes: walker.nodes };
}

class Walker {
  readonly nodes: DescriptorNode[] = [];
  at = 0;
  /** Where the configuration being walked ends; its descriptors do not reach over that. */
  private end: number;
  /** Where a descriptor stands that belongs to the one before it. */
  private levelBelow = 0;
  private configurations = 0;
  private inside: 'set' | 'configuration' = 'set';
  private classTriple: readonly [number, number, number] = [0, 0, 0];
  private readonly data: Uint8Array;
  private readonly assumed: Assumed;

  constructor(data: Uint8Array, assumed: Assumed) {
    this.data = data;
    this.assumed = assumed;
    this.end = data.length;
  }

  step(): void {
    if (this.at >= this.end) this.leaveConfiguration();
    const type = this.data[this.at + 1] ?? -1;
    const claimed = this.data[this.at] ?? 0;
    if (this.startsConfiguration(type, claimed)) this.configuration(type);
    else if (claimed < 2) this.lost(claimed);
    else this.descriptor(type, claimed);
  }

  private descriptor(type: number, claimed: number): void {
    const available = this.end - this.at;
    const problems: Problem[] = [];
    if (claimed > available)
      problems.push(this.problem('LEN-OVER', `bLength is ${claimed}, ${available} bytes are left`));
    this.add(type, Math.min(claimed, available), problems);
  }

  private startsConfiguration(type: number, claimed: number): boolean {
    if (this.configurations >= MOST_CONFIGURATIONS) return false;
    if (this.inside === 'configuration') return type === TYPE.configuration && claimed === CONFIGURATION.size;
    const isConfiguration = type === TYPE.configuration || type === TYPE.otherSpeed;
    const afterDevice =
      this.nodes.length === 1 && this.nodes[0]?.type === TYPE.device && claimed === CONFIGURATION.size;
    return isConfiguration || (afterDevice && type !== TYPE.bos);
  }

  /** The header is read as nine bytes even when its bLength says less: without it nothing behind it has a meaning. */
  private configuration(type: number): void {
    const claimed = this.data[this.at] ?? 0;
    const start = this.at;
    const problems: Problem[] = [];
    if (claimed < CONFIGURATION.size)
      problems.push(
        this.problem('LEN-SHORT', `bLength of the configuration is ${claimed}; it has ${CONFIGURATION.size} bytes`),
      );
    if (type !== TYPE.configuration && start > 0)
      problems.push(
        this.problem('CFG-TYPE', `a configuration should start here (type 2), but bDescriptorType is ${type}`),
      );
    this.inside = 'configuration';
    this.configurations++;
    this.end = this.configurationEnd(start);
    const wanted = Math.max(claimed, CONFIGURATION.size);
    const available = this.end - start;
    if (wanted > available)
      problems.push(this.problem('LEN-OVER', `the configuration's header has ${wanted} bytes, ${available} are left`));
    this.add(type, Math.min(wanted, available), problems, CONFIGURATION);
  }

  /** wTotalLength is believed when it ends at the end of the data or at another configuration; else all that follows is taken. */
  private configurationEnd(start: number): number {
    const end = start + (readUnsigned(this.data, start + 2, 2) ?? 0);
    if (end < start + CONFIGURATION.size || end > this.data.length) return this.data.length;
    const follows = this.data[end + 1];
    const plausible =
      end === this.data.length || (this.data[end] === CONFIGURATION.size && follows === TYPE.configuration);
    return plausible ? end : this.data.length;
  }

  private leaveConfiguration(): void {
    this.inside = 'set';
    this.end = this.data.length;
    this.classTriple = [0, 0, 0];
  }

  /** No way on: what is left of this level becomes one node. */
  private lost(claimed: number): void {
    const problem = this.problem('LEN-ZERO', `bLength is ${claimed}: nothing can follow it (smallest is 2)`);
    this.add(this.data[this.at + 1] ?? -1, this.end - this.at, [problem], null);
  }

  private add(type: number, length: number, problems: Problem[], forced?: Layout | null): void {
    const bytes = this.data.subarray(this.at, this.at + length);
    const layout = forced === null ? undefined : (forced ?? findLayout(bytes, this.classTriple));
    if (layout && length < layout.size && problems.length === 0)
      problems.push(
        this.problem('LEN-SHORT', `bLength of the ${layout.name} descriptor is ${length}; it has ${layout.size} bytes`),
      );
    const level = ownLevel(type) ?? this.levelBelow;
    if (ownLevel(type) !== undefined) this.levelBelow = level + 1;
    const node: DescriptorNode = {
      offset: this.at,
      bytes,
      type,
      subtype: layout?.subtype,
      layout,
      name: layout?.name ?? 'Unknown',
      level,
      fields: layout ? this.fields(layout, bytes) : [],
      problems,
      assumedBytes: this.countAssumed(this.at, length),
    };
    if (type === TYPE.interface && bytes.length >= 8) this.classTriple = [bytes[5] ?? 0, bytes[6] ?? 0, bytes[7] ?? 0];
    this.nodes.push(node);
    this.at += length;
  }

  private fields(layout: Layout, bytes: Uint8Array): Field[] {
    return fieldsFor(layout, bytes.length).map((shape) => {
      const size = shape.size || bytes.length - shape.at;
      return {
        shape,
        value: readUnsigned(bytes, shape.at, Math.min(size, 4)) ?? 0,
        bytes: bytes.subarray(shape.at, shape.at + size),
        assumed: this.countAssumed(this.at + shape.at, size) > 0,
      };
    });
  }

  private countAssumed(start: number, length: number): number {
    if (this.assumed.size === 0) return 0;
    let count = 0;
    for (let offset = start; offset < start + length; offset++) if (this.assumed.has(offset)) count++;
    return count;
  }

  private problem(id: Problem['id'], seen: string): Problem {
    return { id, offset: this.at, seen };
  }
}
