import { writeFileSync } from 'node:fs';
import { readInput } from '../adapters/usb/read-input.ts';
import { readMachine } from '../adapters/usb/read-machine.ts';
import { writeFolder } from '../adapters/usb/write-folder.ts';
import type { Dump } from '../model/usb/dump.ts';
import { readIdentity } from '../model/usb/identity.ts';
import { readSubject } from '../model/usb/subject.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { descriptorsHex, deviceFile } from '../report/probe/device-file.ts';
import { deviceReport, glance, type Inspection, inspect } from '../report/probe/device-report.ts';
import { PROBE_HELP } from '../report/probe/help.ts';
import { jsonReport } from '../report/probe/json-report.ts';
import { listReport } from '../report/probe/list-report.ts';
import { maskDump } from '../report/probe/mask.ts';
import { styleFor } from '../report/probe/style.ts';
import { readArguments } from './arguments/read-arguments.ts';

const OPTIONS = {
  verbose: { type: 'boolean', short: 'v' },
  list: { type: 'boolean', short: 'l' },
  json: { type: 'boolean' },
  mask: { type: 'boolean' },
  raw: { type: 'boolean' },
  live: { type: 'boolean' },
  'no-requests': { type: 'boolean' },
  port: { type: 'string', short: 'p' },
  save: { type: 'string' },
} as const;

const WANTED = { command: 'tools/probe', usage: PROBE_HELP, options: OPTIONS, places: Number.POSITIVE_INFINITY };
type Values = NonNullable<ReturnType<typeof readArguments<typeof OPTIONS>>>['values'];

const ID = /^[0-9a-f]{4}:[0-9a-f]{4}$/i;

/** `tools/probe`: exit 0 when a device is drivable or devices were listed, 1 when none is drivable, 2 for input nobody can read. */
export async function probe(args: readonly string[]): Promise<number> {
  const read = readArguments(args, WANTED);
  if (!read) return EXIT.fine;
  const { values, positionals } = read;
  const ids = positionals.filter((each) => ID.test(each)).map((each) => each.toLowerCase());
  const paths = positionals.filter((each) => !ID.test(each));
  const all = paths.length > 0 ? paths.flatMap(readInput) : await readMachine(values, ids);
  const wanted = choose(all, ids, values.port);
  const dumps = values.mask ? wanted.map(maskDump) : wanted;
  if (values.raw) return writeRaw(dumps);
  if (values.save !== undefined) return save(values.save, inspect(only(dumps, '--save')));
  const isChosen = ids.length > 0 || values.port !== undefined;
  if (isListing(dumps.length, values, isChosen, isChosen || paths.length > 0)) return printList(dumps);
  const inspections = dumps.map(inspect);
  print(inspections, values);
  return exitCode(inspections);
}

/** The devices a person asked for; all of them when no id and no port was named. */
function choose(dumps: readonly Dump[], ids: readonly string[], port: string | undefined): readonly Dump[] {
  const chosen = dumps.filter(
    (dump) =>
      (ids.length === 0 || ids.includes(readIdentity(readSubject(dump))?.id ?? '')) &&
      (port === undefined || dump.location?.port === port),
  );
  if (chosen.length > 0 || (ids.length === 0 && port === undefined)) return chosen;
  const what = [...ids, ...(port === undefined ? [] : [`port ${port}`])].join(', ');
  throw new UserError(`No device ${what} among ${dumps.length}`, 'Run without it to list the devices.');
}

/** Without a name the question is what there is, even when there is only one. */
const isListing = (count: number, { list, verbose, json }: Values, isChosen: boolean, isNamed: boolean) =>
  json !== true && (list === true || (verbose !== true && (!isNamed || (count !== 1 && !isChosen))));

function printList(dumps: readonly Dump[]): number {
  process.stdout.write(`${listReport(dumps.map(glance), styleFor(process.stdout, process.env)).join('\n')}\n`);
  return EXIT.fine;
}

function print(inspections: readonly Inspection[], values: Values): void {
  if (values.json) {
    process.stdout.write(`${JSON.stringify(jsonReport(inspections), null, 2)}\n`);
    return;
  }
  const style = styleFor(process.stdout, process.env);
  const lines = inspections.flatMap((each) => deviceReport(each, style, values.verbose === true));
  process.stdout.write(`${lines.join('\n')}\n`);
}

const isUnusable = ({ findings }: Inspection) => findings.some(({ id }) => id === 'SET-EMPTY' || id === 'SET-UNKNOWN');

function exitCode(inspections: readonly Inspection[]): number {
  if (inspections.every(isUnusable)) return EXIT.unusable;
  if (inspections.length > 1) return EXIT.fine;
  const answer = inspections[0]?.verdict.answer;
  return answer === 'drivable' || answer === 'partly drivable' ? EXIT.fine : EXIT.fixable;
}

/** As firmware-info has it: facts to be looked over and added to by hand. */
function save(folder: string, inspection: Inspection): number {
  const device = `${JSON.stringify(deviceFile(inspection), null, 2)}\n`;
  const paths = writeFolder(folder, {
    'device.json': device,
    'descriptors.hex': descriptorsHex(inspection.subject.dump),
  });
  console.error(`Wrote ${paths.join(' and ')}`);
  return EXIT.fine;
}

/** The bytes as they were read. What a text did not contain is said on stderr: it is a guess. */
function writeRaw(dumps: readonly Dump[]): number {
  const dump = only(dumps, '--raw');
  const { bytes, assumed } = dump.descriptors.bytes.length > 0 ? dump.descriptors : (dump.bos ?? dump.descriptors);
  if (process.stdout.isTTY)
    throw new UserError(
      '--raw writes bytes, which a terminal cannot show',
      'Send them to a file: tools/probe --raw … > descriptors',
    );
  writeFileSync(1, bytes);
  if (assumed.size > 0)
    console.error(
      `${assumed.size} of ${bytes.length} bytes are not in ${dump.form} and are assumed: offsets ${[...assumed].sort((one, other) => one - other).join(', ')}`,
    );
  return EXIT.fine;
}

function only<T>(all: readonly T[], option: string): T {
  const [first, ...others] = all;
  if (first === undefined || others.length > 0)
    throw new UserError(
      `${option} needs one device, but ${all.length} are there`,
      'Name one by its id (1209:0004) or --port.',
    );
  return first;
}
