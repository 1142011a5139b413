// settings.ts — what a person wants of ports in, the driver told and the wish remembered out.

import type { Target } from '../../adapters/iokit/driver.ts';
import { readSavedSettings, writeSavedSettings } from '../../adapters/saved-settings.ts';
import type { Surroundings } from '../../adapters/surroundings.ts';
import type { SavedAdapter } from '../../model/client/saved-settings.ts';
import { withWishes } from '../../model/client/saved-settings.ts';
import { encodeWish, type Wish } from '../../model/client/settings.ts';
import { UserError } from '../../model/user-error.ts';
import type { AdapterView } from './look.ts';

export interface Applied {
  readonly target: Target;
  readonly wish: Wish;
  readonly effect: 'now' | 'at the next plug-in';
}

/** Under which name an adapter is remembered: its serial number, or else where it is plugged in. */
export const memoryName = ({ device }: Pick<AdapterView, 'device'>): string =>
  device.serial === '' ? `location ${device.locationId.toString(16).padStart(8, '0')}` : device.serial;

/** Tells the driver first: what it refuses is not remembered. */
export async function applyAndRemember(
  { system }: Pick<Surroundings, 'system'>,
  view: AdapterView,
  target: Target,
  wishes: readonly Wish[],
): Promise<readonly Applied[]> {
  const saved = await readSavedSettings(system); // an unreadable file says so before anything has changed
  const applied: Applied[] = [];
  for (const wish of wishes) applied.push(await apply(view, target, wish));
  await writeSavedSettings(system, withWishes(saved, memoryName(view), savedTarget(view, target), wishes));
  return applied;
}

const savedTarget = (view: AdapterView, target: Target) =>
  target === 'device' ? target : String(view.ports.find(({ index }) => index === target)?.report.number ?? target + 1);

async function apply({ adapter }: AdapterView, target: Target, wish: Wish): Promise<Applied> {
  return { target, wish, effect: await adapter.changeSetting(target, wish.name, encodeWish(wish)) };
}

export interface Restored {
  readonly applied: readonly Applied[];
  /** What the driver did not take, in words: one refusal keeps none of the others from being restored. */
  readonly refused: readonly string[];
}

/** Tells an adapter everything that is remembered of it. */
export async function restore(view: AdapterView, saved: SavedAdapter | undefined): Promise<Restored> {
  const applied: Applied[] = [];
  const refused: string[] = [];
  for (const [name, wishes] of Object.entries(saved ?? {})) {
    const target = name === 'device' ? name : view.ports.find(({ report }) => String(report.number) === name)?.index;
    for (const wish of wishes) {
      const words = `${name === 'device' ? 'the adapter' : `port ${name}`}: ${wish.name}=${wish.value}`;
      if (target === undefined) refused.push(`${words}: it has no such port`);
      else
        await apply(view, target, wish).then(
          (done) => applied.push(done),
          (error: unknown) => {
            if (!(error instanceof UserError)) throw error;
            refused.push(`${words}: ${error.message}`);
          },
        );
    }
  }
  return { applied, refused };
}
