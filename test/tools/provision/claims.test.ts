import { describe, expect, it } from 'vitest';
import { claim, type Grant } from '../../../tools/checks/signing/claims.ts';
import type { Dictionary, PlistValue } from '../../../tools/model/apple/property-list.ts';
import {
  AS_GRANTED,
  type BundleWishes,
  type Purpose,
  parseSigningWishes,
  type Wish,
} from '../../../tools/model/apple/signing-wishes.ts';

const USB = 'com.apple.developer.driverkit.transport.usb';
const QUAD = { name: 'Acme Quad', vendorId: 1060, productId: 0x9900 };
const DUO = { name: 'Other Duo', vendorId: 6223, productId: 1 };

const wishes = (entitlements: Record<string, Wish>): BundleWishes => ({
  bundleId: 'org.a.b.driver',
  name: 'B',
  capabilities: [],
  entitlements,
});
const profile = (entitlements: Dictionary, purpose: Purpose = 'development', bundleId = 'org.a.b.driver'): Grant => ({
  name: 'P',
  purpose,
  team: 'ABCDE12345',
  bundleId,
  entitlements,
});

const usb = (granted: PlistValue, purpose: Purpose, adapters = [QUAD]) => {
  const { entitlements, problems } = claim(
    wishes({ [USB]: AS_GRANTED }),
    profile({ [USB]: granted }, purpose),
    adapters,
  );
  return problems[0]?.seen ?? entitlements[USB];
};

describe('claims', () => {
  it.each<[string, PlistValue, Purpose, unknown]>([
    ['a star stays a star', [{ idVendor: '*' }], 'development', [{ idVendor: '*' }]],
    ['our vendor of several', [{ idVendor: 1060 }, { idVendor: 6223 }], 'developer-id', [{ idVendor: 1060 }]],
    [
      'an element with more keys, literally',
      [{ idVendor: 1060, idProduct: 0x9900 }],
      'developer-id',
      [{ idVendor: 1060, idProduct: 0x9900 }],
    ],
    [
      'a list of products',
      [{ idVendor: 1060, idProductArray: [1, 0x9900] }],
      'developer-id',
      [{ idVendor: 1060, idProductArray: [1, 0x9900] }],
    ],
    [
      'another product',
      [{ idVendor: 1060, idProduct: 7 }],
      'developer-id',
      expect.stringContaining('does not cover Acme Quad'),
    ],
    ['another vendor', [{ idVendor: 6223 }], 'developer-id', expect.stringContaining('vendor 0x0424')],
    ['a vendor as text', [{ idVendor: '1060' }], 'development', expect.stringContaining('does not cover')],
    ['a star in a release', [{ idVendor: '*' }], 'developer-id', expect.stringContaining('every vendor')],
    ['something that is no list', true, 'development', expect.stringContaining('does not cover')],
  ])('transport.usb: %s', (_, granted, purpose, expected) => {
    expect(usb(granted, purpose)).toEqual(expected);
  });

  it('names every adapter a grant leaves out', () => {
    expect(usb([{ idVendor: 1060 }], 'developer-id', [QUAD, DUO])).toContain('Other Duo (vendor 0x184f)');
  });

  it('takes the application identifier from team and bundle, never from a wish', () => {
    const granted = {
      'com.apple.developer.team-identifier': 'ABCDE12345',
      'com.apple.developer.driverkit.family.hid.device': true,
    };
    expect(claim(wishes({}), profile(granted), []).entitlements).toEqual({
      'com.apple.application-identifier': 'ABCDE12345.org.a.b.driver',
      'com.apple.developer.team-identifier': 'ABCDE12345',
    });
  });

  it.each([
    ['org.a.b.driver', 0],
    ['org.a.b.*', 0],
    ['*', 0],
    ['org.a.b', 1],
    ['org.a.c.*', 1],
  ])('fits a profile for %s or not', (bundleId, problems) => {
    expect(claim(wishes({}), profile({}, 'development', bundleId), []).problems).toHaveLength(problems);
  });

  it.each(['com.apple.developer.driverkit.allow-any-userclient-access', 'com.apple.security.get-task-allow'])(
    'keeps %s out of a release, even when it is granted',
    (entitlement) => {
      expect(
        claim(wishes({ [entitlement]: true }), profile({ [entitlement]: true }, 'developer-id'), []).problems,
      ).toHaveLength(1);
      expect(claim(wishes({ [entitlement]: true }), profile({ [entitlement]: true }), []).problems).toEqual([]);
    },
  );

  it.each<[PlistValue, Wish, boolean]>([
    [true, true, true],
    [false, true, false],
    [['org.a.b.driver', 'org.x.y'], ['org.a.b.driver'], true],
    [['org.x.*'], ['org.x.y.z'], true],
    [['org.x.y'], ['org.a.b.driver'], false],
    ['ABCDE12345.*', 'ABCDE12345.org', true],
    ['ABCDE12345.a', 'ABCDE12345.b', false],
  ])('granted %j covers %j: %s', (granted, wish, fits) => {
    const name = 'com.apple.developer.x';
    const { entitlements, problems } = claim(wishes({ [name]: wish }), profile({ [name]: granted }), []);
    expect(problems.length === 0).toBe(fits);
    expect(entitlements[name]).toEqual(fits ? wish : undefined);
  });

  it('claims unrestricted entitlements without a grant, and nothing that is wished false', () => {
    const { entitlements } = claim(
      wishes({ 'com.apple.security.app-sandbox': true, 'com.apple.developer.x': false }),
      profile({}),
      [],
    );
    expect(Object.keys(entitlements)).toEqual(['com.apple.application-identifier', 'com.apple.security.app-sandbox']);
  });
});

describe('wishes', () => {
  const good = { for: 'development', adapters: 'all', app: wishes({}), dext: wishes({}) };
  const json = (change: object) => JSON.stringify({ ...good, app: { ...good.app, bundleId: 'org.a.b' }, ...change });

  it.each([
    [json({ for: 'fun' }), '"for"'],
    [json({ adapters: 7 }), '"adapters"'],
    [json({ app: 7 }), '"app" is no object'],
    [json({ app: { ...good.app, bundleId: 'nodots' } }), '"app.bundleId"'],
    [json({ app: { ...good.app, bundleId: 'org.x.y' } }), '"dext.bundleId" does not begin with "org.x.y."'],
    [json({ dext: { ...good.dext, name: 'a-b' } }), '"dext.name"'],
    [json({ dext: { ...good.dext, entitlements: { a: 7 } } }), '"dext.entitlements.a"'],
    ['[]', 'it is no JSON object'],
    ['{', 'is no JSON'],
  ])('says what is wrong: %#', (text, words) => {
    expect(() => parseSigningWishes(text, 'profiles/development.json')).toThrow(words);
  });
});
