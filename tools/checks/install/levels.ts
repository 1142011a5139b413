// levels.ts — the four levels a driver climbs, each looked at by itself: "activated enabled" is only the first.

import type { BuiltDriver, DriverFacts } from './driver-facts.ts';

export type LevelName = 'staged' | 'matched' | 'started' | 'interface';

export interface Level {
  readonly name: LevelName;
  readonly reached: boolean;
  readonly words: string;
}

export function levels({ versions, adapters, services, interfaces, labels }: DriverFacts): readonly Level[] {
  const staged = versions.find(({ state }) => state.phase === 'staged');
  const controllers = services.filter(({ className }) => className !== 'IOUserNetworkEthernet');
  const ports = services.filter(({ className }) => className === 'IOUserNetworkEthernet');
  const rows = versions.map(
    ({ version, state }) => `${version.short} (${version.build ?? '?'}) ${state.word.replaceAll('_', ' ')}`,
  );
  return [
    { name: 'staged', reached: staged !== undefined, words: rows.join(', ') || 'no version is known to macOS' },
    { name: 'matched', reached: services.length > 0, words: `${controllers.length} of ${adapters} plugged adapters` },
    { name: 'started', reached: ports.length > 0, words: `${ports.length} ports` },
    {
      name: 'interface',
      reached: interfaces.length > 0,
      words: interfaces.map(({ name }) => labelled(name, labels)).join(', ') || 'none',
    },
  ];
}

/** `en5 (Acme Quad, Port 3)` */
const labelled = (name: string, labels: DriverFacts['labels']) =>
  labels.has(name) ? `${name} (${labels.get(name)})` : name;

export interface Hashes {
  readonly built: string | undefined;
  readonly staged: string | undefined;
  /** Only older systems publish it. */
  readonly running: string | undefined;
}

/** The cdhash of the same program at three places; where two are known and differ, an upgrade is half done. */
export function hashes({ versions, services }: DriverFacts, built: BuiltDriver | undefined): Hashes {
  const staged = versions.find(({ state }) => state.phase === 'staged')?.cdhashes ?? [];
  const common = built?.cdhashes.find((hash) => staged.includes(hash));
  return {
    built: common ?? built?.cdhashes[0],
    staged: common ?? staged[0],
    running: services.find(({ cdhash }) => cdhash !== undefined)?.cdhash,
  };
}
