import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { diagnose } from '../checks/usb/diagnose.ts';
import { judge } from '../checks/usb/verdict.ts';
import type { Dump } from '../model/usb/dump.ts';
import { readSubject } from '../model/usb/subject.ts';
import { recognise } from '../model/usb/text/recognise.ts';
import { deviceReport, type Inspection } from '../report/probe/device-report.ts';
import { styleFor } from '../report/probe/style.ts';
import { EXIT, UserError } from '../report/user-error.ts';

const HELP = `tools/probe — what is this USB device, and can we drive it?

  tools/probe FILE…      the devices in these dumps
`;

/** `tools/probe`: exit 0 when a device is drivable, 1 when none is, 2 for input nobody can read. */
export async function probe(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return EXIT.fine;
  }
  const inspections = positionals.flatMap(readFile).map(inspect);
  const style = styleFor(process.stdout, process.env);
  for (const each of inspections) process.stdout.write(`${deviceReport(each, style).join('\n')}\n`);
  return inspections.some(({ verdict }) => verdict.answer.endsWith('drivable') && verdict.answer !== 'not drivable')
    ? EXIT.fine
    : EXIT.fixable;
}

function readFile(path: string): Dump[] {
  const dumps = recognise(readFileSync(path), path);
  if (dumps.length > 0) return dumps;
  throw new UserError(`${path} holds no USB descriptors in a form we know`, 'See --help for the forms.', EXIT.unusable);
}

export function inspect(dump: Dump): Inspection {
  const subject = readSubject(dump);
  return { subject, verdict: judge(subject), findings: diagnose(subject) };
}
