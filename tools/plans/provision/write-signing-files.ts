// write-signing-files.ts — profiles and wishes in, the entitlements and the Info.plist to sign with out, in build/signing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'plist';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import { type ClaimProblem, claim } from '../../checks/signing/claims.ts';
import { BUNDLE } from '../../generate/bundle.ts';
import { infoPlist } from '../../generate/info-plist.ts';
import type { GrantedProfile } from '../../model/apple/granted-profile.ts';
import { type Dictionary, isDictionary, type PlistValue } from '../../model/apple/property-list.ts';
import type { Outcome } from '../../report/progress.ts';
import { profileFor, type Setup } from './setup.ts';

export type Part = 'app' | 'dext';
export const PARTS: readonly Part[] = ['app', 'dext'];

export interface SigningFiles {
  readonly part: Part;
  readonly profile: GrantedProfile | undefined;
  /** By file name; none when there are problems or there is no profile. */
  readonly files: Readonly<Record<string, string>>;
  readonly problems: readonly ClaimProblem[];
}

export const signingFolder = ({ project, wishes }: Setup): string => join(project, 'build/signing', wishes.purpose);

export async function signingFiles(setup: Setup, part: Part): Promise<SigningFiles> {
  const found = await profileFor(setup, setup.wishes[part]);
  if (!found) return { part, profile: undefined, files: {}, problems: [] };
  const { profile } = found;
  // USB vendors are the dext's affair alone.
  const { entitlements, problems } = claim(setup.wishes[part], profile, part === 'dext' ? setup.adapters : []);
  if (problems.length > 0) return { part, profile, files: {}, problems };
  const files = {
    [`${part}.entitlements`]: plistText(entitlements),
    ...(part === 'dext' ? { 'dext-Info.plist': plistText(dextInfo(setup)) } : {}),
  };
  return { part, profile, files, problems };
}

/** Writes what can be written; what a profile refuses is named and left to the user. */
export async function writeSigningFiles(setup: Setup, dryRun: boolean): Promise<Outcome> {
  const made = await Promise.all(PARTS.map((part) => signingFiles(setup, part)));
  const refused = made.flatMap(({ problems }) => problems.map(({ entitlement, seen }) => `${entitlement}: ${seen}`));
  if (refused.length > 0)
    return { skipped: `refused, since more would be claimed than is granted: ${refused.join('; ')}` };
  const missing = made
    .filter(({ profile }) => !profile)
    .map(({ part }) => `the profile of ${setup.wishes[part].bundleId}`);
  const files = made.flatMap(({ files }) => Object.entries(files));
  if (files.length === 0) return { skipped: `needs ${missing.join(' and ')}` };
  if (!dryRun) for (const [name, text] of files) await setup.system.files.write(join(signingFolder(setup), name), text);
  const names = files.map(([name]) => name).join(', ');
  return {
    did: `${dryRun ? 'would write ' : ''}${names}${missing.length > 0 ? `; still needs ${missing.join(' and ')}` : ''}`,
  };
}

/** The generated Info.plist under the bundle id of our wishes, which may be another team's. */
function dextInfo({ devices, wishes }: Setup): Dictionary {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return renamed(infoPlist(devices, { version, oneProcess: false }), wishes.dext.bundleId) as Dictionary;
}

function renamed(value: PlistValue, bundleId: string): PlistValue {
  if (value === BUNDLE.identifier) return bundleId;
  if (Array.isArray(value)) return value.map((item) => renamed(item, bundleId));
  if (!isDictionary(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renamed(item, bundleId)]));
}

/** Without any comment: macOS' own parser stumbles over some. */
export const plistText = (content: Dictionary): string => `${build(content as { [key: string]: PlistValue })}\n`;
