// structure.ts — what the walker stumbled over, and input that is no descriptor set at all.

import type { Problem } from '../../../model/usb/node.ts';
import type { Subject } from '../../../model/usb/subject.ts';
import type { PartOf, Rule, Sighting } from '../finding.ts';

const sighting =
  (part: PartOf) =>
  ({ id, offset, seen }: Problem): Sighting => ({ id, part, offset, seen });

const walkerProblems: Rule = (subject) => [
  ...subject.tree.nodes.flatMap(({ problems }) => problems.map(sighting('descriptors'))),
  ...subject.bos.flatMap(({ problems }) => problems.map(sighting('bos'))),
  ...subject.qualifier.flatMap(({ problems }) => problems.map(sighting('qualifier'))),
];

const emptySet: Rule = ({ dump }) =>
  isEmpty(dump) ? [{ id: 'SET-EMPTY', part: 'descriptors', offset: 0, seen: 'the input holds no bytes' }] : [];

const isEmpty = (dump: Subject['dump']) => dump.descriptors.bytes.length === 0 && !dump.bos && !dump.hub;

const unknownSet: Rule = ({ dump, tree }) => {
  const [first] = tree.nodes;
  if (!first || tree.device || tree.configurations.length > 0) return [];
  const seen = `starts with bLength ${dump.descriptors.bytes[0]}, type ${Math.max(first.type, 0)}: neither a device nor a configuration`;
  return [{ id: 'SET-UNKNOWN', part: 'descriptors', offset: 0, seen }];
};

export const structureRules = [walkerProblems, emptySet, unknownSet];
