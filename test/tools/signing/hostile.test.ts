import { describe, expect, it } from 'vitest';
import { check, checkProfile } from '../../../tools/checks/signing/check.ts';
import { readBundle } from '../../../tools/model/signing/bundle.ts';
import { sourceOf } from '../../../tools/model/signing/byte-source.ts';
import { certificateFrom } from '../../../tools/model/signing/certificate.ts';
import { readSignedData } from '../../../tools/model/signing/cms.ts';
import { parsed } from '../../../tools/model/signing/format-error.ts';
import { readDerPlist } from '../../../tools/model/signing/plist-der.ts';
import { readProfile } from '../../../tools/model/signing/profile.ts';
import { readProgram } from '../../../tools/model/signing/program.ts';
import { readPlist } from '../../../tools/model/signing/read-plist.ts';
import { View } from '../../../tools/model/signing/view.ts';
import { APP_ID, DEXT_ID, DEXT_PATH, makeApp, NOW, plainRecipe } from '../../support/signing/bundle.ts';
import { signSlice } from '../../support/signing/code-signature.ts';
import { FAKE, FAKE_ROOTS, TEAM } from '../../support/signing/fake-apple.ts';
import { memoryTree } from '../../support/signing/memory-tree.ts';
import { binaryPlist, derEntitlements, xmlPlist } from '../../support/signing/plist.ts';
import { makeProfile } from '../../support/signing/profile.ts';
import { contentOf } from '../../support/signing/variants/change.ts';

/** Rounds of turning bytes over, for each reader. */
const ROUNDS = 500;

const OPTIONS = { now: NOW, roots: FAKE_ROOTS };
const SAMPLE = {
  name: 'x',
  list: ['a', 1, true, { deep: new Date('2026-01-01T00:00:00Z') }],
  data: Buffer.from('some bytes'),
};

const profile = makeProfile({
  kind: 'developer-id',
  identifier: DEXT_ID,
  signers: [FAKE.developerId],
  entitlements: { x: true },
});
const program = signSlice(
  { cpu: 'arm64', platform: 10, minimum: '21.0', mentions: [], size: 6000 },
  {
    identifier: APP_ID,
    team: TEAM,
    signer: FAKE.developerId,
    entitlements: { x: ['y'] },
    timestamp: new Date('2026-03-01T00:00:00Z'),
  },
).bytes;

/** Every reader, with good bytes for it. What a reader makes of bad ones must be a value or a FormatError, never more. */
const READERS: readonly [string, Buffer, (bytes: Buffer) => unknown][] = [
  ['a provisioning profile', profile, (bytes) => readAndCheckProfile(bytes)],
  ['a certificate', FAKE.developerId.certificate, (bytes) => certificateFrom(bytes)],
  ['a CMS', profile, (bytes) => readSignedData(new View(bytes))],
  ['a program', program, (bytes) => readProgram('x', sourceOf(bytes))],
  ['an XML property list', xmlPlist(SAMPLE), (bytes) => readPlist(new View(bytes))],
  ['a binary property list', binaryPlist(SAMPLE), (bytes) => readPlist(new View(bytes))],
  ['entitlements in DER', derEntitlements(SAMPLE), (bytes) => readDerPlist(new View(bytes))],
];

function readAndCheckProfile(bytes: Buffer): unknown {
  return checkProfile('x', readProfile(new View(bytes)), OPTIONS);
}

