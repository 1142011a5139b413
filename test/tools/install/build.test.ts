import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { build } from '../../../tools/commands/install/build.ts';
import { BUILT_APP } from '../../../tools/commands/install/options.ts';
import { compareBuilds } from '../../../tools/model/apple/bundle-version.ts';
import { buildNumber } from '../../../tools/plans/install/put-together.ts';
import { explain } from '../../../tools/report/explain.ts';
import { profileBytes } from '../../support/apple-account.ts';
import { capture } from '../../support/captures.ts';
import { DEXT, putApp, type RecordedMac, recordedMac } from '../../support/recorded-mac.ts';
import type { Recording } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';
import { FAKE } from '../../support/signing/fake-apple.ts';
import { DEVICE } from '../../support/signing/profile.ts';

let system: RecordedMac;
afterEach(() => system.dispose());

const GRANTS = {
  'com.apple.developer.driverkit': true,
  'com.apple.developer.driverkit.allow-any-userclient-access': true,
  'com.apple.developer.driverkit.family.networking': true,
  'com.apple.developer.driverkit.transport.usb': [{ idVendor: '*' }],
};
const HASH = createHash('sha1').update(FAKE.development.certificate).digest('hex').toUpperCase();
const identities = (hash: string) =>
  `  1) ${hash} "Apple Development: Jo Example (P1Q2R3S4T5)"\n     1 valid identities found\n`;

/** What the app looked like when its parts were signed. */
let seen: string[] = [];

/** Xcode leaves an app without signatures; codesign makes it one with, as the builder of tests does. */
const XCODE: Readonly<Record<string, Recording>> = {
  'xcodebuild -version': 'Xcode 16.2\nBuild version 16C5032a\n',
  'xcrun --sdk driverkit': '24.2\n',
  'xcodegen --version': 'Version: 2.42.0\n',
  'xcodegen generate': '',
  'xcodebuild -quiet': async () => {
    await putApp(system, join(PROJECT_ROOT, 'build/mac/products/Release/Multiport.app'), { build: '1' });
    return '';
  },
  'security find-identity': identities(HASH),
  'codesign --verify': { stderr: capture('codesign/verify-ok.txt') },
  'codesign --force': async (args) => {
    const bundle = args.at(-1) ?? '';
    const base = bundle.endsWith('.app') ? join(bundle, 'Contents') : bundle;
    const info = (await system.files.readText(join(base, 'Info.plist'))) ?? '';
    const profile = (await system.files.readText(join(base, 'embedded.provisionprofile'))) ?? '';
    seen.push(
      `${bundle.split('/').at(-1)} ${info.includes(`<string>${buildNumber(system.now())}</string>`)} ${profile.includes('fresh')}`,
    );
    if (bundle.endsWith('.app')) await putApp(system, bundle, { build: buildNumber(system.now()) });
    return '';
  },
};

async function start(programs: Readonly<Record<string, Recording>> = {}, withProfiles = true) {
  seen = [];
  system = await recordedMac({}, { ...XCODE, ...programs });
  if (!withProfiles) return;
  const put = (name: string, bundleId: string, entitlements: object) =>
    system.files.write(
      join(PROJECT_ROOT, `profiles/${name}.provisionprofile`),
      profileBytes({
        name: `fresh ${name}`,
        bundleId,
        kind: 'development',
        entitlements: { ...entitlements },
        devices: [DEVICE],
      }),
    );
  await put('app', 'org.multiport.Multiport', { 'com.apple.developer.system-extension.install': true });
  await put('dext', DEXT, GRANTS);
}

const run = async (...args: string[]) => {
  try {
    return { exitCode: await build(args, system), text: system.printed.out, err: system.printed.err };
  } catch (error) {
    return { ...explain(error), err: system.printed.err };
  }
};
const appThere = async () => (await system.files.facts(BUILT_APP)) !== undefined;

