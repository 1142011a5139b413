import { EXIT } from '../../model/user-error.ts';
import { choosePort } from '../../plans/ports/choose-ports.ts';
import { portWords } from '../../report/ports/words.ts';
import { connected, lookOrComplain, onlyName, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `reset PORT

Sets a port of the device up again, as after plugging in; its OS interface and everything on it stays.`;

export const reset: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, {});
  if (!options) return EXIT.fine;
  const name = onlyName(options.positionals, 'port');
  return connected(connect, async (surroundings) => {
    const { view, port } = choosePort(name, await lookOrComplain(surroundings));
    await view.adapter.reset(port.index);
    if (!options.json) surroundings.system.out(`${portWords(port.report)} is set up again.`);
    else surroundings.system.out(JSON.stringify({ number: port.report.number }));
    return EXIT.fine;
  });
};
