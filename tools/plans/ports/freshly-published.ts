import type { Surroundings } from '../../adapters/surroundings.ts';
import { type AdapterView, look, refresh } from './look.ts';

/** The controller publishes ports at rest 4 times a second; it does not while no tool is connected. */
const PUBLISHED_MS = 250;
const TRIES = 20;
const POLL_MS = 50;

/** Two looks, far enough apart that every port was published in between: counters of now, and rates. */
export async function lookTwice(surroundings: Surroundings): Promise<readonly AdapterView[]> {
  const first = await published(surroundings, await look(surroundings));
  return published(surroundings, first, 2 * PUBLISHED_MS);
}

/** Waits until every record is newer than what we have, but not for ever: a stopped controller has its counters all the same. */
async function published(
  { system }: Surroundings,
  views: readonly AdapterView[],
  least = 0,
): Promise<readonly AdapterView[]> {
  await system.wait(least);
  let now = refresh(views);
  for (let tries = 0; tries < TRIES && !isNewer(views, now); tries++) {
    await system.wait(POLL_MS);
    now = refresh(views);
  }
  return now;
}

const isNewer = (before: readonly AdapterView[], after: readonly AdapterView[]) =>
  after.every(({ ports }, adapter) =>
    ports.every(({ counters }, port) => {
      const earlier = before[adapter]?.ports[port]?.counters;
      return counters !== undefined && counters.nanoseconds !== earlier?.nanoseconds;
    }),
  );
