import type { Made } from './journal.ts';

/** Who does a step: our tool through Apple's API, a person in the developer portal, or a program only a Mac has. */
export type StepKind = 'api' | 'portal' | 'mac';

/** What was found when looking whether a step is done. Nothing is changed by looking. */
export type Looked =
  | { readonly state: 'done'; readonly seen: string }
  | { readonly state: 'todo'; readonly would: string }
  | { readonly state: 'unknown'; readonly why: string };

/** One line of the way to a signed driver. Steps stand in the order in which they can be done. */
export interface Step {
  /** Kebab-case; stable, for scripts. */
  readonly id: string;
  readonly kind: StepKind;
  /** Begins with a verb. */
  readonly title: string;
  /** What a person does or types, in Apple's own words. */
  readonly how: string;
  readonly link?: string;
  readonly look: () => Promise<Looked>;
  /** Does it; absent where only a person can. What it made, one by one, goes to `made` before the next thing is begun. */
  readonly act?: (made: (thing: Made) => Promise<void>) => Promise<void>;
}

export const done = (seen: string): Looked => ({ state: 'done', seen });
export const todo = (would: string): Looked => ({ state: 'todo', would });
export const unknown = (why: string): Looked => ({ state: 'unknown', why });
