// granted-profile.ts — a provisioning profile in, what it permits to whom and until when out.
//
// Reads the property list inside without judging Apple's signature around it: `tools/provision verify` does that.

import { EXIT, UserError } from '../../report/user-error.ts';
import { asArray, asDictionary, asText, type Dictionary, parsePropertyList } from './property-list.ts';
import type { Purpose } from './signing-wishes.ts';

export interface GrantedProfile {
  readonly name: string;
  readonly uuid: string;
  /** `store`: for the Mac App Store; nothing can be run with it. */
  readonly purpose: Purpose | 'store';
  readonly team: string;
  /** Without the team in front; may end in `*`. */
  readonly bundleId: string;
  readonly expires: Date;
  readonly devices: readonly string[];
  /** Certificates that may sign, in DER. */
  readonly certificates: readonly Uint8Array[];
  readonly entitlements: Dictionary;
}

/** `what` names the file in errors. Throws UserError. */
export function parseGrantedProfile(bytes: Uint8Array, what: string): GrantedProfile {
  const plist = asDictionary(parsePropertyList(propertyListIn(bytes, what), what));
  const entitlements = asDictionary(plist.Entitlements);
  const team = asText(asArray(plist.TeamIdentifier)[0]) ?? '';
  const appId =
    asText(entitlements['com.apple.application-identifier'] ?? entitlements['application-identifier']) ?? '';
  const expires = plist.ExpirationDate;
  if (team === '' || appId === '' || !(expires instanceof Date)) {
    throw new UserError(
      `${what} lacks a team, an application identifier or an end`,
      'Download it again from the developer portal.',
      EXIT.unusable,
    );
  }
  const devices = asArray(plist.ProvisionedDevices).flatMap((id) => asText(id) ?? []);
  return {
    name: asText(plist.Name) ?? '',
    uuid: asText(plist.UUID) ?? '',
    purpose: plist.ProvisionsAllDevices === true ? 'developer-id' : plist.ProvisionedDevices ? 'development' : 'store',
    team,
    bundleId: appId.slice(appId.indexOf('.') + 1),
    expires,
    devices,
    certificates: asArray(plist.DeveloperCertificates).filter((item) => item instanceof Uint8Array),
    entitlements,
  };
}

function propertyListIn(bytes: Uint8Array, what: string): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = buffer.indexOf('<?xml');
  const end = buffer.indexOf('</plist>', start);
  if (start < 0 || end < 0)
    throw new UserError(`${what} holds no property list`, 'Give a .provisionprofile file.', EXIT.unusable);
  return buffer.subarray(start, end + '</plist>'.length);
}