describe('tools/install build', () => {
  it('compiles, numbers, embeds, and signs the driver before the app', async () => {
    await start();
    expect(await run()).toMatchObject({ exitCode: 0, text: `✔ ${BUILT_APP}: tools/install install puts it in.\n` });
    expect(seen).toEqual([`${DEXT}.dext true true`, 'Multiport.app true true']);
    const signing = system.commands.filter((command) => command.startsWith('codesign --force'));
    expect(signing[0]).toContain(
      `--sign ${HASH} --entitlements ${join(PROJECT_ROOT, 'build/signing/development/dext.entitlements')}`,
    );
    expect(system.commands.find((command) => command.startsWith('xcodebuild -quiet'))).toContain(
      'CODE_SIGNING_ALLOWED=NO',
    );
  });

  it.each<[string, Readonly<Record<string, Recording>>, RegExp]>([
    ['XcodeGen', { 'xcodegen --version': { exitCode: 127 } }, /XcodeGen: brew install xcodegen/],
    ['Xcode', { 'xcodebuild -version': { exitCode: 1 } }, /Xcode: install it/],
    ['the DriverKit SDK', { 'xcrun --sdk driverkit': { exitCode: 1 } }, /the DriverKit SDK: Xcode 16\.2 lacks it/],
  ])('says what to install when %s is missing', async (_, programs, words) => {
    await start(programs);
    expect(await run()).toMatchObject({ exitCode: 1, text: expect.stringMatching(words) });
  });

  it('shows the end of what the compiler said', async () => {
    const stdout = [...Array.from({ length: 100 }, (_, line) => `line ${line}`), 'port.cpp:7: error: no'].join('\n');
    await start({ 'xcodebuild -quiet': { exitCode: 65, stdout } });
    const { exitCode, text } = await run();
    expect(exitCode).toBe(1);
    expect(text).toContain('port.cpp:7: error: no');
    expect(text).not.toContain('line 50\n');
  });

  it('needs profiles, and says how to get them', async () => {
    await start({}, false);
    expect(await run()).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('tools/provision plan --for development'),
    });
  });

  it('signs with no identity the profiles do not list', async () => {
    await start({ 'security find-identity': identities('A'.repeat(40)) });
    expect(await run()).toMatchObject({ exitCode: 1, text: expect.stringContaining('F28') });
    expect(await appThere()).toBe(false);
  });

  it('leaves no app behind that codesign refuses', async () => {
    await start({ 'codesign --verify': { exitCode: 1, stderr: capture('codesign/verify-sealed-resource.txt') } });
    expect(await run()).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('a sealed resource is missing or invalid'),
    });
    expect(await appThere()).toBe(false);
  });

  it('leaves no app behind that macOS would refuse', async () => {
    await start({ 'codesign --force': '' });
    const { exitCode, text, err } = await run();
    expect({ exitCode, text }).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('macOS would refuse Multiport.app'),
    });
    expect(err).toContain('is removed');
    expect(await appThere()).toBe(false);
  });

  it('shows all of it on Linux in a dry run, and builds nothing there', async () => {
    await start();
    Object.assign(system, { platform: 'linux' });
    expect(await run('--dry-run')).toMatchObject({ exitCode: 0, err: expect.stringContaining('would run xcodebuild') });
    expect(system.commands).toEqual([]);
    expect(await run()).toMatchObject({ exitCode: 1, text: expect.stringContaining('needs a Mac') });
  });

  it('keeps to its schema', async () => {
    await start();
    expect(schemaErrors('install', (await run('--json')).text)).toEqual([]);
  });
});

