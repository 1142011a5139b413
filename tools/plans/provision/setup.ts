// setup.ts — what all steps share: the machine, the wishes, the account, and what was found there.

import { join } from 'node:path';
import type { ApiKey } from '../../adapters/apple/api-key.ts';
import type { AppStoreConnect, Resource } from '../../adapters/apple/app-store-connect.ts';
import type { System } from '../../adapters/system.ts';
import { checkProfile } from '../../checks/signing/check-profile.ts';
import type { NamedDevice } from '../../generate/device-file.ts';
import { type GrantedProfile, parseGrantedProfile } from '../../model/apple/granted-profile.ts';
import type { BundleWishes, SigningWishes } from '../../model/apple/signing-wishes.ts';
import type { UsbAdapter } from '../../model/apple/usb-adapter.ts';
import { type Trouble, troubles } from '../../model/finding.ts';
import type { Secret } from '../../model/secret.ts';
import { UserError } from '../../model/user-error.ts';
import { keyFolder } from './journal.ts';

export interface Setup {
  readonly system: System;
  /** The project's top folder. */
  readonly project: string;
  readonly wishes: SigningWishes;
  /** What the dext is signed for. */
  readonly devices: readonly NamedDevice[];
  readonly adapters: readonly UsbAdapter[];
  /** Undefined without an API key. */
  readonly account: Account | undefined;
  readonly apiKey: ApiKey | undefined;
  /** Provisioning id of the Mac to register; undefined: this one. */
  readonly device: string | undefined;
  /** An identity somebody exported, to import instead of making one. */
  readonly exported: { readonly file: string; readonly password: Secret } | undefined;
}

/** The API with a memory, so that `plan` asks for each list once. Whatever changes forgets. */
export interface Account extends AppStoreConnect {
  readonly find: (path: string, filter: Readonly<Record<string, string>>) => Promise<readonly Resource[]>;
}

export function account(api: AppStoreConnect): Account {
  const memory = new Map<string, Promise<readonly Resource[]>>();
  const changes =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A) => {
      memory.clear();
      return call(...args);
    };
  return {
    list: api.list,
    create: changes(api.create),
    update: changes(api.update),
    remove: changes(api.remove),
    find: (path, filter) => {
      const question = `${path} ${JSON.stringify(filter)}`;
      const answer = memory.get(question) ?? api.list(path, filter);
      memory.set(question, answer);
      return answer;
    },
  };
}

export const NO_KEY = 'no API key was found';

/** The App ID of a bundle. `filter[identifier]` also finds longer ones, so that they are compared here. */
export async function appIdOf({ account }: Setup, { bundleId }: BundleWishes): Promise<Resource | undefined> {
  const found = await account?.find('bundleIds', { 'filter[identifier]': bundleId });
  return found?.find(({ attributes }) => attributes.identifier === bundleId);
}

export const keyFile = ({ system, wishes }: Setup): string => join(keyFolder(system), `${wishes.purpose}.key.pem`);
export const certificateFile = ({ system, wishes }: Setup): string => join(keyFolder(system), `${wishes.purpose}.cer`);

export interface ProfileFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly profile: GrantedProfile;
  /** Why macOS would not take it: not genuine, not valid now, no certificate in it. */
  readonly refusals: readonly Trouble[];
}

/** The profiles in a folder. A file that cannot be read as one is passed over: `verify` says what is wrong with it. */
export async function profilesIn(system: System, folder: string): Promise<readonly ProfileFile[]> {
  const found: ProfileFile[] = [];
  for (const name of await system.files.list(folder)) {
    if (!name.endsWith('.provisionprofile')) continue;
    const path = join(folder, name);
    const bytes = await system.files.read(path);
    const profile = bytes && readable(bytes, path);
    if (bytes && profile) found.push({ path, bytes, profile, refusals: refusalsOf(system, path, profile) });
  }
  return found;
}

function refusalsOf(system: System, path: string, { whole }: GrantedProfile): readonly Trouble[] {
  const options = { now: system.now(), roots: system.trustedRoots };
  return troubles(checkProfile(path, whole, options)).filter(({ level }) => level === 'fail');
}

function readable(bytes: Uint8Array, path: string): GrantedProfile | undefined {
  try {
    return parseGrantedProfile(bytes, path);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

export const profileFolder = ({ project }: Setup): string => join(project, 'profiles');

/** The profile for a bundle that lasts longest, of those in profiles/ that are made for our purpose and that macOS takes. */
export async function profileFor(setup: Setup, { bundleId }: BundleWishes): Promise<ProfileFile | undefined> {
  return (await profilesIn(setup.system, profileFolder(setup)))
    .filter(({ profile }) => profile.bundleId === bundleId && profile.purpose === setup.wishes.purpose)
    .filter(({ refusals }) => refusals.length === 0)
    .sort((a, b) => b.profile.expires.getTime() - a.profile.expires.getTime())[0];
}
