import { resolve } from 'node:path';
import { type OutputFile, openOutput } from '../../adapters/output-file.ts';
import { RING_BYTES } from '../../model/client/capture-ring.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { capture as captureFrames } from '../../plans/ports/capture.ts';
import { wholeNumber } from '../arguments/values.ts';
import { chosenPorts, connected, lookOrComplain, type PortsCommand, parseOptions } from './options.ts';

const USAGE = `capture PORT… | --all -o FILE.pcapng [--seconds N] [--count N] [--snap BYTES] [--ring BYTES]

Writes the frames of ports, in both directions, to a file; -o - pipes them: tools/ports capture 1 -o - | wireshark -k -i -
Ends with Ctrl-C, with the adapter, or when one of these is reached:

  --seconds N   after so long
  --count N     after so many frames
  --snap BYTES  keeps that much of each frame's beginning (all of it)
  --ring BYTES  memory between driver and tool, a power of two from 65536 to 16777216 (4194304)

Frames that found no room in that memory are counted: in the file, and on the last line.`;

const OPTIONS = {
  all: { type: 'boolean' },
  output: { type: 'string', short: 'o' },
  seconds: { type: 'string' },
  count: { type: 'string' },
  snap: { type: 'string' },
  ring: { type: 'string' },
} as const;

export const capture: PortsCommand = async (args, connect) => {
  const options = parseOptions(args, USAGE, OPTIONS);
  if (!options) return EXIT.fine;
  const { values, positionals } = options;
  const limits = limitsOf(values);
  const path = values.output;
  if (path === undefined)
    throw new UserError('Where to?', 'Give a file: -o ports.pcapng, or -o - for a pipe.', EXIT.unusable);
  if (positionals.length === 0 && !values.all)
    throw new UserError('Which port?', 'Name ports, or say --all.', EXIT.unusable);
  return connected(connect, async (surroundings) => {
    const { system, terminal } = surroundings;
    const ports = chosenPorts(positionals, values.all === true, await lookOrComplain(surroundings));
    const output = await openOutput(path === '-' ? path : resolve(system.workingDirectory, path));
    const stopping = terminal.untilStopped();
    const signal = AbortSignal.any([stopping.signal, output.broken, ...timeLimit(limits.seconds)]);
    const now = () => BigInt(system.now().getTime()) * 1_000_000n;
    try {
      const done = await captureFrames({ ports, ...limits, signal, now, write: output.write });
      return report(done, output, system.err);
    } finally {
      stopping.release();
      await output.close();
    }
  });
};

function report(
  { frames, lost, trouble }: Awaited<ReturnType<typeof captureFrames>>,
  { broken }: OutputFile,
  err: (text: string) => void,
): number {
  if (trouble) err(trouble);
  if (broken.aborted) err('Nobody takes the capture any more.');
  err(`${frames} frames, ${lost} lost`);
  return trouble ? EXIT.fixable : EXIT.fine;
}

const timeLimit = (seconds: number | undefined) => (seconds === undefined ? [] : [AbortSignal.timeout(seconds * 1000)]);

function limitsOf(values: { seconds?: string; count?: string; snap?: string; ring?: string }) {
  const ringBytes = wholeNumber('--ring', values.ring ?? String(RING_BYTES.usual), RING_BYTES.least, RING_BYTES.most);
  if ((ringBytes & (ringBytes - 1)) !== 0)
    throw new UserError(`--ring ${ringBytes}: no power of two`, 'For example: 1048576', EXIT.unusable);
  return {
    ringBytes,
    snapLength: values.snap === undefined ? 0 : wholeNumber('--snap', values.snap, 14, 65_535),
    most: values.count === undefined ? Number.MAX_SAFE_INTEGER : wholeNumber('--count', values.count, 1, 1e12),
    seconds: values.seconds === undefined ? undefined : wholeNumber('--seconds', values.seconds, 1, 86_400),
  };
}
