// journal.ts — what `apply` made, so that a later run can take it back, also after a crash in between.

import { join } from 'node:path';
import type { AppStoreConnect } from '../../adapters/apple/app-store-connect.ts';
import { deleteIdentity } from '../../adapters/apple/security.ts';
import type { System } from '../../adapters/system.ts';
import type { Purpose } from '../../model/apple/signing-wishes.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

/** One thing that was not there before. `title` names it for people. */
export type Made =
  | { readonly kind: 'resource'; readonly title: string; readonly type: string; readonly id: string }
  | { readonly kind: 'device'; readonly title: string; readonly id: string }
  | { readonly kind: 'identity'; readonly title: string; readonly hash: string }
  | { readonly kind: 'file'; readonly title: string; readonly path: string };

export interface Journal {
  /** Oldest first. */
  readonly things: () => Promise<readonly Made[]>;
  readonly add: (thing: Made) => Promise<void>;
  readonly drop: (thing: Made) => Promise<void>;
}

/** Keys and journal lie outside the project, in a folder nobody else reads. */
export const keyFolder = (system: System): string => join(system.home, '.multiport');

export function openJournal(system: System, purpose: Purpose): Journal {
  const path = join(keyFolder(system), `made-${purpose}.json`);
  const things = async (): Promise<readonly Made[]> => parseJournal((await system.files.readText(path)) ?? '[]', path);
  const write = async (all: readonly Made[]) => {
    if (all.length === 0) await system.files.remove(path);
    else await system.files.write(path, `${JSON.stringify(all, undefined, 2)}\n`, 0o600);
  };
  return {
    things,
    add: async (thing) => write([...(await things()), thing]),
    drop: async (thing) => write((await things()).filter((other) => JSON.stringify(other) !== JSON.stringify(thing))),
  };
}

function parseJournal(text: string, path: string): readonly Made[] {
  try {
    const all: unknown = JSON.parse(text);
    if (Array.isArray(all)) return all as readonly Made[];
  } catch {
    // reported below
  }
  throw new UserError(
    `${path} is damaged`,
    'Remove it; what it listed can then only be removed in the developer portal.',
    EXIT.unusable,
  );
}

/** Takes one thing back. Returns why it cannot be taken back, or nothing. */
export async function takeBack(
  thing: Made,
  system: System,
  api: AppStoreConnect | undefined,
): Promise<string | undefined> {
  switch (thing.kind) {
    case 'file':
      await system.files.remove(thing.path);
      return undefined;
    case 'identity':
      await deleteIdentity(system, thing.hash);
      return undefined;
    case 'device':
      if (!api) return 'that takes the API key';
      await api.update({ type: 'devices', id: thing.id }, { status: 'DISABLED' });
      return undefined; // Apple lets nobody delete a device
    case 'resource':
      if (!api) return 'that takes the API key';
      await api.remove(thing);
      return undefined;
    default:
      return thing satisfies never;
  }
}
