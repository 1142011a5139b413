import { EXIT, UserError } from '../../model/user-error.ts';
import { type ChosenPort, choosePort, exactName } from '../../plans/ports/choose-ports.ts';
import { type Flap, followLinks, isSame } from '../../plans/ports/identify.ts';
import { portWords } from '../../report/ports/words.ts';
import { wholeNumber } from '../arguments/values.ts';
import { connected, lookOrComplain, onlyName, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `identify PORT | --all [--seconds N] [--json]

Which jack is this? Pull a cable out of the adapter and put it in again, and see whose link went: the adapter has no lamp to blink.

  PORT         ends when that port's link has gone down and up; exit status 1 when it did not
  --all        names every port whose link changes, until Ctrl-C
  --seconds N  gives up after so long (with PORT: 120)
  --json       one object a change`;

const PATIENCE_SECONDS = '120';

export const identify: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, { all: { type: 'boolean' }, seconds: { type: 'string' } });
  if (!options) return EXIT.fine;
  const { values, positionals, json } = options;
  const name = values.all ? undefined : onlyName(positionals, 'port');
  if (values.all && positionals.length > 0)
    throw new UserError(`--all and ${positionals[0]}`, 'Say one or the other.', EXIT.unusable);
  const seconds = values.seconds ?? (name === undefined ? undefined : PATIENCE_SECONDS);
  const limit = seconds === undefined ? [] : [AbortSignal.timeout(wholeNumber('--seconds', seconds, 1, 86_400) * 1000)];
  return connected(connect, async (surroundings) => {
    const { system, terminal } = surroundings;
    const views = await lookOrComplain(surroundings);
    const wanted = name === undefined ? undefined : choosePort(name, views);
    const stopping = terminal.untilStopped();
    const found = new AbortController();
    let wentDown = false;
    try {
      const signal = AbortSignal.any([stopping.signal, found.signal, ...limit]);
      const onFlap = (flap: Flap) => {
        system.out(json ? flapJson(flap) : flapWords(flap, wanted));
        if (!wanted || !isSame(flap, wanted)) return;
        if (flap.up && (wentDown || !wanted.port.report.linkUp)) found.abort();
        wentDown ||= !flap.up;
      };
      await followLinks(views, signal, onFlap, () => system.err(instruction(wanted)));
    } finally {
      stopping.release();
    }
    return verdict(wanted, found.signal.aborted, stopping.signal.aborted);
  });
};

function instruction(wanted: ChosenPort | undefined): string {
  if (!wanted) return 'Pull a cable out of a jack and put it in again. Ctrl-C ends it.';
  const words = `${portWords(wanted.port.report)}${wanted.port.interface ? `, ${wanted.port.interface}` : ''}`;
  return wanted.port.report.linkUp
    ? `Pull the cable out of the jack you think is ${words} and put it in again.`
    : `${words} has no link: put a cable into the jack you think it is.`;
}

function flapWords(flap: Flap, wanted: ChosenPort | undefined): string {
  const words = `${portWords(flap.port.report)} of ${exactName(flap)}${flap.port.interface ? `, ${flap.port.interface}` : ''}`;
  const change = `${words}: link ${flap.up ? 'up' : 'down'}`;
  if (!wanted) return change;
  return isSame(flap, wanted) ? `✔ ${change}` : `✖ ${change}: that is another one`;
}

const flapJson = ({ view, port, up }: Flap) =>
  JSON.stringify({
    serial: view.device.serial,
    number: port.report.number,
    label: port.report.label,
    interface: port.interface ?? null,
    linkUp: up,
  });

function verdict(wanted: ChosenPort | undefined, found: boolean, stopped: boolean): number {
  if (!wanted || found) return EXIT.fine;
  if (stopped) return EXIT.fixable;
  throw new UserError(
    `The link of ${portWords(wanted.port.report)} did not go down and up`,
    'Try the next jack; tools/ports identify --all shows whose link changes.',
  );
}
