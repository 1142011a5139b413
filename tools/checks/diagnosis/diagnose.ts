// diagnose.ts — the text of a log in, the entries of the failure catalogue that fit and why out.

import { codeSymptoms } from './code-symptoms.ts';
import { EXTENSION_SYMPTOMS } from './extension-symptoms.ts';
import { KERNEL_SYMPTOMS } from './kernel-symptoms.ts';
import { type LogLine, parseLog } from './log-line.ts';
import { diagnoseTable } from './match-table.ts';
import { registrySymptoms } from './registry-symptoms.ts';
import { SIGNATURE_SYMPTOMS } from './signature-symptoms.ts';
import { type EntryId, type Match, matchSymptoms, type Symptom } from './symptom.ts';

/** How sure an entry is. `follows`: it is there because of another entry, and goes away with it. */
export type Certainty = 'certain' | 'likely' | 'possible' | 'follows';

export interface Evidence {
  readonly line: number;
  readonly text: string;
}

export interface Explained {
  readonly entry: EntryId;
  readonly certainty: Certainty;
  readonly because: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface Note {
  readonly means: string;
  readonly fix: string;
  readonly evidence: readonly Evidence[];
}

export interface Diagnosis {
  /** Surest first; of equally sure ones, the first one seen. */
  readonly explained: readonly Explained[];
  readonly notes: readonly Note[];
  /** What went well, in the order of the log. */
  readonly progress: readonly string[];
}

const ORDER: readonly Certainty[] = ['certain', 'likely', 'possible', 'follows'];

export function diagnose(text: string): Diagnosis {
  const table = diagnoseTable(text);
  if (table) return table;
  const lines = parseLog(text);
  const matches = [
    ...matchSymptoms([...EXTENSION_SYMPTOMS, ...SIGNATURE_SYMPTOMS, ...KERNEL_SYMPTOMS], lines),
    ...codeSymptoms(lines),
    ...registrySymptoms(text, lines),
    ...stopsAfterRealize(lines),
  ].sort((a, b) => a.line.number - b.line.number);
  return {
    explained: rank(matches),
    notes: matches.filter(({ symptom }) => symptom.role === 'note').map(noteOf),
    progress: unique(matches.filter(({ symptom }) => symptom.role === 'progress').map(wording)),
  };
}

const STOPPED: Symptom = {
  pattern: /attempting to realize extension with identifier (?<bundle>\S+)/,
  role: 'possible',
  means: 'sysextd says nothing more after it began to look for {bundle}',
  entries: ['F39', 'F32', 'F33'],
};

/** Silence is a symptom, too: the last word of sysextd is that it looks for the extension. */
function stopsAfterRealize(lines: readonly LogLine[]): readonly Match[] {
  const last = lines.filter(({ process }) => process === undefined || process === 'sysextd').at(-1);
  return last === undefined ? [] : matchSymptoms([STOPPED], [last]);
}

function rank(matches: readonly Match[]): readonly Explained[] {
  const causes = new Set(
    matches.flatMap(({ symptom }) => (symptom.role === 'cause' ? (symptom.entries?.slice(0, 1) ?? []) : [])),
  );
  const found = new Map<EntryId, Explained>();
  for (const match of matches) {
    for (const [entry, certainty] of weigh(match.symptom, causes))
      found.set(entry, merge(found.get(entry), entry, certainty, match));
  }
  const explained = [...found.values()].sort((a, b) => ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty));
  const alone = explained.every(({ certainty }) => certainty === 'follows');
  return alone ? explained.map((finding) => ({ ...finding, certainty: 'likely' })) : explained;
}

/** What one message contributes once it is known which causes the whole log names. */
function weigh(
  { role, entries = [], companion }: Symptom,
  causes: ReadonlySet<EntryId>,
): readonly (readonly [EntryId, Certainty])[] {
  const [first, ...rest] = entries;
  if (first === undefined) return [];
  switch (role) {
    case 'cause':
      return [[first, 'certain'], ...rest.map((entry) => [entry, 'possible'] as const)];
    case 'follows':
      return [[first, 'follows']];
    case 'possible': {
      const known = entries.filter((entry) => causes.has(entry));
      if (known.length > 0) return known.map((entry) => [entry, 'certain']);
      if (companion && causes.size > 0) return [[companion, 'follows']];
      return [[first, 'likely'], ...rest.map((entry) => [entry, 'possible'] as const)];
    }
    default:
      return [];
  }
}

function merge(old: Explained | undefined, entry: EntryId, certainty: Certainty, match: Match): Explained {
  const evidence = { line: match.line.number, text: match.line.message };
  if (!old) return { entry, certainty, because: [wording(match)], evidence: [evidence] };
  const surer = ORDER.indexOf(certainty) < ORDER.indexOf(old.certainty);
  const words = wording(match);
  return {
    entry,
    certainty: surer ? certainty : old.certainty,
    because: unique(surer ? [words, ...old.because] : [...old.because, words]),
    evidence: old.evidence.some(({ line }) => line === evidence.line) ? old.evidence : [...old.evidence, evidence],
  };
}

const noteOf = (match: Match): Note => ({
  means: wording(match),
  fix: match.symptom.fix ?? '',
  evidence: [{ line: match.line.number, text: match.line.message }],
});

const wording = ({ symptom, details }: Match) =>
  symptom.means.replaceAll(/\{(\w+)\}/g, (_, name) => details[name] ?? 'it');

const unique = (words: readonly string[]) => [...new Set(words)];
