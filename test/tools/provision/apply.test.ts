import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { apply } from '../../../tools/commands/provision/apply.ts';
import { entitlements } from '../../../tools/commands/provision/entitlements.ts';
import { plan } from '../../../tools/commands/provision/plan.ts';
import { certificateRequest } from '../../../tools/model/apple/certificate-request.ts';
import { explain } from '../../../tools/report/explain.ts';
import { type StandIn, standIn } from '../../support/app-store-connect.ts';
import { complete, profileBytes } from '../../support/apple-account.ts';
import { type RecordedSystem, type Recording, recordedSystem } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';

const UDID = '00008103-000A1B2C3D4E5F60';
const DEXT_GRANTS = {
  'com.apple.developer.driverkit': true,
  'com.apple.developer.driverkit.allow-any-userclient-access': true,
  'com.apple.developer.driverkit.family.networking': true,
  'com.apple.developer.driverkit.transport.usb': [{ idVendor: '*' }],
};
const KEY = '/keys/AuthKey_2X9R4HXF34.p8';

let api: StandIn;
let system: RecordedSystem;

beforeEach(async () => {
  api = await standIn(complete);
});
afterEach(async () => {
  system.dispose();
  await api.close();
});

/** A keychain that remembers what was imported. */
function macPrograms(): Record<string, Recording> {
  let keychain: string | undefined;
  let notary = false;
  return {
    'system_profiler -json SPHardwareDataType': JSON.stringify({ SPHardwareDataType: [{ provisioning_UDID: UDID }] }),
    'xcodebuild -version': 'Xcode 16.2\nBuild version 16C5032a\n',
    'xcrun --sdk driverkit': '24.2\n',
    'xcrun notarytool history': () => ({ exitCode: notary ? 0 : 69 }),
    'xcrun notarytool store-credentials': () => {
      notary = true;
      return 'Credentials saved to Keychain.';
    },
    'security -i': (_, input) => {
      if (!input.includes(`"${PASSWORD}"`))
        return { exitCode: 1, stderr: `SecKeychainItemImport: wrong password in ${input}` };
      keychain = exportedHash;
      return '1 identity imported.';
    },
    'security find-identity': () =>
      keychain === undefined
        ? '     0 valid identities found\n'
        : `  1) ${keychain} "Apple Development: Example (AA00AABB0A)"\n     1 valid identities found\n`,
    'security import': (args) => {
      const file = args[1] ?? '';
      if (!file.endsWith('.cer')) return '1 key imported.';
      keychain = createHash('sha1')
        .update(readFileSync(join(root(), file)))
        .digest('hex')
        .toUpperCase();
      return '1 certificate imported.';
    },
    'security delete-identity': () => {
      keychain = undefined;
      return '';
    },
  };
}

let root: () => string;
let exportedHash = '';
const PASSWORD = 'correct horse battery staple';

const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

/** Making a key takes its time: most tests find one. */
async function start(platform: 'darwin' | 'linux', { hasKey = true } = {}) {
  system = recordedSystem({ platform, http: realSystem().http, programs: macPrograms() });
  root = () => system.root;
  api.now = () => system.now().getTime() / 1000;
  await system.files.write(KEY, api.privateKey, 0o600);
  if (hasKey) await system.files.write('/Users/me/.multiport/development.key.pem', signingKey, 0o600);
  for (const name of ['development.json', 'release.json']) {
    await system.files.write(join(PROJECT_ROOT, 'profiles', name), readFileSync(join(PROJECT_ROOT, 'profiles', name)));
  }
}

const account = () => ['--key', KEY, '--issuer', api.issuer, '--api', api.url];
const run = async (command: typeof apply, ...args: string[]) => {
  system.printed.out = '';
  system.printed.err = '';
  const exitCode = await command([...args, ...account()], system);
  return { exitCode, out: system.printed.out, err: system.printed.err };
};
const json = async (...args: string[]): Promise<{ steps: { id: string; state: string; words: string }[] }> =>
  JSON.parse((await run(apply, '--json', ...args)).out);
const states = async (...args: string[]) =>
  Object.fromEntries((await json(...args)).steps.map(({ id, state }) => [id, state]));
const kinds = () => api.store.map(({ type }) => type).sort();
const changes = () => api.requests.filter((request) => !request.startsWith('GET'));

