import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { APPLE_ROOT_PINS, APPLE_ROOTS } from '../../../tools/model/signing/apple-roots.ts';
import { readAsn1 } from '../../../tools/model/signing/asn1.ts';
import { integer, oid, text, time } from '../../../tools/model/signing/asn1-values.ts';
import { sourceOf } from '../../../tools/model/signing/byte-source.ts';
import { commonName } from '../../../tools/model/signing/certificate.ts';
import { readCodeDirectory } from '../../../tools/model/signing/code-directory.ts';
import { parsed } from '../../../tools/model/signing/format-error.ts';
import { isMachO, readMachO } from '../../../tools/model/signing/mach-o.ts';
import { verifyPages } from '../../../tools/model/signing/page-hashes.ts';
import { compilePattern } from '../../../tools/model/signing/path-pattern.ts';
import { PlistReal, type PlistValue, samePlist, show } from '../../../tools/model/signing/plist.ts';
import { readDerPlist } from '../../../tools/model/signing/plist-der.ts';
import { readPlist } from '../../../tools/model/signing/read-plist.ts';
import { DESIGNATED, readRequirement } from '../../../tools/model/signing/requirement.ts';
import { isAtLeast, macosOfDriverKit } from '../../../tools/model/signing/system-version.ts';
import { View } from '../../../tools/model/signing/view.ts';
import { signSlice } from '../../support/signing/code-signature.ts';
import { sequence, tlv, utf8 } from '../../support/signing/der.ts';
import { FAKE, TEAM } from '../../support/signing/fake-apple.ts';
import { binaryPlist, xmlPlist } from '../../support/signing/plist.ts';
import { developerIdRequirements } from '../../support/signing/requirement.ts';

