import { parseWish } from '../../model/client/settings.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { choosePort } from '../../plans/ports/choose-ports.ts';
import { applyAndRemember } from '../../plans/ports/settings.ts';
import { say } from '../../report/ports/applied.ts';
import { portWords } from '../../report/ports/words.ts';
import { connected, lookOrComplain, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `set PORT NAME=VALUE…

Changes how a port works, and remembers it: tools/ports --watch and tools/ports restore set it again at the next plug-in.

  label=TEXT       what the port is called, up to 63 bytes
  mac=ADDRESS      another MAC address than its own
  mtu=BYTES        greatest frame, counted without its Ethernet header
  transfers=N      how many receive transfers are in flight
  slots=N          how many transmit slots there are
  block=BYTES      longest block of frames to and from the device (not ECM); shorter ones wait less for each other
  allowed=yes|no   whether it may be used at all

NAME=default takes a setting back. All but the label make the port's OS interface go and come back, as if that one port had been
plugged out and in: addresses somebody gave it by hand go with it.`;

export const set: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, {});
  if (!options) return EXIT.fine;
  const [name, ...texts] = options.positionals;
  if (name === undefined || texts.length === 0)
    throw new UserError('Set what?', 'For example: tools/ports set 3 label=Printer', EXIT.unusable);
  const wishes = texts.map(parseWish);
  return connected(connect, async (surroundings) => {
    const { view, port } = choosePort(name, await lookOrComplain(surroundings));
    const applied = await applyAndRemember(surroundings, view, port.index, wishes);
    say(applied, portWords(port.report), options.json, surroundings.system.out);
    return EXIT.fine;
  });
};
