// identify.ts — links that go down and come up in, which jack somebody touched out. There is no lamp to blink.

import { type ChosenPort, exactName } from './choose-ports.ts';
import type { AdapterView } from './look.ts';

export interface Flap extends ChosenPort {
  readonly up: boolean;
}

/** Calls `onFlap` for every link that changes, until the signal; none is missed once `onReady` has been called. */
export async function followLinks(
  views: readonly AdapterView[],
  signal: AbortSignal,
  onFlap: (flap: Flap) => void,
  onReady: () => void,
): Promise<void> {
  await Promise.all(
    views.map(async (view) => {
      const known = new Map(view.ports.map(({ index, report }) => [index, report.linkUp]));
      await view.adapter.listen((news) => {
        const port = news.kind === 'link' ? view.ports.find(({ index }) => index === news.index) : undefined;
        if (news.kind !== 'link' || !port || known.get(news.index) === news.up) return;
        known.set(news.index, news.up);
        onFlap({ view, port, up: news.up });
      });
    }),
  );
  onReady();
  if (!signal.aborted)
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

export const isSame = (one: ChosenPort, other: ChosenPort) => exactName(one) === exactName(other);
