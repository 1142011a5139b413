import type { Confidence, Stage } from '../../../model/finding.ts';

/** One known way in which macOS refuses a driver, as found in the field. */
export interface CatalogueEntry {
  /** F01 to F84. An id never changes its meaning. */
  readonly id: `F${string}`;
  readonly stage: Stage;
  /** The true cause in one line. */
  readonly title: string;
  /** What macOS, Xcode or the notary service prints, or what a person sees where they print nothing. */
  readonly seen: string;
  readonly fix: string;
  /** Whether reading files predicts it: yes; in part; only the running Mac knows. */
  readonly files: 'yes' | 'partly' | 'no';
  readonly confidence: Confidence;
  /** Where this was found. */
  readonly source: string;
}