const hex = (text: string) => new View(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const xml = (body: string) => readPlist(new View(Buffer.from(`<plist version="1.0">${body}</plist>`)));
const errorOf = (read: () => unknown) => {
  const result = parsed(read);
  return result.ok ? 'no error' : result.error.message;
};

describe("Apple's roots", () => {
  it('have the fingerprints Apple publishes, in the order of their names', () => {
    expect(APPLE_ROOTS.map(commonName)).toEqual(Object.keys(APPLE_ROOT_PINS));
    expect(APPLE_ROOTS.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'))).toEqual(
      Object.values(APPLE_ROOT_PINS),
    );
  });
});

describe('ASN.1', () => {
  it.each([
    ['06 09 2a 86 48 86 f7 63 64 06 02', '1.2.840.113635.100.6.2'],
    ['06 03 55 04 03', '2.5.4.3'],
  ])('reads the object identifier %s', (bytes, dotted) => expect(oid(readAsn1(hex(bytes)))).toBe(dotted));

  it.each([
    ['02 01 ff', -1],
    ['02 02 00 80', 128],
    ['02 07 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER],
  ])('reads the integer %s', (bytes, value) => expect(integer(readAsn1(hex(bytes)))).toBe(value));

  it('refuses an integer that a number cannot hold', () => {
    expect(errorOf(() => integer(readAsn1(hex('02 08 7f ff ff ff ff ff ff ff'))))).toMatch(/more than 53 bits/);
  });

  it.each([
    ['17', '490101000000Z', '2049-01-01T00:00:00.000Z'],
    ['17', '500101000000Z', '1950-01-01T00:00:00.000Z'],
    ['18', '20260301120005.25Z', '2026-03-01T12:00:05.250Z'],
  ])('reads the time %s %s', (tag, digits, iso) => {
    const bytes = Buffer.concat([Buffer.from(tag, 'hex'), Buffer.from([digits.length]), Buffer.from(digits)]);
    expect(time(readAsn1(new View(bytes))).toISOString()).toBe(iso);
  });

  it('puts a string in parts of indefinite length together, and finds what follows it', () => {
    const outer = readAsn1(hex('30 80 24 80 04 02 61 62 04 01 63 00 00 02 01 05 00 00'));
    expect(outer.children).toHaveLength(2);
    expect(outer.children[1] && integer(outer.children[1])).toBe(5);
    expect(outer.size).toBe(18);
  });

  it('reads names that are no UTF-8 as Latin-1', () => expect(text(readAsn1(hex('14 02 e9 21')))).toBe('é!'));
});

describe('property lists', () => {
  const SAMPLE = {
    text: 'a & b <c>',
    number: 42,
    yes: true,
    no: false,
    when: new Date('2026-03-01T12:00:00Z'),
    bytes: Buffer.from([1, 2, 3]),
    list: ['x', { deep: 1 }],
  };

  it('mean the same in XML and in binary', () => {
    const [a, b] = [xmlPlist(SAMPLE), binaryPlist(SAMPLE)].map((bytes) => readPlist(new View(bytes)));
    expect(samePlist(a, b)).toBe(true);
    expect(show(a)).toBe(
      '{text = "a & b <c>", number = 42, yes = true, no = false, when = 2026-03-01T12:00:00.000Z, bytes = <010203>, list = ["x", {deep = 1}]}',
    );
  });

  it.each<[string, string, PlistValue]>([
    ['entities', '<string>&lt;&#65;&#x42;&amp;</string>', '<AB&'],
    ['CDATA', '<string>a<![CDATA[<b>]]>c</string>', 'a<b>c'],
    ['comments', '<!-- x --><string>a<!-- y -->b</string>', 'ab'],
    ['hexadecimal', '<integer>-0x10</integer>', -16],
    ['a number beyond 53 bits', '<integer>18446744073709551615</integer>', 18446744073709551615n],
    ['an empty array', '<array/>', []],
  ])('hold %s', (_, body, value) => expect(samePlist(xml(body), value)).toBe(true));

  it('tell a real from an integer, and a number from a string', () => {
    expect(samePlist(xml('<real>1</real>'), new PlistReal(1))).toBe(true);
    expect(samePlist(xml('<real>1</real>'), xml('<integer>1</integer>'))).toBe(false);
    expect(samePlist(xml('<string>1</string>'), xml('<integer>1</integer>'))).toBe(false);
  });

  it.each([
    ['<dict><key>a</key></dict>', /<\/dict> where a value should be|<dict> where/],
    ['<dict><key>a</key><true/><key>a</key><true/></dict>', /the key "a" occurs twice/],
    ['<string>&nobody;</string>', /"&nobody;" is no entity/],
    ['<date>2026-13-01T00:00:00Z</date>', /is no date/],
    ['<integer>12x</integer>', /is no integer/],
    ['<widget/>', /<widget> is no property list type/],
    ['<array><array>'.repeat(60), /nested too deep|does not end/],
  ])('refuse %s by its place', (body, message) => {
    expect(errorOf(() => xml(body))).toMatch(message);
    expect(errorOf(() => xml(body))).toMatch(/^offset \d+: /);
  });

  it('refuse a DOCTYPE that declares entities', () => {
    const bomb = '<!DOCTYPE plist [<!ENTITY a "aaaa">]><plist><string>&a;</string></plist>';
    expect(errorOf(() => readPlist(new View(Buffer.from(bomb))))).toMatch(/declarations of its own/);
  });
});

describe("a seal's rules", () => {
  it.each([
    ['^Resources/.*\\.lproj/', 'Resources/en.lproj/x', true],
    ['^Resources/.*\\.lproj/', 'Resources/enXlproj/x', false],
    ['^(.*/)?\\.DS_Store$', 'a/b/.DS_Store', true],
    ['^(.*/)?\\.DS_Store$', '.DS_Store', true],
    ['^(.*/)?\\.DS_Store$', 'a.DS_Store', false],
    ['.*\\.dSYM($|/)', 'x.dSYM', true],
    ['.*\\.dSYM($|/)', 'x.dSYMs', false],
    ['^(Frameworks|Helpers|Library/(Automator|Spotlight))/', 'Library/Spotlight/x', true],
    ['^(Frameworks|Helpers|Library/(Automator|Spotlight))/', 'Library/Other/x', false],
    ['^[^/]+$', 'top', true],
    ['^[^/]+$', 'top/below', false],
    ['^a+b?[0-9]$', 'aab7', true],
    ['^a+b?[0-9]$', 'b7', false],
    ['x|^y', 'zx', true],
  ])('%s on %s: %s', (expression, path, expected) => expect(compilePattern(expression)(path)).toBe(expected));

  it('cannot be made to take for ever', () => {
    const matches = compilePattern('^(.*)*(.*)*(.*)*(.*)*x$');
    expect(matches('a'.repeat(1000))).toBe(false);
  });

  it.each(['(', ')', '[a', 'a{2}', '\\d', '*a'])('that are none are refused: %s', (expression) => {
    expect(errorOf(() => compilePattern(expression))).toMatch(/in the rule/);
  });
});

describe('code directories', () => {
  const slice = { cpu: 'arm64', platform: 10, minimum: '21.0', mentions: [] } as const;
  const wish = { identifier: 'x', team: TEAM, signer: FAKE.developerId, entitlements: {} } as const;

  it.each([
    ['pages of 4 KiB', { pageShift: 12 }],
    ['pages of 16 KiB', { pageShift: 14 }],
    ['SHA-1 and SHA-256 together', { hashes: ['sha1', 'sha256'] as const }],
  ])('hold for %s, and not for a changed byte', (_, more) => {
    const { bytes } = signSlice(slice, { ...wish, ...more });
    const verdicts = () =>
      readMachO(sourceOf(bytes)).flatMap(({ place, signature }) => {
        const blob = bytes.indexOf(Buffer.from('fade0c02', 'hex'), signature?.offset);
        return verifyPages(
          sourceOf(bytes),
          place,
          readCodeDirectory(new View(bytes.subarray(blob, blob + bytes.readUInt32BE(blob + 4)))),
        );
      });
    expect(verdicts().flatMap(({ differing }) => differing)).toEqual([]);
    bytes[5000] = (bytes[5000] ?? 0) ^ 1;
    expect(verdicts()).toMatchObject([{ differing: [expect.any(Number)] }]);
  });

  it('cover with a scatter vector only the pages it names', () => {
    const { bytes } = signSlice({ ...slice, size: 40_000 }, { ...wish, pageShift: 12 });
    const blob = bytes.indexOf(Buffer.from('fade0c02', 'hex'));
    const directory = Buffer.from(bytes.subarray(blob, blob + bytes.readUInt32BE(blob + 4)));
    const scatter = Buffer.alloc(72);
    for (const [at, value] of [
      [0, 2],
      [4, 0],
      [24, 3],
      [28, 2],
    ] as const)
      scatter.writeUInt32BE(value, at);
    directory.writeUInt32BE(directory.length, 44);
    const read = readCodeDirectory(new View(Buffer.concat([directory, scatter])));
    expect(read.runs).toEqual([
      { first: 0, count: 2, slot: 0 },
      { first: 2, count: 3, slot: 2 },
    ]);
    const [whole] = readMachO(sourceOf(bytes));
    expect(whole && verifyPages(sourceOf(bytes), whole.place, read)).toEqual({ pages: 5, differing: [] });
  });
});

describe('Mach-O files', () => {
  it('may have a 32-bit slice from old times, whose header is shorter', () => {
    const words = [0xfeedface, 7, 3, 2, 1, 16, 0, 0x24, 16, 0x000a0700, 0x000a0a00];
    const bytes = Buffer.alloc(words.length * 4);
    for (const [index, value] of words.entries()) bytes.writeUInt32LE(value, index * 4);
    expect(readMachO(sourceOf(bytes))).toMatchObject([
      { architecture: 'i386', platform: 1, minimum: '10.7', sdk: '10.10' },
    ]);
  });

  it('are told from Java classes, which begin alike', () => {
    expect(isMachO(sourceOf(Buffer.from('cafebabe00000034'.padEnd(80, '0'), 'hex')))).toBe(false);
    expect(isMachO(sourceOf(Buffer.from('cafebabe00000002'.padEnd(80, '0'), 'hex')))).toBe(true);
  });
});

describe('requirements', () => {
  const set = new View(developerIdRequirements('com.example.x', TEAM));
  const words = `identifier "com.example.x" and anchor apple generic and certificate 1[field.1.2.840.113635.100.6.2.6] /* exists */ and certificate leaf[field.1.2.840.113635.100.6.1.13] /* exists */ and certificate leaf[subject.OU] = "${TEAM}"`;

  it('are written as codesign writes them', () => expect(readRequirement(set, DESIGNATED)?.text).toBe(words));

  it('cut off at any byte are an error with its offset, or none at all', () => {
    for (let length = 12; length < set.length; length++) {
      expect(errorOf(() => readRequirement(set.slice(0, length), DESIGNATED))).toMatch(/^offset \d+: /);
    }
  });
});

describe('system versions', () => {
  it.each([
    ['20.4', '11.3'],
    ['21.0', '12.0'],
    ['25.1', '26.0'],
  ])('DriverKit %s came with macOS %s', (driverkit, macos) => expect(macosOfDriverKit(driverkit)).toBe(macos));

  it.each([
    ['14.4', '14.4', true],
    ['14.10', '14.4', true],
    ['14', '14.0.0', true],
    ['9.9', '10.15', false],
  ])('%s is at least %s: %s', (version, least, expected) => expect(isAtLeast(version, least)).toBe(expected));
});

it('reads the integers of profiles made until 2022, which are numeric strings', () => {
  const entry = (digits: string) => tlv(0x31, sequence(utf8('TimeToLive'), tlv(0x12, Buffer.from(digits))));
  expect(readDerPlist(new View(entry('362')))).toEqual(new Map([['TimeToLive', 362]]));
  expect(() => readDerPlist(new View(entry('36 2')))).toThrow('is no whole number');
});
