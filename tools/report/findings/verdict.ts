// verdict.ts — one thing that was checked with its findings, as every form of report gets it.

import { type Finding, refused } from '../../model/finding.ts';

export interface Verdict {
  /** As it was named by the person who asked. */
  readonly path: string;
  readonly kind: 'app' | 'dext' | 'bundle' | 'program' | 'provisioning profile';
  readonly findings: readonly Finding[];
}

/** Whether macOS would refuse any of it. */
export function anyRefused(verdicts: readonly Verdict[]): boolean {
  return verdicts.some(({ findings }) => refused(findings));
}
