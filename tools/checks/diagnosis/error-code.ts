// error-code.ts — an error code as somebody types it in, its name, its meaning and the entries it points to out.

import { CODE_SIGNING_ERRORS } from '../../model/apple/code-signing-errors.ts';
import {
  AMFI_ERRORS,
  EXIT_CODES,
  EXTENSION_ERRORS,
  IO_RETURNS,
  type NamedError,
} from '../../model/apple/error-codes.ts';
import type { EntryId } from './symptom.ts';

export interface ExplainedCode {
  readonly domain: string;
  readonly code: number;
  readonly name: string;
  readonly meaning: string;
  /** Likeliest first; none for a code the catalogue has no entry for. */
  readonly entries: readonly EntryId[];
  readonly fix: string;
}

type Entries = Readonly<Record<number, readonly EntryId[]>>;

const EXTENSION_ENTRIES: Entries = {
  1: ['F43'],
  2: ['F44'],
  3: ['F30', 'F31'],
  4: ['F32', 'F38', 'F33', 'F34', 'F35', 'F36', 'F39', 'F37'],
  8: ['F42', 'F07', 'F08', 'F36'],
  9: ['F40', 'F41'],
  10: ['F45'],
  12: ['F46'],
  13: ['F74'],
  101: ['F69', 'F70'],
};

const EXTENSION_FIXES: Readonly<Record<number, string>> = {
  5: 'Put CFBundleIdentifier into the Info.plist of the dext and sign dext and app again.',
  6: 'Remove one of the two extensions from Contents/Library/SystemExtensions and sign the app again.',
  7: 'Set CFBundlePackageType of the dext to DEXT and sign dext and app again.',
  11: 'Ask again, and let the app answer "replace".',
};

const SIGNING_ENTRIES: Entries = {
  [-66994]: ['F04'],
  [-66999]: ['F06'],
  [-67002]: ['F83'],
  [-67010]: ['F42'],
  [-67011]: ['F10'],
  [-67021]: ['F07'],
  [-67028]: ['F10'],
  [-67030]: ['F08'],
  [-67050]: ['F24'],
  [-67054]: ['F07'],
  [-67061]: ['F42', 'F07'],
  [-67062]: ['F09', 'F34'],
  [-67671]: ['F25'],
};

const AMFI_ENTRIES: Entries = { [-413]: ['F20'], [-423]: ['F22'], [-424]: ['F21'], [-427]: ['F23'] };
const IO_ENTRIES: Entries = { 3758097095: ['F67'], 3758097122: ['F66'] };
const EXIT_ENTRIES: Entries = { 65: ['F16'], 137: ['F18', 'F20'], 163: ['F17'] };

const VERIFY = 'Run `tools/provision verify` on the bundle: it says what is wrong with it.';

export const explainExtensionError = (code: number) =>
  describe(
    'OSSystemExtensionErrorDomain',
    code,
    EXTENSION_ERRORS[code],
    EXTENSION_ENTRIES[code],
    EXTENSION_FIXES[code],
  );

export const explainSigningError = (code: number) => {
  const name = CODE_SIGNING_ERRORS[code];
  return describe(
    'OSStatus',
    code,
    name === undefined ? undefined : { name, meaning: wordsOf(name) },
    SIGNING_ENTRIES[code],
  );
};

export const explainIoReturn = (code: number) => describe('IOReturn', code, IO_RETURNS[code], IO_ENTRIES[code]);

/** Every meaning the text can have: "4", "OSSystemExtensionErrorDomain 4", "-67062", "errSecCSUnsigned", "0xe00002e2". */
export function explainCode(text: string): readonly ExplainedCode[] {
  const wanted = plainName(text.trim());
  const named = byName(wanted);
  if (named.length > 0) return named;
  const digits = CODE.exec(wanted)?.groups;
  if (!digits?.code) return [];
  const code = numberOf(digits.code);
  return ALL.map((explain) => explain(code)).filter(
    ({ name, domain }) =>
      name !== UNNAMED && (digits.domain === undefined || domain.toLowerCase().includes(digits.domain.toLowerCase())),
  );
}

const CODE =
  /^(?:(?<domain>[A-Za-z.]+)[\s:=]+(?:error\s+|code\s*=?\s*)?)?(?<code>-?(?:(?:0x)?e[0-9a-f]{7}|0x[0-9a-f]+|\d+))$/i;

/** IOReturns are written with and without their 0x; the minus of an OSStatus is easily lost. */
function numberOf(code: string): number {
  if (/^e/i.test(code)) return Number.parseInt(code, 16);
  return /^6[67]\d{3}$/.test(code) ? -Number(code) : Number(code);
}

/** As C and Swift have the names: OSSystemExtensionErrorExtensionNotFound, OSSystemExtensionError.Code.extensionNotFound. */
function plainName(text: string): string {
  const name = /^OSSystemExtensionError(?:\.Code)?\.?(?!Domain|Code)(?<name>[A-Za-z]+)$/.exec(text)?.groups?.name;
  return name === undefined ? text : name[0]?.toLowerCase() + name.slice(1);
}

const ALL: readonly ((code: number) => ExplainedCode)[] = [
  explainExtensionError,
  explainSigningError,
  (code) => describe('AppleMobileFileIntegrityError', code, AMFI_ERRORS[code], AMFI_ENTRIES[code]),
  (code) => explainIoReturn(code < 0 ? code + 2 ** 32 : code), // some print it signed
  (code) => describe('exit code', code, EXIT_CODES[code], EXIT_ENTRIES[code]),
];

function byName(name: string): readonly ExplainedCode[] {
  const numbers = [CODE_SIGNING_ERRORS, EXTENSION_ERRORS, IO_RETURNS].flatMap((table) =>
    Object.entries(table).flatMap(([code, entry]) => (nameOf(entry) === name ? Number(code) : [])),
  );
  return numbers.flatMap((code) => ALL.map((explain) => explain(code))).filter((explained) => explained.name === name);
}

const nameOf = (entry: string | NamedError) => (typeof entry === 'string' ? entry : entry.name);

const UNNAMED = 'unnamed';

function describe(
  domain: string,
  code: number,
  named: NamedError | undefined,
  entries: readonly EntryId[] = [],
  fix: string = VERIFY,
): ExplainedCode {
  return {
    domain,
    code,
    name: named?.name ?? UNNAMED,
    meaning: named?.meaning ?? 'a code nobody documented',
    entries,
    fix,
  };
}

/** errSecCSBadNestedCode: "bad nested code". */
const wordsOf = (name: string) =>
  name
    .replace(/^errSec(?:CS)?/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
