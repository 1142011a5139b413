// activate.ts — the request to sysextd, with the user's part in it.

import { requestOfApp } from '../../adapters/apple/host-app.ts';
import type { System } from '../../adapters/system.ts';
import type { InstallOptions } from './install.ts';
import { refusalOf } from './refusal.ts';
import type { Change } from './run-changes.ts';

export const activate = (system: System, { patience, mode }: InstallOptions, program: string): Change => ({
  title: 'Activate the driver',
  would: () => 'ask macOS through the app, which asks the user the first time',
  run: async ({ undo, stop, say }) => {
    const end = await requestOfApp(system, program, 'activate', {
      timeout: patience,
      onEvent: (event) => {
        if (event.event === 'needsApproval') say(`! ${APPROVAL}`);
      },
    });
    switch (end.end) {
      case 'completed':
        if (mode === 'install')
          undo.push('the driver is deactivated', () => deactivateAgain(system, program, patience));
        return { did: 'macOS accepted it' };
      case 'after-reboot':
        stop();
        return { did: 'macOS finishes when the adapters are unplugged, or at the next restart' };
      case 'timed-out':
        stop();
        return { skipped: 'still waiting for you; the request stays' };
      case 'failed':
        throw refusalOf(end);
      default:
        return end satisfies never;
    }
  },
});

const APPROVAL =
  'Allow the driver in System Settings > General > Login Items & Extensions > Driver Extensions (macOS 13 and 14: Privacy & Security): open "x-apple.systempreferences:com.apple.ExtensionsPreferences?extensionPointIdentifier=com.apple.system_extension.driver_extension.extension-point"';

async function deactivateAgain(system: System, program: string, timeout: number): Promise<void> {
  const end = await requestOfApp(system, program, 'deactivate', { timeout, onEvent: () => undefined });
  if (end.end === 'failed') throw refusalOf(end);
}
