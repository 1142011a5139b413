import type { LogLine } from '../../model/host/answers.ts';
import { EXIT } from '../../model/user-error.ts';
import { logWords } from '../../report/host/log-line.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `log [-f] [--json]

  -f   stay and print what comes`;

/** Prints what host and driver logged; one JSON object a line with --json. */
export async function log(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, { follow: { type: 'boolean', short: 'f' } });
  if (!options) return EXIT.fine;
  const print = (line: LogLine) => console.log(options.json ? JSON.stringify(line) : logWords(line));
  await withHost(options.stateFolder, async (control) => {
    const follow = options.values.follow ?? false;
    const onEvent = follow ? (line: unknown) => print(line as LogLine) : undefined;
    const { lines } = await control.request<{ lines: LogLine[] }>('log', { follow }, onEvent);
    lines.forEach(print);
    if (follow) await control.closed();
  });
  return EXIT.fine;
}
