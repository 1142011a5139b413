// diagnose.ts — a subject in, findings out, in the order of the bytes they are about.

import type { Lack } from '../../model/usb/dump.ts';
import type { Subject } from '../../model/usb/subject.ts';
import { CATALOGUE, type RuleId } from './catalogue.ts';
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

/** What broke the shape comes first: much of the rest may only follow from it. */
const STRUCTURE: readonly RuleId[] = ['SET-EMPTY', 'SET-UNKNOWN', 'LEN-ZERO', 'LEN-SHORT', 'LEN-OVER', 'CFG-TYPE'];

const PARTS = ['descriptors', 'strings', 'qualifier', 'bos', 'ms-os-20'];

/** Rules about something that is not there, by what a form must be able to tell for them to mean anything. */
const NEEDS: Readonly<Record<Lack, readonly RuleId[]>> = {
  configurations: ['DEV-NUMCFG', 'IF-GAP', 'IF-ORDER'],
  endpoints: ['EP-COUNT', 'CDC-NOTIFY', 'CDC-NODATA', 'FUNC-SPLIT', 'ALT-PIPES', 'ALT-GAP'],
  'class-specific': ['CDC-NOHEADER', 'CDC-NOETH', 'CDC-NONCM', 'CDC-NOMBIM', 'CDC-NOUNION', 'CDC-MAC', 'IAD-DEVCLASS'],
  companions: ['SS-NOCOMP'],
  bos: ['BOS-MISSING'],
  rest: [
    'LEN-OVER',
    'CFG-TOTAL',
    'CFG-NUMIF',
    'IF-ORDER',
    'ALT-PIPES',
    'ALT-GAP',
    'IAD-COUNT',
    'CDC-UNION-BOGUS',
    'MSOS-SET',
  ],
};

export function diagnose(subject: Subject): Finding[] {
  const pointless = [...(subject.dump.lacks ?? [])].flatMap((lack) => NEEDS[lack]);
  const sightings = RULES.flatMap((rule) => rule(subject)).filter(({ id }) => !pointless.includes(id));
  const place = ({ id, part, offset }: Sighting) =>
    (STRUCTURE.includes(id) ? 0 : 1e12) + PARTS.indexOf(part) * 1e9 + (offset ?? 0);
  return sightings
    .map((sighting) => ({ ...CATALOGUE[sighting.id], ...sighting }) satisfies Finding)
    .sort((one, other) => place(one) - place(other));
}
