// text.ts — verdicts in, words for a person out.

import { type Finding, refused, type Trouble, troubles } from '../../model/finding.ts';
import type { Verdict } from './verdict.ts';

/** What is wrong first, in the order macOS would come upon it; what is right in one line each. */
export function findingsText(verdicts: readonly Verdict[]): string {
  return verdicts.map(verdictText).join('\n\n');
}

function verdictText({ path, kind, findings }: Verdict): string {
  const found = troubles(findings);
  return [`${path} (${kind})`, ...findings.map(findingText), summary(found, refused(findings))].join('\n');
}

function summary(found: readonly Trouble[], isRefused: boolean): string {
  const fails = found.filter(({ level }) => level === 'fail').length;
  const warns = found.length - fails;
  const doubts = warns === 0 ? '' : `, ${warns} ${warns === 1 ? 'doubt' : 'doubts'}`;
  if (!isRefused) return `→ nothing here makes macOS refuse it${doubts}`;
  return `→ macOS would refuse it: ${fails} ${fails === 1 ? 'reason' : 'reasons'}${doubts}`;
}

function findingText(finding: Finding): string {
  if (finding.level === 'ok') return `✔ ${finding.title}`;
  const { id, title, subject, seen, consequence, stage, fix, related } = finding;
  const sure = finding.confidence === 'high' ? '' : ` (confidence: ${finding.confidence})`;
  const lines = [
    `${finding.level === 'fail' ? '✖' : '!'} ${id} ${title}`,
    `    where  ${subject}`,
    `    seen   ${seen}`,
    `    macOS  at ${stage}${finding.reached ? '' : ', which it does not reach'}: ${consequence}${sure}`,
    `    fix    ${fix}`,
  ];
  if (related.length > 0) lines.push(`    see    ${related.join(', ')}`);
  return lines.join('\n');
}
