// finding.ts — what a check says: that something is fine, or what is wrong, what comes of it and what to do about it.

/**
 * Where on its way from source to `enX` a driver is refused. For a dext macOS matches a personality first (`match`), then
 * launches its process (`launch`), then checks its entitlements against the device and starts it (`start`).
 */
export const STAGES = ['build', 'sign', 'notarise', 'install', 'match', 'launch', 'start', 'use'] as const;
export type Stage = (typeof STAGES)[number];

/** How sure the knowledge behind a finding is: read in Apple's sources or verified; one good report; a single claim. */
export type Confidence = 'high' | 'medium' | 'low';

/** Something that was looked at and is as it should be. */
export interface Fine {
  readonly level: 'ok';
  /** What was looked at, in kebab-case with its area in front: `signature-pages`. */
  readonly rule: string;
  readonly title: string;
  /** Path of the file it is about, below the folder that was checked. */
  readonly subject: string;
}

/** Something that is not fine. The type insists on a way out. */
export interface Trouble {
  readonly level: 'warn' | 'fail';
  /** The entry of the catalogue it falls under, F01 to F84. Stable. */
  readonly id: string;
  /** The check that found it; finer than `id`, as stable. */
  readonly rule: string;
  readonly title: string;
  readonly subject: string;
  /** The fact, with its values quoted. */
  readonly seen: string;
  /** What macOS would do and print. */
  readonly consequence: string;
  readonly stage: Stage;
  readonly fix: string;
  readonly confidence: Confidence;
  /** False where macOS stops at an earlier finding and never gets here. */
  readonly reached: boolean;
  /** Other entries of the catalogue whose symptoms this has as well. */
  readonly related: readonly string[];
}

export type Finding = Fine | Trouble;

/** What is not fine, in the order given. */
export function troubles(findings: readonly Finding[]): readonly Trouble[] {
  return findings.filter((finding): finding is Trouble => finding.level !== 'ok');
}

/** Whether something would be refused. */
export function refused(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.level === 'fail');
}