/** xorshift32: the same "random" numbers every time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

describe.each(READERS)('%s from a stranger', (_, good, read) => {
  it('is read when it is whole', () => expect(parsed(() => read(good)).ok).toBe(true));

  it('is an error with its offset when it is cut off, at whatever byte', () => {
    const step = good.length > 8000 ? 7 : 1;
    for (let length = 0; length < good.length; length += length < 2000 ? 1 : step) {
      const result = parsed(() => read(good.subarray(0, length)));
      if (result.ok) continue; // trailing blanks and zeros of a file may be missing
      expect(result.error.message).toMatch(/^offset \d+: /);
      expect(result.error.offset).toBeLessThanOrEqual(good.length);
    }
  });

  it('never throws anything else, whatever bytes are turned over', () => {
    const random = randomNumbers(0x5eed);
    for (let round = 0; round < ROUNDS; round++) {
      const bytes = Buffer.from(good);
      for (let change = random(4); change >= 0; change--)
        bytes[random(bytes.length)] = [0, 0xff, 0x80, random(256)][random(4)] ?? 0;
      expect(() => parsed(() => read(bytes))).not.toThrow();
    }
  });
});

describe('sizes that lie', () => {
  const errorOf = (read: () => unknown) => {
    const result = parsed(read);
    return result.ok ? undefined : result.error.message;
  };

  it.each([
    ['a length of four bytes all ones', '3084ffffffff'],
    ['a length of eight bytes', '3088ffffffffffffffff'],
    ['an indefinite length that never ends', '30800404'],
    ['an indefinite length on a primitive', '0480'],
    ['a tag that never ends', '3fffffffffffff01'],
  ])('are refused in ASN.1: %s', (_, hex) => {
    expect(errorOf(() => readSignedData(new View(Buffer.from(hex, 'hex'))))).toMatch(/^offset \d+: /);
  });

  it('do not make ASN.1 recurse without end', () => {
    expect(errorOf(() => readSignedData(new View(Buffer.alloc(100_000, Buffer.from('3080', 'hex')))))).toMatch(
      /nested too deep/,
    );
  });

  it('do not let a binary property list unfold without end', () => {
    // 40 arrays, each of them holding the next one twice: 2^40 values
    const arrays = Array.from({ length: 40 }, (_, index) => Buffer.from([0xa2, index + 1, index + 1]));
    const body = Buffer.concat([Buffer.from('bplist00'), ...arrays, Buffer.from([0xa0])]);
    const table = Buffer.from(Array.from({ length: 41 }, (_, index) => 8 + 3 * index));
    const trailer = Buffer.alloc(32);
    trailer.set([1, 1], 6);
    trailer.writeBigUInt64BE(41n, 8);
    trailer.writeBigUInt64BE(BigInt(body.length), 24);
    expect(errorOf(() => readPlist(new View(Buffer.concat([body, table, trailer]))))).toMatch(/too many values/);
  });

  it.each([
    ['a code directory that covers more than there is', 32, 0x7fffffff],
    ['page hashes outside of the directory', 16, 0xfffffff0],
    ['more pages than bytes', 28, 0xffffffff],
    ['more special slots than room', 24, 0xffffffff],
    ['a name that lies elsewhere', 20, 0xfffffff0],
  ])('are refused in a code directory: %s', (_, at, value) => {
    const bytes = Buffer.from(program);
    bytes.writeUInt32BE(value, bytes.indexOf(Buffer.from('fade0c02', 'hex')) + at);
    const read = readProgram('x', sourceOf(bytes)).slices[0]?.signed;
    expect(read?.ok === false && read.error.message).toMatch(/^offset \d+: /);
  });

  it.each([
    ['slices', 4, 0xffffffff],
    ['a slice behind the end', 16, 0xfffffff0],
    ['a slice longer than the file', 20, 0xfffffff0],
  ])('are refused in a universal file: %s', (_, at, value) => {
    const bytes = Buffer.from(contentOf(makeApp(plainRecipe('developer-id')), `${DEXT_PATH}/${DEXT_ID}`));
    bytes.writeUInt32BE(value, at);
    expect(errorOf(() => readProgram('x', sourceOf(bytes)))).toMatch(/^offset \d+: /);
  });
});

describe('an app from a stranger', () => {
  it('gets findings, never an exception, whatever bytes of its files are turned over', () => {
    const good = makeApp(plainRecipe('developer-id'));
    const paths = [...good.keys()];
    const random = randomNumbers(0xbadcafe);
    for (let round = 0; round < 60; round++) {
      const files = new Map(good);
      const path = paths[random(paths.length)] ?? '';
      const bytes = Buffer.from(contentOf(files, path));
      const around = random(2) === 0 ? bytes.length : Math.min(bytes.length, 400);
      for (let change = 0; change < 6; change++) bytes[random(around)] = random(256);
      files.set(path, bytes);
      expect(() => check(readBundle(memoryTree(files), 'Multiport.app'), OPTIONS)).not.toThrow();
    }
  });
});
