// stage.ts — a Mac or a Linux machine and a stand-in of Apple's API, new for each test of tools/provision.

import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { apply } from '../../../tools/commands/provision/apply.ts';
import { type StandIn, standIn } from '../../support/app-store-connect.ts';
import { complete, profileBytes } from '../../support/apple-account.ts';
import { type RecordedSystem, type Recording, recordedSystem } from '../../support/recorded-system.ts';

export const UDID = '00008103-000A1B2C3D4E5F60';
export const DEXT_GRANTS = {
  'com.apple.developer.driverkit': true,
  'com.apple.developer.driverkit.allow-any-userclient-access': true,
  'com.apple.developer.driverkit.family.networking': true,
  'com.apple.developer.driverkit.transport.usb': [{ idVendor: '*' }],
};
export const KEY = '/keys/AuthKey_2X9R4HXF34.p8';

export let api: StandIn;
export let system: RecordedSystem;

beforeEach(async () => {
  api = await standIn(complete);
});
afterEach(async () => {
  system.dispose();
  await api.close();
});

/** A keychain that remembers what was imported. */
function macPrograms(inKeychain: string | undefined): Record<string, Recording> {
  let keychain = inKeychain;
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

/** Which certificate an exported identity has, by its SHA-1. */
export const setExportedHash = (hash: string) => {
  exportedHash = hash;
};
/** Of the file with the exported identity. */
export const PASSWORD = 'correct horse battery staple';

const signingKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

interface Situation {
  /** Making a key takes its time: most tests find one. */
  readonly hasKey?: boolean;
  /** SHA-1 of the certificate of an identity that is in the keychain already. */
  readonly inKeychain?: string;
}

export async function start(platform: 'darwin' | 'linux', { hasKey = true, inKeychain }: Situation = {}) {
  system = recordedSystem({ platform, http: realSystem().http, programs: macPrograms(inKeychain) });
  root = () => system.root;
  api.now = () => system.now().getTime() / 1000;
  await system.files.write(KEY, api.privateKey, 0o600);
  if (hasKey) await system.files.write('/Users/me/.multiport/development.key.pem', signingKey, 0o600);
  for (const name of ['development.json', 'release.json']) {
    await system.files.write(join(PROJECT_ROOT, 'profiles', name), readFileSync(join(PROJECT_ROOT, 'profiles', name)));
  }
}

export const account = () => ['--key', KEY, '--issuer', api.issuer, '--api', api.url];
export const run = async (command: typeof apply, ...args: string[]) => {
  system.printed.out = '';
  system.printed.err = '';
  const exitCode = await command([...args, ...account()], system);
  return { exitCode, out: system.printed.out, err: system.printed.err };
};
export const json = async (...args: string[]): Promise<{ steps: { id: string; state: string; words: string }[] }> =>
  JSON.parse((await run(apply, '--json', ...args)).out);
export const states = async (...args: string[]) =>
  Object.fromEntries((await json(...args)).steps.map(({ id, state }) => [id, state]));
export const kinds = () => api.store.map(({ type }) => type).sort();
export const changes = () => api.requests.filter((request) => !request.startsWith('GET'));

export const putDextProfile = (
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
