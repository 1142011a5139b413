import type { CatalogueId } from '../signing/catalogue.ts';
import type { LogLine } from './log-line.ts';

/** An entry of the failure catalogue, F01 to F84. */
export type EntryId = CatalogueId;

/**
 * What a message says about the reason:
 * - `cause`: it names the reason by itself.
 * - `possible`: macOS prints it for several reasons; `entries` has the likeliest first. When
 *   another message names one of them it is that one; when it names something else, this is the `companion`, if there is one.
 * - `follows`: it accompanies other failures and means little alone.
 * - `note`: worth knowing, and no entry of the catalogue.
 * - `progress`: things go well up to here.
 */
export type Role = 'cause' | 'possible' | 'follows' | 'note' | 'progress';

export interface Symptom {
  /** Its named groups become details of the finding: `bundle`, `entitlements`, `code`. */
  readonly pattern: RegExp;
  readonly role: Role;
  readonly means: string;
  readonly entries?: readonly EntryId[];
  /** What this comes to when another message names a cause that is not among `entries`. */
  readonly companion?: EntryId;
  /** For a `note`: what to do. */
  readonly fix?: string;
}

export interface Match {
  readonly symptom: Symptom;
  readonly line: LogLine;
  readonly details: Readonly<Record<string, string>>;
}

/** Longer messages are cut before they are searched: patterns stay fast, and no message of macOS is that long. */
const MAX_SEARCHED = 8192;

export function matchSymptoms(symptoms: readonly Symptom[], lines: readonly LogLine[]): readonly Match[] {
  return lines.flatMap((line) => {
    const message = line.message.slice(0, MAX_SEARCHED);
    return symptoms.flatMap((symptom) => {
      const found = symptom.pattern.exec(message);
      return found ? { symptom, line, details: detailsOf(found.groups) } : [];
    });
  });
}

const detailsOf = (groups: Record<string, string | undefined> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(groups ?? {}).flatMap(([name, value]) => (value ? [[name, value.trim()]] : [])));
