// mac-steps.ts — the steps that only a Mac can do: Xcode, the keychain, installed profiles, credentials for the notary.

import { basename, join } from 'node:path';
import { xcode } from '../../adapters/apple/mac.ts';
import { isMac, needsMac } from '../../adapters/apple/mac-only.ts';
import { knowsNotary, storeCredentials } from '../../adapters/apple/notary.ts';
import { importIntoKeychain, importProtected, signingIdentities } from '../../adapters/apple/security.ts';
import { identityHash, ourCertificate } from './certificate-step.ts';
import { certificateFile, keyFile, NO_KEY, profileFolder, profilesIn, type Setup } from './setup.ts';
import { done, type Looked, type Step, todo, unknown } from './step.ts';

export function installXcode({ system }: Setup): Step {
  return {
    id: 'xcode',
    kind: 'mac',
    title: 'Install Xcode with the DriverKit SDK',
    how: 'Install Xcode from the App Store or developer.apple.com/download, start it once, then: sudo xcode-select -s /Applications/Xcode.app',
    link: 'https://developer.apple.com/xcode/',
    look: onMac({ system }, 'Xcode', async () => {
      const found = await xcode(system);
      if (!found) return todo('no Xcode is selected');
      return found.driverKitSdk
        ? done(`Xcode ${found.version}, DriverKit ${found.driverKitSdk}`)
        : todo(`Xcode ${found.version} has no DriverKit SDK`);
    }),
  };
}

/** Before a certificate is asked for: Apple gives out few of them. */
export function importExported(setup: Setup, { file, password }: NonNullable<Setup['exported']>): Step {
  return {
    id: 'import-p12',
    kind: 'mac',
    title: `Import ${basename(file)} into the keychain`,
    how: `Open ${file} with Keychain Access.`,
    look: onMac(setup, 'The keychain', async () => {
      if (!setup.account) return unknown(NO_KEY);
      const ours = await ourCertificate(setup);
      return ours?.place === 'keychain' ? done('an identity of the account is there') : todo('import it');
    }),
    act: async () => importProtected(setup.system, file, password),
  };
}

export function importIdentity(setup: Setup): Step {
  const { system } = setup;
  return {
    id: 'keychain',
    kind: 'mac',
    title: 'Import the key and its certificate into the keychain',
    how: `Open ${certificateFile(setup)} and ${keyFile(setup)} with Keychain Access.`,
    look: onMac(setup, 'The keychain', async () => {
      const hash = await identityHash(setup);
      if (!hash) return todo('import them, once there is a certificate');
      const identity = (await signingIdentities(system)).find((one) => one.hash.toUpperCase() === hash);
      return identity ? done(identity.name) : todo(`import ${certificateFile(setup)} and its key`);
    }),
    act: async (made) => {
      await importIntoKeychain(system, keyFile(setup));
      await importIntoKeychain(system, certificateFile(setup));
      await made({ kind: 'identity', title: 'the identity in the keychain', hash: (await identityHash(setup)) ?? '' });
    },
  };
}

/** Where Xcode 16 and later look; older ones look in ~/Library/MobileDevice. */
const INSTALLED = 'Library/Developer/Xcode/UserData/Provisioning Profiles';
const INSTALLED_BEFORE_16 = 'Library/MobileDevice/Provisioning Profiles';

export const installedFolders = ({ home }: Setup['system']): readonly string[] => [
  join(home, INSTALLED),
  join(home, INSTALLED_BEFORE_16),
];

export function installProfiles(setup: Setup): Step {
  const { system, wishes } = setup;
  const missing = async () => {
    const ours = (await profilesIn(system, profileFolder(setup))).filter(({ profile }) =>
      [wishes.app.bundleId, wishes.dext.bundleId].includes(profile.bundleId),
    );
    const places = await Promise.all(ours.map(({ profile }) => system.files.facts(target(profile.uuid))));
    return { ours, missing: ours.filter((_, index) => places[index] === undefined) };
  };
  const target = (uuid: string) => join(system.home, INSTALLED, `${uuid}.provisionprofile`);
  return {
    id: 'install-profiles',
    kind: 'mac',
    title: 'Install the provisioning profiles for Xcode',
    how: 'Open the files in profiles/ with Xcode.',
    look: onMac(setup, "Xcode's profile folder", async () => {
      const found = await missing();
      if (found.ours.length === 0) return todo('install them, once there are some in profiles/');
      return found.missing.length === 0
        ? done(`${found.ours.length} installed`)
        : todo(`install ${found.missing.map(({ profile }) => `"${profile.name}"`).join(', ')}`);
    }),
    act: async (made) => {
      for (const { profile, bytes } of (await missing()).missing) {
        await system.files.write(target(profile.uuid), bytes);
        await made({ kind: 'file', title: `"${profile.name}" in Xcode's folder`, path: target(profile.uuid) });
      }
    },
  };
}

/** The name under which `notarytool store-credentials` keeps the key: no secret on any later command line. */
export const NOTARY_PROFILE = 'multiport';

export function storeNotaryCredentials({ system, apiKey }: Setup): Step {
  return {
    id: 'notary-credentials',
    kind: 'mac',
    title: 'Store the credentials for the notary in the keychain',
    how: `xcrun notarytool store-credentials ${NOTARY_PROFILE} --key AuthKey_….p8 --key-id … --issuer …`,
    look: onMac({ system }, 'The keychain', async () =>
      (await knowsNotary(system, NOTARY_PROFILE))
        ? done(`as ${NOTARY_PROFILE}`)
        : todo(`store them as ${NOTARY_PROFILE}`),
    ),
    ...(apiKey ? { act: () => storeCredentials(system, NOTARY_PROFILE, apiKey) } : {}),
  };
}

const onMac =
  ({ system }: Pick<Setup, 'system'>, what: string, look: () => Promise<Looked>) =>
  async (): Promise<Looked> =>
    isMac(system) ? look() : unknown(needsMac(what));
