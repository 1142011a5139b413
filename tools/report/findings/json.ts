import { refused } from '../../model/finding.ts';
import { anyRefused, type Verdict } from './verdict.ts';

/** Verdicts in, the document tools/report/schemas/findings.json describes out. */
export function findingsJson(verdicts: readonly Verdict[]): string {
  const document = {
    version: 1,
    refused: anyRefused(verdicts),
    checked: verdicts.map(({ path, kind, findings }) => ({ path, kind, refused: refused(findings), findings })),
  };
  return JSON.stringify(document, undefined, 2);
}
