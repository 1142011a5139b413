// granted-profile.ts — a provisioning profile in, what it permits to whom and until when out.
//
// Whether Apple signed it is for checks/signing/check-profile.ts to say.

import { parsed } from '../signing/format-error.ts';
import { type Profile, type ProfileKind, readProfile } from '../signing/profile.ts';
import { View } from '../signing/view.ts';
import { EXIT, UserError } from '../user-error.ts';
import { asDictionary, asText, type Dictionary, plain } from './property-list.ts';

export interface GrantedProfile {
  readonly name: string;
  readonly uuid: string;
  readonly purpose: ProfileKind;
  readonly team: string;
  /** Without the team in front; may end in `*`. */
  readonly bundleId: string;
  readonly expires: Date;
  readonly devices: readonly string[];
  /** Certificates that may sign, in DER. */
  readonly certificates: readonly Uint8Array[];
  readonly entitlements: Dictionary;
  /** All of it, for checks. */
  readonly whole: Profile;
}

/** `what` names the file in errors. Throws UserError. */
export function parseGrantedProfile(bytes: Uint8Array, what: string): GrantedProfile {
  const read = parsed(() => readProfile(new View(bytes)));
  if (!read.ok) throw unusable(`${what} is no provisioning profile: ${read.error.message}`);
  const { kind, teams, certificates, name, uuid, expires, devices } = read.value;
  const entitlements = asDictionary(plain(read.value.entitlements));
  const appId = asText(entitlements['com.apple.application-identifier'] ?? entitlements['application-identifier']);
  const [team] = teams;
  if (team === undefined || appId === undefined) throw unusable(`${what} lacks a team or an application identifier`);
  return {
    name,
    uuid,
    purpose: kind,
    team,
    bundleId: appId.slice(appId.indexOf('.') + 1),
    expires,
    devices,
    certificates: certificates.map((certificate) => certificate.bytes),
    entitlements,
    whole: read.value,
  };
}

const unusable = (message: string) =>
  new UserError(message, 'Download it again from the developer portal.', EXIT.unusable);
