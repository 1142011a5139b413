import { join } from 'node:path';
import { formatSavedSettings, parseSavedSettings, type SavedSettings } from '../model/client/saved-settings.ts';
import type { System } from './system.ts';

/** Where this person's settings of ports are kept. */
export function savedSettingsPath({ platform, environment, home }: System): string {
  if (platform === 'darwin') return join(home, 'Library/Application Support/Multiport/ports.json');
  return join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'multiport', 'ports.json');
}

/** Empty when nothing was ever saved. */
export async function readSavedSettings(system: System): Promise<SavedSettings> {
  const path = savedSettingsPath(system);
  const text = await system.files.readText(path);
  return text === undefined ? {} : parseSavedSettings(text, path);
}

export const writeSavedSettings = (system: System, settings: SavedSettings): Promise<void> =>
  system.files.write(savedSettingsPath(system), formatSavedSettings(settings), 0o600);
