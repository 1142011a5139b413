// catalogue.ts — the known ways in which macOS refuses a driver, F01 to F84, as data for the checks and for `explain`.

import { ACTIVATE } from './catalogue/activate.ts';
import { BUILD_AND_SIGN } from './catalogue/build-and-sign.ts';
import type { CatalogueEntry } from './catalogue/entry.ts';
import { LAUNCH_AND_PROFILE } from './catalogue/launch-and-profile.ts';
import { LOAD_AND_START } from './catalogue/load-and-start.ts';
import { USE_AND_UPGRADE } from './catalogue/use-and-upgrade.ts';

const ENTRIES = [...BUILD_AND_SIGN, ...LAUNCH_AND_PROFILE, ...ACTIVATE, ...LOAD_AND_START, ...USE_AND_UPGRADE] as const;

export type CatalogueId = (typeof ENTRIES)[number]['id'];

/** Every entry, ordered by id. */
export const CATALOGUE: readonly (CatalogueEntry & { readonly id: CatalogueId })[] = ENTRIES.toSorted((a, b) =>
  a.id.localeCompare(b.id),
);

const BY_ID = new Map(CATALOGUE.map((entry) => [entry.id, entry]));

/** The entry of an id. */
export function catalogued(id: CatalogueId): CatalogueEntry {
  const entry = BY_ID.get(id);
  if (!entry) throw new Error(`${id} is not in the catalogue`);
  return entry;
}