describe('a release', () => {
  const RELEASE_HASH = createHash('sha1').update(FAKE.developerId.certificate).digest('hex').toUpperCase();
  const submission = (status: string) => JSON.stringify({ id: '2efe2717-52ef-43a5-96dc-0797e4ca1041', status });
  const [worked = '', failed = ''] = capture('spctl/stapler.txt').split('---\n');
  const APPLE: Readonly<Record<string, Recording>> = {
    'security find-identity': identities(RELEASE_HASH),
    'codesign --force': async (args) => {
      const bundle = args.at(-1) ?? '';
      if (bundle.endsWith('.app'))
        await putApp(system, bundle, { build: buildNumber(system.now()), kind: 'developer-id' });
      return '';
    },
    ditto: '',
    'xcrun notarytool submit': submission('Accepted'),
    'xcrun stapler': worked,
    spctl: { stderr: capture('spctl/accepted-notarized.txt') },
  };

  async function release(
    programs: Readonly<Record<string, Recording>> = {},
    adapters: unknown = ['multiport-simulated'],
  ) {
    await start({ ...APPLE, ...programs }, false);
    const { 'com.apple.developer.driverkit.allow-any-userclient-access': _, ...grants } = GRANTS;
    const usb = { 'com.apple.developer.driverkit.transport.usb': [{ idVendor: 0x1d6b }, { idVendor: 0x1209 }] };
    const app = {
      'com.apple.developer.system-extension.install': true,
      'com.apple.developer.driverkit.userclient-access': [DEXT],
    };
    for (const [bundleId, entitlements] of [
      ['org.multiport.Multiport', app],
      [DEXT, { ...grants, ...usb }],
    ] as const) {
      const bytes = profileBytes({
        name: 'release',
        bundleId,
        kind: 'developer-id',
        entitlements: { ...entitlements },
      });
      await system.files.write(join(PROJECT_ROOT, `profiles/${bundleId}.provisionprofile`), bytes);
    }
    const wishes = join(PROJECT_ROOT, 'profiles/release.json');
    const named = JSON.stringify(adapters);
    await system.files.write(wishes, readFileSync(wishes, 'utf8').replace('"adapters": "all"', `"adapters": ${named}`));
    return run('--for', 'developer-id');
  }

  it('is signed for it, notarised and stapled after all else', async () => {
    expect(await release()).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('Staple the ticket: Notarized Developer ID'),
    });
    const order = [
      'codesign --force',
      'ditto',
      'xcrun notarytool submit',
      'xcrun stapler staple',
      'xcrun stapler validate',
      'spctl',
    ];
    const places = order.map((beginning) => system.commands.findIndex((command) => command.startsWith(beginning)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
    expect(system.commands.find((command) => command.startsWith('codesign --force'))).toContain(
      '--options runtime --timestamp',
    );
  });

  it('is none while all adapters are for tests, and nobody named one', async () => {
    expect(await release({}, 'all')).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('firmware-info describes no adapter that is not for tests'),
    });
    expect(await appThere()).toBe(false);
  });

  it.each<[string, Readonly<Record<string, Recording>>, RegExp]>([
    [
      'the notary refuses it, with its reasons, though it ends with 0',
      {
        'xcrun notarytool submit': submission('Invalid'),
        'xcrun notarytool log': JSON.stringify({
          issues: [
            {
              severity: 'error',
              path: 'Multiport.app.zip/x',
              message: 'The signature does not include a secure timestamp.',
            },
          ],
        }),
      },
      /The notary says Invalid[\s\S]*Multiport\.app\.zip\/x: The signature does not include a secure timestamp\./,
    ],
    [
      'there is no ticket yet',
      { 'xcrun stapler': { exitCode: 65, stdout: failed } },
      /cannot be stapled \(error 65, F16\)/,
    ],
    [
      'Gatekeeper refuses it',
      { spctl: { exitCode: 3, stderr: capture('spctl/rejected-unnotarized.txt') } },
      /Gatekeeper refuses the app: Unnotarized Developer ID/,
    ],
  ])('is no release when %s', async (_, programs, words) => {
    expect(await release(programs)).toMatchObject({ exitCode: 1, text: expect.stringMatching(words) });
    expect(await appThere()).toBe(false);
  });
});

describe('build numbers', () => {
  it('grow with every minute, in digits a kernel reads', () => {
    const times = [
      '2026-08-01T09:59:00Z',
      '2026-08-01T10:00:00Z',
      '2026-08-01T23:59:00Z',
      '2026-08-02T00:00:00Z',
      '2050-01-01T00:00:00Z',
    ];
    const numbers = times.map((time) => buildNumber(new Date(time)));
    for (const [index, number] of numbers.slice(1).entries())
      expect(compareBuilds(number, numbers[index] ?? '')).toBeGreaterThan(0);
    for (const number of numbers) expect(number).toMatch(/^\d{1,4}\.\d{1,2}\.\d{1,2}$/);
  });
});
