import { readSavedSettings } from '../../adapters/saved-settings.ts';
import { EXIT } from '../../model/user-error.ts';
import { memoryName, restore as restoreSettings } from '../../plans/ports/settings.ts';
import { connected, lookOrComplain, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `restore [--json]

Sets everything again that was saved of the adapters that are plugged in; the driver forgets it with the device.`;

export const restore: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, {}, 0);
  if (!options) return EXIT.fine;
  return connected(connect, async (surroundings) => {
    const { system } = surroundings;
    const saved = await readSavedSettings(system);
    let refusals = 0;
    for (const view of await lookOrComplain(surroundings)) {
      const name = memoryName(view);
      const { applied, refused } = await restoreSettings(view, saved[name]);
      refusals += refused.length;
      if (options.json) system.out(JSON.stringify({ adapter: name, applied: applied.length, refused }));
      else
        for (const line of [`${name}: ${applied.length} settings restored`, ...refused.map((words) => `✖ ${words}`)])
          system.out(line);
    }
    return refusals > 0 ? EXIT.fixable : EXIT.fine;
  });
};
