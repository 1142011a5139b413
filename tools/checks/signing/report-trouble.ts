// report-trouble.ts — a fact and its entry of the catalogue in, a finding out.

import type { Fine, Trouble } from '../../model/finding.ts';
import { type CatalogueId, catalogued } from './catalogue.ts';

type Overridable = 'level' | 'title' | 'consequence' | 'stage' | 'fix' | 'confidence';

/** What is special about one trouble; the rest is as its entry of the catalogue says. */
export type TroubleDetails = Pick<Trouble, 'subject' | 'seen'> &
  Partial<Pick<Trouble, Overridable>> & { readonly related?: readonly CatalogueId[] };

/** A finding of the catalogue's entry `id`, found by the check `rule`. */
export function trouble(id: CatalogueId, rule: string, details: TroubleDetails): Trouble {
  const entry = catalogued(id);
  return {
    level: 'fail',
    id,
    rule,
    title: entry.title,
    consequence: entry.seen,
    stage: entry.stage,
    fix: entry.fix,
    confidence: entry.confidence,
    reached: true,
    related: [],
    ...details,
  };
}

/** Something that was looked at and is right. */
export function fine(rule: string, subject: string, title: string): Fine {
  return { level: 'ok', rule, title, subject };
}

/** A signature that does not hold: codesign says -67061, sysextd code 8. */
export function broken(path: string, rule: string, seen: string): Trouble {
  return trouble('F42', rule, {
    subject: path,
    seen,
    consequence:
      'codesign: invalid signature (code or signature have been modified) (-67061); sysextd: code 8, code signature invalid',
    confidence: 'high',
    related: ['F19', 'F24'],
  });
}
