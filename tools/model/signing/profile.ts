// profile.ts — a provisioning profile in, both its layers out: the XML that tools read and the DER that macOS reads.
//
// file                       CMS SignedData (SHA-1, RSA), content: XML property list        Apple TN3125
//   DER-Encoded-Profile      CMS SignedData (SHA-256, ECDSA), content: the same in DER; absent before about 2021

import { type Certificate, certificateFrom } from './certificate.ts';
import { readSignedData, type SignedData } from './cms.ts';
import { digest } from './crypto.ts';
import { dictAt, isArray, type PlistDict, stringAt, stringsAt } from './plist.ts';
import { readDerPlist } from './plist-der.ts';
import { readPlistDict } from './read-plist.ts';
import { View } from './view.ts';

/** What a profile is good for: own Macs; everybody's, by Developer ID; the store. */
export type ProfileKind = 'development' | 'developer-id' | 'store';

export interface Profile {
  readonly kind: ProfileKind;
  readonly name: string;
  readonly uuid: string;
  readonly teams: readonly string[];
  readonly prefixes: readonly string[];
  readonly platforms: readonly string[];
  readonly created: Date;
  readonly expires: Date;
  /** Who may sign. Empty when only their hashes are known. */
  readonly certificates: readonly Certificate[];
  /** Provisioning UDIDs of the Macs it is for; only development profiles have them. */
  readonly devices: readonly string[];
  readonly entitlements: PlistDict;
  readonly outer: SignedData;
  readonly inner: { readonly signed: SignedData; readonly dict: PlistDict } | undefined;
  readonly dict: PlistDict;
}

/** Reads a `.provisionprofile`. That its signatures hold is for the checks to say. Throws FormatError. */
export function readProfile(view: View): Profile {
  const outer = readSignedData(view);
  if (!outer.content) throw view.error(0, 'a signature without the provisioning profile it signs');
  const dict = readPlistDict(outer.content);
  const date = (key: string) => {
    const value = dict.get(key);
    if (value instanceof Date) return value;
    throw view.error(0, `the provisioning profile has no ${key}`);
  };
  return {
    kind: kind(dict),
    name: stringAt(dict, 'Name') ?? '',
    uuid: stringAt(dict, 'UUID') ?? '',
    teams: stringsAt(dict, 'TeamIdentifier'),
    prefixes: stringsAt(dict, 'ApplicationIdentifierPrefix'),
    platforms: stringsAt(dict, 'Platform'),
    created: date('CreationDate'),
    expires: date('ExpirationDate'),
    certificates: certificates(dict),
    devices: stringsAt(dict, 'ProvisionedDevices'),
    entitlements: dictAt(dict, 'Entitlements'),
    outer,
    inner: readInner(dict, view),
    dict,
  };
}

/** get-task-allow does not tell: a Mac development profile need not have it. */
function kind(dict: PlistDict): ProfileKind {
  if (dict.get('ProvisionsAllDevices') === true) return 'developer-id';
  return isArray(dict.get('ProvisionedDevices')) ? 'development' : 'store';
}

function certificates(dict: PlistDict): readonly Certificate[] {
  const values = dict.get('DeveloperCertificates');
  if (!isArray(values)) return [];
  return values.filter((value) => value instanceof Uint8Array).map(certificateFrom);
}

function readInner(dict: PlistDict, view: View): Profile['inner'] {
  const bytes = dict.get('DER-Encoded-Profile');
  if (!(bytes instanceof Uint8Array)) return undefined;
  const signed = readSignedData(new View(bytes));
  if (!signed.content) throw view.error(0, 'DER-Encoded-Profile is a signature without content');
  return { signed, dict: readDerPlist(signed.content) };
}

/** SHA-256 of the certificates that may sign, as the DER layer lists them. */
export function certificateHashes(profile: Profile): readonly string[] {
  return profile.certificates.map((certificate) => Buffer.from(digest('sha256', certificate.bytes)).toString('hex'));
}
