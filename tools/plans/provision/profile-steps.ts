// profile-steps.ts — the app's provisioning profile, which the API can make, and the dext's, which only the portal can.

import { join } from 'node:path';
import type { Resource } from '../../adapters/apple/app-store-connect.ts';
import { claim } from '../../checks/signing/claims.ts';
import { type GrantedProfile, parseGrantedProfile } from '../../model/apple/granted-profile.ts';
import type { BundleWishes, Purpose } from '../../model/apple/signing-wishes.ts';
import { UserError } from '../../model/user-error.ts';
import { accountOf, provisioningId, withAccount } from './api-steps.ts';
import { ourCertificate } from './certificate-step.ts';
import { appIdOf, profileFolder, profileFor, type Setup } from './setup.ts';
import { done, type Looked, type Step, todo } from './step.ts';

const PROFILES = 'https://developer.apple.com/account/resources/profiles/list';
const API_TYPES: Readonly<Record<Purpose, string>> = {
  development: 'MAC_APP_DEVELOPMENT',
  'developer-id': 'MAC_APP_DIRECT',
};

export function makeAppProfile(setup: Setup): Step {
  const { app, purpose } = setup.wishes;
  const name = `${app.name} ${purpose}`;
  const find = async () =>
    (await accountOf(setup).find('profiles', { 'filter[name]': name })).find(
      ({ attributes }) => attributes.name === name,
    );
  return {
    id: 'profile-app',
    kind: 'api',
    title: `Make the provisioning profile of ${app.bundleId}`,
    how: `Profiles > + > ${purpose === 'development' ? 'macOS App Development' : 'Developer ID'}, App ID ${app.bundleId}; download it into profiles/.`,
    link: PROFILES,
    look: withAccount(setup, async () => {
      const existing = await find();
      const stale = existing ? await whyStale(setup, existing) : 'make it';
      if (stale !== undefined) return todo(stale);
      const stored = await profileFor(setup, app);
      return stored ? done(describe(stored.profile)) : todo('download it into profiles/');
    }),
    act: async (made) => {
      const existing = await find();
      const stale = existing ? await whyStale(setup, existing) : undefined;
      if (existing && stale) await accountOf(setup).remove(existing); // a profile cannot be changed, only made again
      const profile = existing && !stale ? existing : await createProfile(setup, name);
      if (profile !== existing)
        await made({ kind: 'resource', title: `the profile "${name}"`, type: 'profiles', id: profile.id });
      const content = contentOf(profile);
      if (!content)
        throw new UserError(`App Store Connect gives no content for "${name}"`, 'Run the command again in a minute.');
      const path = join(profileFolder(setup), `${parseGrantedProfile(content, name).uuid}.provisionprofile`);
      if (!(await setup.system.files.facts(path))) {
        await setup.system.files.write(path, content);
        await made({ kind: 'file', title: path, path });
      }
    },
  };
}

async function createProfile(setup: Setup, name: string): Promise<Resource> {
  const certificate = (await ourCertificate(setup))?.resource;
  const bundleId = await appIdOf(setup, setup.wishes.app);
  if (!certificate || !bundleId)
    throw new UserError(`"${name}" needs an App ID and a certificate first`, 'Run the command again.');
  const devices = setup.wishes.purpose === 'development' ? { devices: await macs(setup) } : {};
  return accountOf(setup).create({
    type: 'profiles',
    attributes: { name, profileType: API_TYPES[setup.wishes.purpose] },
    relationships: { bundleId, certificates: [certificate], ...devices },
  });
}

/** Every Mac of the team: a profile made for one would have to be made again for the next. */
async function macs(setup: Setup): Promise<readonly Resource[]> {
  const all = await accountOf(setup).find('devices', { 'filter[platform]': 'MAC_OS' });
  return all.filter(({ attributes }) => attributes.status !== 'DISABLED');
}

/** What `act` would do about a profile that exists; undefined when it is as good as a new one. */
async function whyStale(setup: Setup, resource: Resource): Promise<string | undefined> {
  const content = contentOf(resource);
  const { profileState } = resource.attributes;
  if (profileState !== undefined && profileState !== 'ACTIVE') return `make it again: Apple calls it ${profileState}`;
  if (!content) return 'make it again: it has no content';
  const profile = parseGrantedProfile(content, String(resource.attributes.name));
  const certificate = (await ourCertificate(setup))?.certificate;
  const udid = setup.wishes.purpose === 'development' ? await provisioningId(setup) : undefined;
  if (profile.expires <= setup.system.now()) return 'make it again: it has expired';
  if (!certificate || !profile.certificates.some((bytes) => certificate.raw.equals(bytes)))
    return 'make it again: it lacks our certificate';
  if (udid !== undefined && !profile.devices.includes(udid)) return `make it again: it lacks ${udid}`;
  return undefined;
}

function contentOf({ attributes }: Resource): Uint8Array | undefined {
  const { profileContent } = attributes;
  return typeof profileContent === 'string' && profileContent !== ''
    ? Buffer.from(profileContent, 'base64')
    : undefined;
}

const PORTAL_WORDS: Readonly<Record<Purpose, string>> = {
  development:
    'Profiles > + > DriverKit App Development, App ID %, your certificates and Macs; download it into profiles/. Account Holder or Admin.',
  'developer-id':
    'Profiles > + > Developer ID, App ID %, and under Additional Entitlements the set Apple approved; download it into profiles/.',
};

export function makeDextProfile(setup: Setup): Step {
  const { dext, purpose } = setup.wishes;
  return {
    id: 'profile-dext',
    kind: 'portal',
    title: `Make the provisioning profile of ${dext.bundleId}`,
    how: PORTAL_WORDS[purpose].replace('%', dext.bundleId),
    link: PROFILES,
    look: () => lookAtDextProfile(setup, dext),
  };
}

/** The API can neither make this profile nor see it: what counts is the file. */
export async function lookAtDextProfile(setup: Setup, dext: BundleWishes): Promise<Looked> {
  const file = await profileFor(setup, dext);
  if (!file) return todo('no valid profile for it lies in profiles/');
  const { problems } = claim(dext, file.profile, setup.adapters);
  return problems.length === 0
    ? done(describe(file.profile))
    : todo(problems.map(({ entitlement, seen }) => `${entitlement}: ${seen}`).join('; '));
}

const describe = ({ name, expires }: GrantedProfile) => `"${name}", valid until ${expires.toISOString().slice(0, 10)}`;
