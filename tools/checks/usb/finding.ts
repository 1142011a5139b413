// finding.ts — what a rule says, and what a person is told: what was seen, who chokes on it, what to do.

import type { DescriptorNode } from '../../model/usb/node.ts';
import type { Subject } from '../../model/usb/subject.ts';
import type { RuleId } from './catalogue.ts';

/** fail: some host refuses the device or a port of it. warn: some host stumbles. note: worth knowing. */
export type Level = 'fail' | 'warn' | 'note';

export type PartOf = 'descriptors' | 'bos' | 'qualifier' | 'strings' | 'ms-os-20';

/** One place where one rule is broken. */
export interface Sighting {
  readonly id: RuleId;
  readonly part: PartOf;
  /** In bytes from the start of the part; undefined when it is about something that is not there. */
  readonly offset?: number;
  readonly seen: string;
  /** When this one is milder or worse than the catalogue says. */
  readonly level?: Level;
}

export interface Finding extends Sighting {
  readonly level: Level;
  readonly effect: string;
  readonly fix: string;
}

export type Rule = (subject: Subject) => readonly Sighting[];

/** A sighting at a descriptor of the main part. */
export const at = (node: DescriptorNode, id: RuleId, seen: string, level?: Level): Sighting => ({
  id,
  part: 'descriptors',
  offset: node.offset,
  seen,
  ...(level && { level }),
});
