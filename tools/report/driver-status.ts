// driver-status.ts — how far the driver got in, words for people and the shape of the JSON out.

import type { BuiltDriver, DriverFacts } from '../checks/install/driver-facts.ts';
import { type Hashes, hashes, type Level, levels } from '../checks/install/levels.ts';
import { users } from '../checks/install/usage.ts';
import { isFine, judge, type Outcome, type Verdict } from '../checks/install/verdict.ts';

/** The JSON of tools/install; its schema is schemas/install.json. */
export interface DriverStatus {
  readonly outcome: Outcome;
  readonly words: string;
  readonly fix?: string;
  readonly levels: readonly Level[];
  readonly cdhash: Hashes;
  readonly users: readonly string[];
}

export function driverStatus(facts: DriverFacts, built?: BuiltDriver): DriverStatus {
  const { outcome, words, fix } = judge(facts);
  return {
    outcome,
    words,
    ...(fix === undefined ? {} : { fix }),
    levels: levels(facts),
    cdhash: hashes(facts, built),
    users: users(facts),
  };
}

export const statusIsFine = (status: DriverStatus): boolean =>
  isFine({ outcome: status.outcome, words: '', fix: undefined } satisfies Verdict);

export function describeDriver({ outcome, words, fix, levels, cdhash, users }: DriverStatus): string {
  const rows = levels.map(({ name, reached, words }) => `${reached ? '✔' : '○'} ${name.padEnd(9)}  ${words}`);
  const known = Object.entries(cdhash).filter(([, hash]) => hash !== undefined);
  const same = new Set(known.map(([, hash]) => hash)).size < 2;
  const compared =
    known.length === 0
      ? []
      : [`${same ? '·' : '!'} cdhash     ${known.map(([where, hash]) => `${where} ${hash}`).join(', ')}`];
  const used = users.map((user) => `· in use     ${user}`);
  const mark = outcome === 'running' || outcome === 'ready' ? '✔' : '○';
  return [...rows, ...compared, ...used, `${mark} ${words}`, ...(fix === undefined ? [] : [`  ${fix}`])].join('\n');
}
