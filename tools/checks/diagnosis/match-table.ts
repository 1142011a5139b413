// match-table.ts — a table of granted and claimed values in, which of them amfid refuses and why out.
//
// The form in which such measurements are passed on: CSV, values written as {key:"text"}, `(key absent)` for no claim.

import type { PlistValue } from '../../model/signing/plist.ts';
import { matchEntitlements, USB_TRANSPORT } from '../signing/match-entitlement.ts';
import type { Diagnosis, Explained, Note } from './diagnose.ts';

const HEADER = /^profile_value,claimed_value,verdict\r?\n/;

/** Undefined for any other text. */
export function diagnoseTable(text: string): Diagnosis | undefined {
  if (!HEADER.test(text)) return undefined;
  const rows = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line, index) => judge(line, index + 2));
  const refused = rows.filter(({ allowed }) => !allowed);
  const evidence = refused.map(({ line, text }) => ({ line, text }));
  const because = refused.map(({ words }) => words);
  const explained: Explained[] =
    refused.length === 0
      ? []
      : [
          { entry: 'F20', certainty: 'certain', because, evidence },
          {
            entry: 'F01',
            certainty: 'possible',
            because: ['Xcode refuses the same claims by the same rule'],
            evidence: [],
          },
        ];
  const notes: Note[] = rows
    .filter(({ said, allowed }) => said !== allowed)
    .map(({ line, text }) => ({
      means: 'the table says otherwise than the rule',
      fix: 'Measure this row again, and tell us.',
      evidence: [{ line, text }],
    }));
  return { explained, notes, progress: rows.filter(({ allowed }) => allowed).map(({ words }) => words) };
}

function judge(text: string, line: number) {
  const [granted = '', claimed = '', verdict = ''] = cells(text);
  const claim = new Map(valueIn(claimed).map((value) => [USB_TRANSPORT, value]));
  const grant = new Map(valueIn(granted).map((value) => [USB_TRANSPORT, value]));
  const match = matchEntitlements(claim, grant)[0];
  const allowed = match?.allowed ?? true;
  const words = match
    ? `granted ${granted}, claimed ${claimed}: ${allowed ? 'allowed' : 'refused'} (${match.rule})`
    : `granted ${granted}, nothing claimed: allowed here, and refused by the kernel for the device (F56)`;
  return { line, text, allowed, said: /^ACCEPTED$/i.test(verdict), words };
}

/** CSV: a cell in quotes may hold commas, and quotes twice. */
const cells = (line: string) =>
  [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) =>
    cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell,
  );

/** One value, or none for `(key absent)` and for what cannot be read. */
function valueIn(text: string): readonly PlistValue[] {
  try {
    return [plist(JSON.parse(text.replaceAll(/([{,]\s*)(\w+)\s*:/g, '$1"$2":')))];
  } catch {
    return [];
  }
}

function plist(value: unknown): PlistValue {
  if (Array.isArray(value)) return value.map(plist);
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, item]) => [key, plist(item)]));
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : '';
}
