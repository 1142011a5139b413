// profile.ts — what a provisioning profile should say in, a signed `.provisionprofile` with both layers out.

import { createHash } from 'node:crypto';
import type { Identity } from './authority.ts';
import { type CmsWish, makeCms } from './cms.ts';
import { FAKE, TEAM } from './fake-apple.ts';
import { derProfile, type Plain, type PlainDict, xmlPlist } from './plist.ts';

export interface ProfileWish {
  readonly name?: string;
  readonly uuid?: string;
  readonly kind: 'development' | 'developer-id' | 'store';
  readonly identifier: string;
  readonly team?: string;
  readonly entitlements: PlainDict;
  readonly signers: readonly Identity[];
  readonly devices?: readonly string[];
  readonly platforms?: readonly string[];
  readonly created?: Date;
  readonly expires?: Date;
  /** Changes to what the XML layer says, the DER layer staying as it is. */
  readonly xmlOnly?: PlainDict;
  readonly withoutDer?: boolean;
  readonly outer?: Partial<CmsWish>;
  readonly inner?: Partial<CmsWish>;
}

export const DEVICE = '00008103-000A1B2C3D4E5F60';

export function makeProfile(wish: ProfileWish): Buffer {
  const dict = contents(wish);
  const created = dict.CreationDate instanceof Date ? dict.CreationDate : new Date(0);
  const inner = makeCms({
    signer: FAKE.derSigner,
    content: derProfile(derContents(dict, wish)),
    time: created,
    ...wish.inner,
  });
  const xml = { ...dict, ...(wish.withoutDer ? {} : { 'DER-Encoded-Profile': inner }), ...wish.xmlOnly };
  return makeCms({ signer: FAKE.profileSigner, content: xmlPlist(xml), hash: 'sha1', time: created, ...wish.outer });
}

function contents(wish: ProfileWish): PlainDict {
  const team = wish.team ?? TEAM;
  return {
    AppIDName: 'Example',
    ApplicationIdentifierPrefix: [team],
    CreationDate: wish.created ?? new Date('2026-02-01T00:00:00Z'),
    Platform: wish.platforms ?? ['OSX'],
    IsXcodeManaged: false,
    DeveloperCertificates: wish.signers.map(({ certificate }) => certificate),
    Entitlements: wish.entitlements,
    ExpirationDate:
      wish.expires ?? new Date(wish.kind === 'development' ? '2027-02-01T00:00:00Z' : '2044-02-01T00:00:00Z'),
    Name: wish.name ?? `Example ${wish.kind} ${wish.identifier}`,
    ...(wish.kind === 'development' && { ProvisionedDevices: [...(wish.devices ?? [DEVICE])] }),
    ...(wish.kind === 'developer-id' && { ProvisionsAllDevices: true }),
    TeamIdentifier: [team],
    TeamName: 'Example',
    TimeToLive: 365,
    UUID: wish.uuid ?? '11111111-2222-3333-4444-555555555555',
    Version: 1,
  };
}

/** The DER layer lists certificates by their SHA-256 and says the kind of distribution. */
function derContents(dict: PlainDict, wish: ProfileWish): PlainDict {
  const hashes: Plain = wish.signers.map(({ certificate }) => createHash('sha256').update(certificate).digest());
  const kinds = { development: 'LIMITED', 'developer-id': 'DIRECT', store: 'STORE' };
  return { ...dict, DeveloperCertificates: hashes, ProfileDistributionType: kinds[wish.kind] };
}
