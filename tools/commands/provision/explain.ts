import { resolve } from 'node:path';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { diagnose } from '../../checks/diagnosis/diagnose.ts';
import { explainCode } from '../../checks/diagnosis/error-code.ts';
import { CATALOGUE } from '../../checks/signing/catalogue.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { describeExplanation, type Explanation, explanationOf } from '../../report/explanation.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';

const USAGE = `Usage: tools/provision explain CODE | FILE | TEXT | - [--json]

Says which known failures fit an error or a log, why, and what to do. Works on any system with a log somebody sent.

  CODE   4, OSSystemExtensionErrorDomain 4, -67062, errSecCSUnsigned, 0xe00002e2, 137, F20
  FILE   a log: what log show prints in any style, also ndjson, or what was copied from Console
  TEXT   a line of a log
  -      the log on standard input

On the Mac in question, right after it failed:

  /usr/bin/log show --last 10m --info --debug --style ndjson --predicate 'process IN {"sysextd", "amfid",
    "taskgated-helper", "kernelmanagerd", "syspolicyd"} OR (process == "kernel" AND (eventMessage CONTAINS "DK:" OR
    eventMessage CONTAINS "AMFI"))' > driver.ndjson`;

const MAX_BYTES = 256 * 1024 * 1024;

/** `tools/provision explain`: 0 when something fits or all is well, 1 when nothing is recognised, 2 for unusable input. */
export async function explain(args: readonly string[], system: System = realSystem()): Promise<number> {
  const options = { json: { type: 'boolean' } } as const;
  const read = readArguments(
    withNegativeNumbers(args),
    { command: 'tools/provision explain', usage: USAGE, options, places: Number.POSITIVE_INFINITY },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values, positionals } = read;
  if (positionals.length === 0)
    throw new UserError(
      'explain needs a code, a file or a line of a log',
      'Try tools/provision explain --help.',
      EXIT.unusable,
    );
  const explanation = await explainInput(positionals.join(' '), system);
  if (values.json) showJson(system, explanation);
  else show(system, describeExplanation(explanation));
  return explanation.recognised ? EXIT.fine : EXIT.fixable;
}

/** `-67062` is a code, not seven options. */
function withNegativeNumbers(args: readonly string[]): string[] {
  const options = args.filter((arg) => /^--?[a-z]/.test(arg));
  return [...options, '--', ...args.filter((arg) => !options.includes(arg) && arg !== '--')];
}

async function explainInput(input: string, system: System): Promise<Explanation> {
  if (input === '-') return explanationOf('log', 'standard input', { diagnosis: diagnose(await system.input()) });
  const path = resolve(system.workingDirectory, input);
  const facts = await system.files.facts(path);
  if (facts?.kind === 'other')
    throw new UserError(`${input} is neither a file nor a folder`, 'Pipe it into explain -', EXIT.unusable);
  if (facts) return explanationOf('log', input, { diagnosis: diagnose(await readLog(path, facts.size, system)) });
  const entry = CATALOGUE.find(({ id }) => id === input.toUpperCase());
  if (entry) return explanationOf('entry', input, { entries: [entry.id] });
  const codes = explainCode(input);
  if (codes.length > 0) return explanationOf('code', input, { codes });
  if (/^[\w./~-]*[/.][\w./~-]*$/.test(input))
    throw new UserError(`${input}: no such file`, 'Give the path of a log.', EXIT.unusable);
  return explanationOf('log', 'the text given', { diagnosis: diagnose(input) });
}

async function readLog(path: string, size: number, system: System): Promise<string> {
  if (size > MAX_BYTES)
    throw new UserError(
      `${path} is larger than 256 MiB`,
      'Cut the log to the minutes in question: log show --last 10m.',
      EXIT.unusable,
    );
  const bytes = await system.files.read(path).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      `${path} cannot be read (${error.code ?? 'unknown'})`,
      'Give the path of a log.',
      EXIT.unusable,
    );
  });
  const nul = bytes?.indexOf(0) ?? -1;
  if (nul >= 0)
    throw new UserError(
      `${path} is no text: byte ${nul} is zero`,
      'Give what `log show` prints; a .logarchive is shown with log show --archive.',
      EXIT.unusable,
    );
  return new TextDecoder().decode(bytes);
}
