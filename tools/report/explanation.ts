// explanation.ts — what `tools/provision explain` found in, words for people and the shape of its JSON out.

import type { Certainty, Diagnosis, Evidence, Note } from '../checks/diagnosis/diagnose.ts';
import type { ExplainedCode } from '../checks/diagnosis/error-code.ts';
import type { EntryId } from '../checks/diagnosis/symptom.ts';
import { catalogued } from '../checks/signing/catalogue.ts';

export interface ExplainedEntry {
  readonly id: EntryId;
  readonly certainty: Certainty;
  readonly stage: string;
  readonly title: string;
  readonly because: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly fix: string;
  readonly confidence: string;
  readonly source: string;
}

/** The JSON of `explain`; its schema is schemas/provision-explain.json. */
export interface Explanation {
  readonly kind: 'log' | 'code' | 'entry';
  readonly input: string;
  readonly recognised: boolean;
  readonly entries: readonly ExplainedEntry[];
  readonly codes: readonly Omit<ExplainedCode, 'entries'>[];
  readonly notes: readonly Note[];
  readonly progress: readonly string[];
}

interface Found {
  readonly diagnosis?: Diagnosis;
  readonly codes?: readonly ExplainedCode[];
  readonly entries?: readonly EntryId[];
}

const NOTHING: Diagnosis = { explained: [], notes: [], progress: [] };

export function explanationOf(kind: Explanation['kind'], input: string, found: Found): Explanation {
  const { explained, notes, progress } = found.diagnosis ?? NOTHING;
  const codes = found.codes ?? [];
  const entries = [
    ...explained.map(({ entry, ...rest }) => describeEntry(entry, rest)),
    ...codes.flatMap((code) => code.entries.map((entry, index) => describeEntry(entry, fromCode(code, index)))),
    ...(found.entries ?? []).map((entry) => describeEntry(entry, { certainty: 'certain', because: [], evidence: [] })),
  ];
  const recognised = entries.length + codes.length + notes.length + progress.length > 0;
  return { kind, input, recognised, entries, codes: codes.map(({ entries: _, ...code }) => code), notes, progress };
}

type Reason = Pick<ExplainedEntry, 'certainty' | 'because' | 'evidence'>;

const fromCode = ({ name, meaning, entries }: ExplainedCode, index: number): Reason => ({
  certainty: entries.length === 1 ? 'certain' : index === 0 ? 'likely' : 'possible',
  because: [`${name}: ${meaning}`],
  evidence: [],
});

function describeEntry(id: EntryId, reason: Reason): ExplainedEntry {
  const { stage, title, fix, confidence, source } = catalogued(id);
  return { id, ...reason, stage, title, fix, confidence, source };
}

export function describeExplanation(explanation: Explanation): string {
  const { entries, codes, notes, progress, kind, input, recognised } = explanation;
  if (!recognised) return `Nothing in ${input} is known to this tool.\n  ${kind === 'log' ? MORE_LOG : 'Try --help.'}`;
  const blocks = [
    ...codes.map(({ domain, code, name, meaning, fix }) => {
      const advice = entries.length === 0 ? `\n    ${fix}` : '';
      return `${domain} ${printCode(code)}: ${name}\n    ${meaning}${advice}`;
    }),
    ...entries.map(entryText),
    ...notes.map(({ means, fix, evidence }) => `· ${means}\n${quote(evidence)}    ${fix}`),
    ...progress.map((words) => `✔ ${words}`),
  ];
  if (entries.length + notes.length + codes.length === 0) blocks.push('Nothing here points to a failure.');
  return blocks.join('\n');
}

const MORE_LOG = 'Collect more of the log: tools/provision explain --help shows the command.';

const MARKS: Readonly<Record<Certainty, string>> = { certain: '✖', likely: '✖', possible: '?', follows: '·' };
const WORDS: Readonly<Record<Certainty, string>> = {
  certain: '',
  likely: ' (most likely)',
  possible: ' (possible)',
  follows: ' (goes with the others)',
};

function entryText({ id, certainty, stage, title, because, evidence, fix }: ExplainedEntry): string {
  const reasons = because.map((reason) => `    because ${reason}\n`).join('');
  return `${MARKS[certainty]} ${id} ${title}${WORDS[certainty]}, at stage ${stage}\n${reasons}${quote(evidence)}    → ${fix}`;
}

const MAX_QUOTES = 3;
const MAX_QUOTED = 200;

function quote(evidence: readonly Evidence[]): string {
  const shown = evidence.slice(0, MAX_QUOTES).map(({ line, text }) => {
    const first = text.split('\n')[0] ?? '';
    return `    line ${line}: ${first.length > MAX_QUOTED ? `${first.slice(0, MAX_QUOTED)}…` : first}\n`;
  });
  const more = evidence.length - shown.length;
  return shown.join('') + (more > 0 ? `    and ${more} more line(s)\n` : '');
}

/** IOReturn values are known by their hexadecimal digits, all others by their decimal ones. */
const printCode = (code: number) => (code > 0xffff ? `0x${code.toString(16)}` : String(code));
