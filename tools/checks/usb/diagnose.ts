// diagnose.ts — a subject in, findings out, in the order of the bytes they are about.

import type { Subject } from '../../model/usb/subject.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Finding, Rule, Sighting } from './finding.ts';
import { bosRules } from './rules/bos.ts';
import { cdcRules } from './rules/cdc.ts';
import { configurationRules } from './rules/configuration.ts';
import { deviceRules } from './rules/device.ts';
import { endpointRules } from './rules/endpoint.ts';
import { functionRules } from './rules/function.ts';
import { interfaceRules } from './rules/interface.ts';
import { macRules } from './rules/mac.ts';
import { msOsRules } from './rules/ms-os.ts';
import { structureRules } from './rules/structure.ts';

const RULES: readonly Rule[] = [
  ...structureRules,
  ...deviceRules,
  ...configurationRules,
  ...interfaceRules,
  ...endpointRules,
  ...cdcRules,
  ...macRules,
  ...functionRules,
  ...bosRules,
  ...msOsRules,
];

const PARTS = ['descriptors', 'strings', 'qualifier', 'bos', 'ms-os-20'];

export function diagnose(subject: Subject): Finding[] {
  const sightings = RULES.flatMap((rule) => rule(subject));
  const place = ({ part, offset }: Sighting) => PARTS.indexOf(part) * 1e9 + (offset ?? 0);
  return sightings
    .map((sighting) => ({ ...CATALOGUE[sighting.id], ...sighting }) satisfies Finding)
    .sort((one, other) => place(one) - place(other));
}
