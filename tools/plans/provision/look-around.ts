// look-around.ts — what of signing is on this machine, without changing anything.

import { bootArguments, hardware, integrityProtection, type Xcode, xcode } from '../../adapters/apple/mac.ts';
import { isMac } from '../../adapters/apple/mac-only.ts';
import { signingIdentities } from '../../adapters/apple/security.ts';
import { extensionsDatabase } from '../../adapters/apple/system-extensions.ts';
import type { System } from '../../adapters/system.ts';
import type { Identity } from '../../model/apple/identity.ts';
import { type IntegrityProtection, riskyBootArguments } from '../../model/apple/integrity-protection.ts';
import { installedFolders } from './mac-steps.ts';
import { type ProfileFile, profileFolder, profilesIn, type Setup } from './setup.ts';

/** What only a Mac knows of itself. */
export interface MacFacts {
  readonly provisioningId: string | undefined;
  readonly integrityProtection: IntegrityProtection;
  readonly riskyBootArguments: readonly string[];
  /** `systemextensionsctl developer on`; undefined when the database is not there. */
  readonly developerMode: boolean | undefined;
  readonly xcode: Xcode | undefined;
  readonly identities: readonly Identity[];
}

export interface SeenProfile {
  readonly path: string;
  readonly name: string;
  readonly purpose: string;
  readonly bundleId: string;
  readonly team: string;
  readonly expires: Date;
  readonly daysLeft: number;
  /** Whether it admits this Mac; undefined when that cannot be said. */
  readonly admitsThisMac: boolean | undefined;
  /** Why macOS would not take it. */
  readonly refusals: readonly string[];
}

export interface Surroundings {
  /** Undefined where there is no Mac. */
  readonly mac: MacFacts | undefined;
  readonly inProject: readonly SeenProfile[];
  readonly installed: readonly SeenProfile[];
}

export async function lookAround(setup: Setup): Promise<Surroundings> {
  const { system } = setup;
  const mac = isMac(system) ? await lookAtMac(system) : undefined;
  const see = (file: ProfileFile) => seen(file, system.now(), mac?.provisioningId);
  const installed = (await Promise.all(installedFolders(system).map((folder) => profilesIn(system, folder)))).flat();
  return { mac, inProject: (await profilesIn(system, profileFolder(setup))).map(see), installed: installed.map(see) };
}

async function lookAtMac(system: System): Promise<MacFacts> {
  return {
    provisioningId: (await hardware(system)).provisioningId,
    integrityProtection: await integrityProtection(system),
    riskyBootArguments: riskyBootArguments(await bootArguments(system)),
    developerMode: (await extensionsDatabase(system))?.developerMode,
    xcode: await xcode(system),
    identities: await signingIdentities(system),
  };
}

const DAY = 24 * 3600_000;

function seen({ path, profile, refusals }: ProfileFile, now: Date, thisMac: string | undefined): SeenProfile {
  const { name, purpose, bundleId, team, expires, devices } = profile;
  const admits = purpose === 'developer-id' ? true : thisMac === undefined ? undefined : devices.includes(thisMac);
  const daysLeft = Math.floor((expires.getTime() - now.getTime()) / DAY);
  return {
    path,
    name,
    purpose,
    bundleId,
    team,
    expires,
    daysLeft,
    admitsThisMac: admits,
    refusals: refusals.map(({ id, title }) => `${id} ${title}`),
  };
}
