// code-symptoms.ts — error codes inside log messages in, what they point to out.

import { explainExtensionError, explainIoReturn, explainSigningError } from './error-code.ts';
import type { LogLine } from './log-line.ts';
import type { EntryId, Match, Role, Symptom } from './symptom.ts';

const EXTENSION_ERROR = /OSSystemExtensionErrorDomain[^\d-]{1,20}(?<code>\d{1,3})\b/;
/** Everything on a Mac prints IOReturns; only those of opening a driver say something here. */
const IO_RETURN = /(?:IOServiceOpen|[Uu]ser ?[Cc]lient)\b.*?\b(?<code>(?:0x)?e00002[0-9a-f]{2})\b/;
const SIGNING_ERROR = /(?:^|[\s(:=])(?<code>-6[67]\d{3})\b/;

/** Codes the other symptoms have not given a meaning of their own. */
export function codeSymptoms(lines: readonly LogLine[]): readonly Match[] {
  return lines.flatMap((line) => {
    const extension = EXTENSION_ERROR.exec(line.message)?.groups?.code;
    const io = IO_RETURN.exec(line.message)?.groups?.code;
    const signing = SIGNING_ERROR.exec(line.message)?.groups?.code;
    return [
      ...(extension === undefined ? [] : [matchOf(line, explainExtensionError(Number(extension)), EXTENSION_ERROR)]),
      ...(signing === undefined ? [] : [matchOf(line, explainSigningError(Number(signing)), SIGNING_ERROR)]),
      ...(io === undefined
        ? []
        : [matchOf(line, explainIoReturn(Number.parseInt(io.replace(/^0x/, ''), 16)), IO_RETURN)]),
    ];
  });
}

function matchOf(line: LogLine, code: ReturnType<typeof explainExtensionError>, pattern: RegExp): Match {
  const symptom: Symptom = {
    pattern,
    role: roleOf(code.entries),
    means: `${code.name}: ${code.meaning}`,
    entries: code.entries,
    ...(code.entries.includes(RED_HERRING) ? { companion: RED_HERRING } : {}),
    fix: code.fix,
  };
  return { symptom, line, details: {} };
}

const RED_HERRING: EntryId = 'F37';
/** Entries that only go with others. */
const COMPANIONS: readonly EntryId[] = ['F22', 'F25'];

function roleOf(entries: readonly EntryId[]): Role {
  if (entries.length > 1) return 'possible';
  if (entries[0] === undefined) return 'note';
  return COMPANIONS.includes(entries[0]) ? 'follows' : 'cause';
}
