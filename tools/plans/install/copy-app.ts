// copy-app.ts — the built app into /Applications, where macOS takes drivers from, and the former one back when that fails.

import { join } from 'node:path';
import type { System } from '../../adapters/system.ts';
import type { Change } from './run-changes.ts';

export const copyApp = (system: System, bundle: string, target: string): Change => ({
  title: 'Copy the app to /Applications',
  would: () => `copy ${bundle} to ${target}`,
  run: async ({ undo }) => {
    if (bundle === target) return { skipped: 'it is there' };
    const former = formerApp(system);
    if (await system.files.facts(target)) {
      await system.files.remove(former);
      await system.files.move(target, former);
      undo.push('the former app is back', async () => {
        await system.files.remove(target);
        await system.files.move(former, target);
      });
    } else undo.push('the copy is removed', () => system.files.remove(target));
    await system.files.copy(bundle, target);
    return { did: target };
  },
});

/** macOS runs a marked app from a random place, where sysextd does not take it (F31). */
export const clearQuarantine = (system: System, target: string): Change => ({
  title: 'Clear the quarantine mark of the copy',
  would: () => 'remove com.apple.quarantine if the copy has it',
  run: async () => {
    const { exitCode } = await system.execute('xattr', ['-p', 'com.apple.quarantine', target]);
    if (exitCode !== 0) return { skipped: 'it has none' };
    await system.execute('xattr', ['-rd', 'com.apple.quarantine', target]);
    return { did: 'removed' };
  },
});

/** Not called .app: macOS would find two of them (F33). */
export const formerApp = ({ home }: System) => join(home, '.multiport/former');
