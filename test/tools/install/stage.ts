// stage.ts — a Mac with a built app, new for each test of tools/install install.

import { afterEach } from 'vitest';
import type { install } from '../../../tools/commands/install/install.ts';
import { status } from '../../../tools/commands/install/status.ts';
import { explain } from '../../../tools/report/explain.ts';
import { BUILT, type MacState, putApp, type RecordedMac, recordedMac } from '../../support/recorded-mac.ts';

export let system: RecordedMac;
afterEach(() => system.dispose());

export const STAGED = { build: '5', state: 'activated_enabled' };
/** macOS takes the driver at once, and it serves the adapter that is plugged in. */
export const accepts = (mac: MacState) => {
  mac.versions = [STAGED, ...mac.versions.filter(({ build }) => build !== '5')];
  mac.matched = mac.adapters > 0;
  mac.ports = mac.matched ? ['en5', 'en6'] : [];
  return { events: [{ event: 'completed' }] };
};

export async function start(state: Partial<MacState> = {}, programs = {}) {
  system = await recordedMac({ app: { activate: accepts }, ...state }, programs);
  await putApp(system, BUILT);
}

export const run = async (command: typeof install, ...args: string[]) => {
  system.printed.out = '';
  system.printed.err = '';
  try {
    const exitCode = await command([...(command === status ? [] : [BUILT]), ...args], system);
    return { exitCode, last: system.printed.out.trimEnd().split('\n').at(-1) ?? '', ...system.printed };
  } catch (error) {
    const { text, exitCode } = explain(error);
    return { exitCode, last: text, ...system.printed };
  }
};
export const installedFiles = () => system.files.list('/Applications');
