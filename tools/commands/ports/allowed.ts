import type { Wish } from '../../model/client/settings.ts';
import { EXIT } from '../../model/user-error.ts';
import { choosePort } from '../../plans/ports/choose-ports.ts';
import { applyAndRemember, memoryName } from '../../plans/ports/settings.ts';
import { say } from '../../report/ports/applied.ts';
import { portWords } from '../../report/ports/words.ts';
import { connected, lookOrComplain, onlyName, type PortsCommand, parseOptions } from './options.ts';

/** `allow` and `deny`: a port, or a whole adapter by its serial number. */
const permission =
  (value: 'yes' | 'no', usage: string): PortsCommand =>
  async (args, connect) => {
    const options = parseOptions(args, usage, {});
    if (!options) return EXIT.fine;
    const name = onlyName(options.positionals, 'port or serial number');
    return connected(connect, async (surroundings) => {
      const views = await lookOrComplain(surroundings);
      const whole = views.find((view) => memoryName(view) === name);
      const chosen = whole ? { view: whole, port: undefined } : choosePort(name, views);
      const wishes: readonly Wish[] = [{ name: 'allowed', value }];
      const applied = await applyAndRemember(surroundings, chosen.view, chosen.port?.index ?? 'device', wishes);
      const words = chosen.port ? portWords(chosen.port.report) : `the adapter ${name}`;
      say(applied, words, options.json, surroundings.system.out);
      return EXIT.fine;
    });
  };

export const allow = permission('yes', 'allow PORT | SERIAL\n\nLets a port, or a whole adapter, be used again.');
export const deny = permission(
  'no',
  'deny PORT | SERIAL\n\nKeeps a port, or a whole adapter, from being used, now and later.',
);
