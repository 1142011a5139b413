import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { matchEntitlements, USB_TRANSPORT } from '../../../tools/checks/signing/match-entitlement.ts';
import type { PlistValue } from '../../../tools/model/signing/plist.ts';

/** `[{idVendor:"*"}]` as the table writes values; undefined for "(key absent)". */
function value(text: string): PlistValue | undefined {
  if (text === '(key absent)') return undefined;
  return fromJson(JSON.parse(text.replace(/(\w+):/g, '"$1":')));
}

function fromJson(json: unknown): PlistValue {
  if (Array.isArray(json)) return json.map(fromJson);
  if (typeof json === 'object' && json !== null)
    return new Map(Object.entries(json).map(([key, entry]) => [key, fromJson(entry)]));
  return json as string | number | boolean;
}

const MEASURED = readFileSync('test/fixtures/captures/amfi/usb-entitlement-match-table.csv', 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [granted = '', claimed = '', verdict = ''] = [...line.matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    );
    return { granted, claimed, verdict: verdict === 'ACCEPTED' };
  });

describe('matching a claim against a grant', () => {
  it('knows the six rows that were measured on macOS 26', () => expect(MEASURED).toHaveLength(6));

  it.each(MEASURED)('judges $claimed against $granted as macOS did: $verdict', ({ granted, claimed, verdict }) => {
    const claim = value(claimed);
    const grant = value(granted);
    const [match] = matchEntitlements(
      new Map(claim === undefined ? [] : [[USB_TRANSPORT, claim]]),
      new Map(grant === undefined ? [] : [[USB_TRANSPORT, grant]]),
    );
    expect(match?.allowed ?? true).toBe(verdict);
  });

  const KEY = 'com.apple.developer.example';
  it.each<[string, PlistValue, PlistValue | undefined, boolean]>([
    ['an equal boolean', true, true, true],
    ['another boolean', false, true, false],
    ['what is not granted', true, undefined, false],
    ['an equal string', 'a.b', 'a.b', true],
    ['a string with the prefix of a wildcard', 'TEAM.b', 'TEAM.*', true],
    ['a string without it', 'OTHER.b', 'TEAM.*', false],
    ['a wildcard against itself', 'TEAM.*', 'TEAM.*', true],
    ['one of several strings', 'Production', ['Development', 'Production'], true],
    ['a subset of an array', ['a'], ['a', 'b'], true],
    ['an array with one element more', ['a', 'c'], ['a', 'b'], false],
    ['an array where a boolean is granted', ['a'], true, false],
    ['a boolean where an array is granted', true, ['a'], false],
    ['a number against a string of its digits', 1060, '1060', false],
    [
      'a dictionary with its keys in another order',
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
      new Map([
        ['a', 2],
        ['b', 1],
      ]),
      true,
    ],
    ['a dictionary below a wildcard value', new Map([['a', 'x']]), new Map([['a', '*']]), false],
  ])('judges %s', (_, claimed, granted, allowed) => {
    const [match] = matchEntitlements(
      new Map([[KEY, claimed]]),
      new Map(granted === undefined ? [] : [[KEY, granted]]),
    );
    expect(match?.allowed).toBe(allowed);
  });

  it('leaves alone what nobody has to grant', () => {
    expect(matchEntitlements(new Map([['com.apple.security.app-sandbox', true]]), new Map())).toEqual([]);
  });
});
