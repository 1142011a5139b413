import { readSavedSettings, savedSettingsPath } from '../../adapters/saved-settings.ts';
import { decodeWish, SETTING_NAMES, type Wish } from '../../model/client/settings.ts';
import { EXIT } from '../../model/user-error.ts';
import type { AdapterView } from '../../plans/ports/look.ts';
import { memoryName } from '../../plans/ports/settings.ts';
import { portWords } from '../../report/ports/words.ts';
import { connected, lookOrComplain, type PortsCommand, parseOptions } from './options.ts';

const USAGE = 'settings [--json]\n\nWhat has been set of which port, now in the driver and saved for later.';

export const settings: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, {}, 0);
  if (!options) return EXIT.fine;
  return connected(connect, async (surroundings) => {
    const { system } = surroundings;
    const saved = await readSavedSettings(system);
    const views = await lookOrComplain(surroundings);
    const inDriver = await Promise.all(views.map(settingsOf));
    if (options.json) system.out(JSON.stringify({ inDriver, saved, file: savedSettingsPath(system) }, null, 2));
    else {
      for (const { adapter, targets } of inDriver) {
        system.out(adapter);
        for (const { target, wishes } of targets)
          system.out(`  ${target}: ${wishes.map(wishText).join(', ') || 'nothing set'}`);
      }
      system.out(`Saved in ${savedSettingsPath(system)}`);
    }
    return EXIT.fine;
  });
};

const wishText = ({ name, value }: Wish) => `${name}=${value}`;

async function settingsOf(view: AdapterView) {
  const ports = view.ports.map(async (port) => {
    const wishes = await Promise.all(
      SETTING_NAMES.map(async (name) => decodeWish(name, await view.adapter.setting(port.index, name))),
    );
    return {
      target: portWords(port.report),
      wishes: wishes.filter((wish) => wish !== undefined && wish.value !== '') as Wish[],
    };
  });
  const allowed = decodeWish('allowed', await view.adapter.setting('device', 'allowed'));
  const device = { target: 'the adapter', wishes: allowed ? [allowed] : [] };
  return { adapter: memoryName(view), targets: [device, ...(await Promise.all(ports))] };
}
