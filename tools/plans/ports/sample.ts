// sample.ts — rates and drops of every port over some time, for a plot.

import type { Surroundings } from '../../adapters/surroundings.ts';
import type { Rates } from '../../model/client/rates.ts';
import { exactName } from './choose-ports.ts';
import { watch } from './watch.ts';

export interface Series {
  /** `MP000001:3` */
  readonly port: string;
  readonly label: string;
  readonly points: readonly { readonly seconds: number; readonly rates: Rates }[];
}

/** Watches for so many seconds, or until the signal; ports that come or go have points for as long as they were there. */
export async function sample(
  surroundings: Surroundings,
  seconds: number,
  stop: AbortController,
): Promise<readonly Series[]> {
  const series = new Map<string, { port: string; label: string; points: { seconds: number; rates: Rates }[] }>();
  const start = surroundings.system.now().getTime();
  await watch(surroundings, stop.signal, ({ views, time }) => {
    const elapsed = (time.getTime() - start) / 1000;
    for (const view of views)
      for (const port of view.ports) {
        const name = exactName({ view, port });
        const one = series.get(name) ?? { port: name, label: port.report.label, points: [] };
        series.set(name, one);
        if (port.rates) one.points.push({ seconds: elapsed, rates: port.rates });
      }
    if (elapsed >= seconds) stop.abort();
  });
  return [...series.values()];
}