const putDextProfile = (
  grants: Parameters<typeof profileBytes>[0]['entitlements'] = DEXT_GRANTS,
  kind: 'development' | 'developer-id' = 'development',
) =>
  system.files.write(
    join(PROJECT_ROOT, 'profiles/dext.provisionprofile'),
    profileBytes({
      name: 'Multiport dext',
      bundleId: 'org.multiport.Multiport.driver',
      kind,
      entitlements: grants,
      devices: [UDID],
    }),
  );

describe('tools/provision apply', () => {
  it('does on a Mac all that needs no portal, and leaves the dext profile to a person', async () => {
    await start('darwin', { hasKey: false });
    const { exitCode, out, err } = await run(apply);
    expect(exitCode).toBe(1);
    expect(kinds()).toEqual(['bundleIdCapabilities', 'bundleIds', 'bundleIds', 'certificates', 'devices', 'profiles']);
    expect(err).toContain('✔ Register the App ID org.multiport.Multiport: register it');
    expect(err).toContain('DriverKit App Development');
    expect(out).toContain('Make the provisioning profile of org.multiport.Multiport.driver');
  });

  it('is done, and ends with 0, once the dext profile is there', async () => {
    await start('darwin');
    await putDextProfile();
    expect((await run(apply)).exitCode).toBe(0);
    const again = await run(apply);
    expect(again).toMatchObject({ exitCode: 0, out: expect.stringContaining('0 done now') });
  });

  it('changes nothing the second time', async () => {
    await start('darwin');
    await run(apply);
    const before = changes().length;
    expect(before).toBe(6);
    await run(apply);
    expect(changes()).toHaveLength(before);
  });

  it.each([
    ['the capability', 'POST', '/v1/bundleIdCapabilities'],
    ['the device', 'POST', '/v1/devices'],
    ['the certificate', 'POST', '/v1/certificates'],
    ['the profile', 'POST', '/v1/profiles'],
  ])('goes on where it stopped when %s fails', async (_, method, path) => {
    await start('darwin');
    await putDextProfile();
    api.troubles.push({ method, path, answer: { status: 500, code: 'UNEXPECTED_ERROR' } });
    await expect(run(apply)).rejects.toThrow('trouble of its own');
    expect((await run(apply)).exitCode).toBe(0);
    expect(changes().filter((request) => request.startsWith(`${method} ${path}`))).toHaveLength(2);
    expect(kinds()).toEqual(['bundleIdCapabilities', 'bundleIds', 'bundleIds', 'certificates', 'devices', 'profiles']);
  });

  it.each(['/v1/bundleIds', '/v1/devices', '/v1/certificates', '/v1/profiles'])(
    'makes nothing twice at %s when the answer was lost',
    async (path) => {
      await start('darwin');
      await putDextProfile();
      api.troubles.push({ method: 'POST', path, answer: 'drop' });
      await expect(run(apply)).rejects.toThrow('does not answer');
      expect((await run(apply)).exitCode).toBe(0);
      expect(kinds()).toEqual([
        'bundleIdCapabilities',
        'bundleIds',
        'bundleIds',
        'certificates',
        'devices',
        'profiles',
      ]);
    },
  );

  it('takes what somebody else made in the meantime (409) and does not take it back later', async () => {
    await start('darwin');
    const { http } = realSystem();
    Object.assign(system, {
      http: async (request: Parameters<typeof http>[0]) => {
        const body = request.body ?? '';
        const late = request.method === 'POST' && body.includes('"org.multiport.Multiport"') && api.store.length === 0;
        if (late) api.put('bundleIds', { identifier: 'org.multiport.Multiport', name: 'x', platform: 'MAC_OS' });
        return http(request);
      },
    });
    await run(apply);
    expect(api.requests).toContain('POST /v1/bundleIds 409');
    await run(apply, '--undo');
    expect(api.store.filter(({ type }) => type === 'bundleIds').map(({ attributes }) => attributes.identifier)).toEqual(
      ['org.multiport.Multiport'],
    );
  });

  it('does not confuse an App ID with a longer one', async () => {
    await start('darwin');
    api.put('bundleIds', { identifier: 'org.multiport.MultiportOld', name: 'x', platform: 'MAC_OS' });
    expect((await states())['app-id-app']).toBe('did');
  });

  it('takes no certificate whose key is not here', async () => {
    await start('darwin');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    api.put('certificates', {
      certificateType: 'DEVELOPMENT',
      csrContent: certificateRequest(privateKey, 'Somebody else'),
    });
    expect((await states()).certificate).toBe('did');
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(2);
  });

  /** A certificate of the account whose key is not in our file. */
  const putCertificate = () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const attributes = { certificateType: 'DEVELOPMENT', csrContent: certificateRequest(privateKey, 'Made by Xcode') };
    const { certificateContent } = api.put('certificates', attributes).attributes;
    return createHash('sha1')
      .update(Buffer.from(String(certificateContent), 'base64'))
      .digest('hex')
      .toUpperCase();
  };

  it('takes the identity the keychain has already, and asks for no other certificate', async () => {
    await start('darwin', { hasKey: false });
    exportedHash = putCertificate();
    const found = `  1) ${exportedHash} "Apple Development: Example (AA00AABB0A)"\n     1 valid identities found\n`;
    system.dispose();
    system = recordedSystem({
      http: realSystem().http,
      programs: { ...macPrograms(), 'security find-identity': found },
    });
    await system.files.write(KEY, api.privateKey, 0o600);
    await system.files.write(
      join(PROJECT_ROOT, 'profiles/development.json'),
      readFileSync(join(PROJECT_ROOT, 'profiles/development.json')),
    );
    expect(await states()).toMatchObject({ certificate: 'was done', keychain: 'was done', 'profile-app': 'did' });
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(1);
  });

  it('imports an exported identity, and its password shows nowhere', async () => {
    await start('darwin', { hasKey: false });
    exportedHash = putCertificate();
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', `${PASSWORD}\n`, 0o600);
    const { out, err } = await run(apply, '--p12', '/keys/team.p12', '--p12-password', '/keys/password');
    expect(err).toContain('✔ Import team.p12 into the keychain: import it');
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(1);
    expect(system.commands).toContain('security -i');
    expect([out, err, ...system.commands].join('\n')).not.toContain(PASSWORD);
  });

  it('repeats nothing of a password that is wrong', async () => {
    await start('darwin', { hasKey: false });
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', 'hunter22', 0o600);
    const error: unknown = await run(apply, '--p12', '/keys/team.p12', '--p12-password', '/keys/password').catch(
      (thrown: unknown) => thrown,
    );
    expect(inspect(error, { depth: 9 })).toContain('wrong password in');
    expect(inspect(error, { depth: 9 })).not.toContain('hunter22');
    expect(system.printed.err + system.printed.out).not.toContain('hunter22');
  });

  it.each([
    [['--p12', '/keys/team.p12'], 'needs --p12-password'],
    [['--p12', '/keys/team.p12', '--p12-password', '/keys/open'], 'can be read by others'],
    [['--p12', '/keys/none.p12', '--p12-password', '/keys/password'], 'none.p12 is no file'],
    [['--p12', '/keys/team.p12', '--p12-password', '/keys/none'], 'none is no file'],
  ])('refuses %j', async (args, words) => {
    await start('darwin');
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', PASSWORD, 0o600);
    await system.files.write('/keys/open', PASSWORD, 0o644);
    await expect(run(apply, ...args)).rejects.toThrow(words);
  });

  it('makes the profile again when it lacks this Mac', async () => {
    await start('darwin');
    await run(apply);
    await run(apply, '--device', '00008112-0000000000000001');
    const profiles = api.store.filter(({ type }) => type === 'profiles');
    expect(profiles).toHaveLength(1);
    const text = Buffer.from(String(profiles[0]?.attributes.profileContent), 'base64').toString();
    expect(text).toContain(UDID);
    expect(text).toContain('00008112-0000000000000001');
  });

  it('enables a device again that was disabled', async () => {
    await start('darwin');
    const device = api.put('devices', { udid: UDID, name: 'Mac', platform: 'MAC_OS' });
    Object.assign(device.attributes, { status: 'DISABLED' });
    await run(apply);
    expect(device.attributes.status).toBe('ENABLED');
  });

  it('takes back what it made, newest first, and what it did not make stays', async () => {
    await start('darwin', { hasKey: false });
    api.put('bundleIds', { identifier: 'org.example.other', name: 'x', platform: 'MAC_OS' });
    await putDextProfile();
    await run(apply);
    const { exitCode, err } = await run(apply, '--undo');
    expect(exitCode).toBe(0);
    expect(api.store.map(({ type, attributes }) => `${type} ${attributes.identifier ?? attributes.status}`)).toEqual([
      'bundleIds org.example.other',
      'devices DISABLED',
    ]);
    expect(err.indexOf('Take back the profile')).toBeLessThan(err.indexOf('Take back the App ID'));
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
    expect(existsSync(join(system.root, PROJECT_ROOT, 'profiles/dext.provisionprofile'))).toBe(true);
    expect(system.commands.some((command) => command.startsWith('security delete-identity -Z'))).toBe(true);
  });

  it('undoes also after a failure in the middle', async () => {
    await start('darwin');
    api.troubles.push({ method: 'POST', path: '/v1/profiles', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    await expect(run(apply)).rejects.toThrow('may not do this');
    await run(apply, '--undo');
    expect(kinds()).toEqual(['devices']);
  });

  it('keeps in the list what it could not take back', async () => {
    await start('darwin');
    await run(apply);
    api.troubles.push({ method: 'DELETE', path: '/v1/profiles', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    expect((await run(apply, '--undo')).exitCode).toBe(1);
    expect((await run(apply, '--undo')).exitCode).toBe(0);
    expect(kinds()).toEqual(['devices']);
  });

  it('looks and says, but changes nothing, in a dry run', async () => {
    await start('darwin', { hasKey: false });
    expect(Object.values(await states('--dry-run'))).not.toContain('did');
    const { err } = await run(apply, '--dry-run');
    expect(err).toContain('would register it');
    expect(changes()).toEqual([]);
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
    expect(system.commands.filter((command) => command.includes('import'))).toEqual([]);
  });

  it('says on Linux which steps need a Mac, and does the others', async () => {
    await start('linux');
    const { steps } = await json();
    const of = (id: string) => steps.find((step) => step.id === id);
    expect(of('xcode')).toMatchObject({ state: 'not seen', words: 'Xcode needs a Mac' });
    expect(of('keychain')).toMatchObject({ state: 'not seen', words: expect.stringContaining('needs a Mac') });
    expect(of('register-mac')).toMatchObject({ state: 'not seen', words: expect.stringContaining('--device') });
    expect(of('certificate')).toMatchObject({ state: 'did' });
    expect(system.commands).toEqual([]);
    expect((await states('--device', UDID))['register-mac']).toBe('did');
  });

  it('says what an id of a Mac looks like', async () => {
    await start('linux');
    await expect(run(apply, '--device', 'my Mac')).rejects.toMatchObject({
      exitCode: 2,
      message: 'my Mac is no provisioning id',
    });
  });

  it('never revokes a Developer ID certificate', async () => {
    await start('darwin');
    await run(apply, '--for', 'developer-id');
    expect(api.store.find(({ type }) => type === 'certificates')?.attributes.certificateType).toBe(
      'DEVELOPER_ID_APPLICATION_G2',
    );
    await run(apply, '--for', 'developer-id', '--undo');
    expect(kinds()).toEqual(['certificates']);
    expect(await system.files.list('/Users/me/.multiport')).toContain('developer-id.key.pem');
    expect(system.commands).toContain(
      `xcrun notarytool store-credentials multiport --key ${KEY} --key-id ${api.keyId} --issuer ${api.issuer}`,
    );
  });

  it('writes entitlements and Info.plist that claim what is granted and no more', async () => {
    await start('linux');
    await putDextProfile({ ...DEXT_GRANTS, 'com.apple.developer.driverkit.family.hid.device': true });
    await run(apply);
    const folder = join(PROJECT_ROOT, 'build/signing/development');
    expect(await system.files.list(folder)).toEqual(['app.entitlements', 'dext-Info.plist', 'dext.entitlements']);
    const text = (await system.files.readText(join(folder, 'dext.entitlements'))) ?? '';
    expect(text).toContain('<string>*</string>');
    expect(text).not.toContain('hid.device');
    expect(text).not.toContain('<!--');
  });

  it('refuses to claim what the profile does not grant', async () => {
    await start('linux');
    const { 'com.apple.developer.driverkit.family.networking': _, ...grants } = DEXT_GRANTS;
    await putDextProfile(grants);
    const { exitCode, err } = await run(apply);
    expect(exitCode).toBe(1);
    expect(err).toContain(
      'refused, since more would be claimed than is granted: com.apple.developer.driverkit.family.networking',
    );
    expect(await system.files.list(join(PROJECT_ROOT, 'build/signing/development'))).toEqual([]);
    await expect(entitlements([], system)).rejects.toMatchObject({
      fix: expect.stringContaining('"(development)" capability'),
    });
  });

  it('keeps to its schema', async () => {
    await start('darwin');
    for (const [name, args] of [
      ['provision-plan', []],
      ['provision-apply', ['--dry-run']],
      ['provision-apply', []],
      ['provision-apply', ['--undo']],
    ] as const) {
      const { out, err } = await run(name === 'provision-plan' ? plan : apply, '--json', ...args);
      expect(schemaErrors(name, out), `${name} ${args}`).toEqual([]);
      expect(err).toBe('');
    }
  });
});

describe('the keys', () => {
  it('are private files that never show', async () => {
    await start('darwin', { hasKey: false });
    const outputs: string[] = [];
    for (const args of [[], ['--json'], ['--dry-run'], ['--undo']]) {
      const { out, err } = await run(apply, ...args);
      outputs.push(out, err);
      const key = await system.files.facts('/Users/me/.multiport/development.key.pem');
      if (key) expect(key.mode).toBe(0o600);
    }
    api.troubles.push({ method: 'GET', path: '/v1', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    outputs.push(explain(await run(apply).catch((error: unknown) => error)).text);
    const shown = [...outputs, ...system.commands].join('\n');
    const body = api.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));
    expect(body.length).toBeGreaterThan(0);
    for (const line of body) expect(shown).not.toContain(line);
    expect(shown).not.toMatch(/eyJ[\w-]{10,}\.|PRIVATE KEY|Bearer/);
  });

  it('are refused when others can read the signing key', async () => {
    await start('linux');
    await run(apply);
    execFileSync('chmod', ['644', join(system.root, '/Users/me/.multiport/development.key.pem')]);
    await expect(run(apply)).rejects.toThrow('can be read by others');
  });
});

describe('tools/provision plan', () => {
  it('lists the same steps in the same order on any system, each with its kind and how', async () => {
    await start('linux');
    const onLinux = JSON.parse((await run(plan, '--json')).out);
    system.dispose();
    await start('darwin');
    const onMac = JSON.parse((await run(plan, '--json')).out);
    const shape = ({ steps }: { steps: { id: string; kind: string; how: string }[] }) =>
      steps.map(({ id, kind, how }) => [id, kind, how.length > 10]);
    expect(shape(onLinux)).toEqual(shape(onMac));
    expect(new Set(onMac.steps.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['api', 'portal', 'mac']));
    expect(changes()).toEqual([]);
  });

  it('tells without any key what would be done in the portal', async () => {
    await start('linux');
    expect(await plan([], system)).toBe(0);
    expect(system.printed.out).toContain('○  2 portal  Make an App Store Connect API key');
    expect(system.printed.out).toContain(
      '?  4 api     Register the App ID org.multiport.Multiport: no API key was found',
    );
    expect(system.printed.out).toContain('explicit bundle id org.multiport.Multiport.');
  });

  it('asks for the request and the notary when it is for everybody', async () => {
    await start('darwin');
    const { steps } = JSON.parse((await run(plan, '--json', '--for', 'developer-id')).out) as {
      steps: { id: string }[];
    };
    const ids = steps.map(({ id }) => id);
    expect(ids).toContain('request');
    expect(ids).toContain('notary-credentials');
    expect(ids).not.toContain('register-mac');
  });

  it('goes on looking when the account cannot be asked', async () => {
    await start('darwin');
    for (let n = 0; n < 2; n++)
      api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer: { status: 401, code: 'NOT_AUTHORIZED' } });
    const { out } = await run(plan);
    expect(out).toContain('does not accept the API key');
    expect(out).toContain('Install Xcode with the DriverKit SDK: Xcode 16.2, DriverKit 24.2');
  });

  it.each([[['--for', 'fun']], [['--key', '/nowhere.p8', '--key-id', 'AAAAAAAAAA']]])(
    'refuses %j as unusable',
    async (args) => {
      await start('linux');
      await expect(plan(args, system)).rejects.toMatchObject({ exitCode: 2 });
    },
  );
});
