// watch.ts — connected adapters in, pictures of their ports four times a second out, also of those that come and go meanwhile.

import { readSavedSettings } from '../../adapters/saved-settings.ts';
import type { Surroundings } from '../../adapters/surroundings.ts';
import { type AdapterView, look, refresh } from './look.ts';
import { memoryName, restore } from './settings.ts';

const TICK_MS = 250;
/** How often the OS is asked for addresses, which nobody tells us of. */
const LOOK_EVERY = 8;

export interface Picture {
  readonly views: readonly AdapterView[];
  readonly time: Date;
  /** What happened since the picture before, in words. */
  readonly news: readonly string[];
}

/**
 * Calls `show` until the signal. Between two looks it reads counter pages only, which asks nobody; and a look goes on beside that, so
 * that a controller which does not answer keeps its counters on the screen. What somebody saved of an adapter is restored when
 * it is plugged in, or was there without it.
 */
export async function watch(
  surroundings: Surroundings,
  signal: AbortSignal,
  show: (picture: Picture) => void,
): Promise<void> {
  const { driver, system } = surroundings;
  const watching = new Watching(surroundings);
  const unwatch = driver.watch(() => watching.lookSoon());
  try {
    await watching.look();
    for (let tick = 1; !signal.aborted; tick++) {
      show({ views: watching.refresh(), time: system.now(), news: watching.news.splice(0) });
      await system.wait(TICK_MS);
      if (tick % LOOK_EVERY === 0) watching.lookSoon();
      watching.rethrow();
    }
  } finally {
    unwatch();
  }
}

class Watching {
  readonly news: string[] = [];
  readonly #surroundings: Surroundings;
  readonly #known = new Set<bigint>();
  #views: readonly AdapterView[] = [];
  #isLooking = false;
  #wanted = false;
  #failure: unknown;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  refresh(): readonly AdapterView[] {
    this.#views = refresh(this.#views);
    return this.#views;
  }

  /** Looks when nobody does, and else again afterwards: what is being looked at may have changed behind the looker. */
  lookSoon(): void {
    this.#wanted = true;
    if (this.#isLooking) return;
    void this.look().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** What went wrong beside us is thrown where somebody waits. */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  async look(): Promise<void> {
    this.#isLooking = true;
    try {
      do {
        this.#wanted = false;
        const seen = await look(this.#surroundings);
        for (const view of seen) if (!this.#known.has(view.adapter.id)) await this.#welcome(view);
        this.#views = withRates(seen, this.#views);
      } while (this.#wanted);
    } finally {
      this.#isLooking = false;
    }
  }

  async #welcome(view: AdapterView): Promise<void> {
    this.#known.add(view.adapter.id);
    await view.adapter.listen(({ kind }) => {
      if (kind !== 'capture has data') this.lookSoon();
    });
    this.news.push(...(await restoreSaved(this.#surroundings, view)));
  }
}

/** A new look at the same ports goes on from the counters of the old one. */
const withRates = (seen: readonly AdapterView[], before: readonly AdapterView[]): readonly AdapterView[] =>
  refresh(
    seen.map((view) => {
      const old = before.find(({ adapter }) => adapter === view.adapter);
      return {
        ...view,
        ports: view.ports.map((port) => {
          const earlier = old?.ports.find(({ index }) => index === port.index);
          return earlier ? { ...port, counters: earlier.counters, rates: earlier.rates } : port;
        }),
      };
    }),
  );

async function restoreSaved({ system }: Surroundings, view: AdapterView): Promise<string[]> {
  const name = memoryName(view);
  const { applied, refused } = await restore(view, (await readSavedSettings(system))[name]);
  return [
    ...(applied.length > 0 ? [`${name}: ${applied.length} saved settings restored`] : []),
    ...refused.map((words) => `${name}: not restored: ${words}`),
  ];
}
