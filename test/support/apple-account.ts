// apple-account.ts — what Apple's side would answer: certificates for requests, profiles for certificates and devices.

import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { readWholeAsn1 } from '../../tools/model/signing/asn1.ts';
import { bitString } from '../../tools/model/signing/asn1-values.ts';
import { View } from '../../tools/model/signing/view.ts';
import type { Complete } from './app-store-connect.ts';
import type { Identity } from './signing/authority.ts';
import { appleDevelopment, developerId, FAKE, TEAM } from './signing/fake-apple.ts';
import type { PlainDict } from './signing/plist.ts';
import { makeProfile } from './signing/profile.ts';

const issued = new Map<string, Identity>();

/** A certificate for a request whose signature holds, as `CertificationRequest` of RFC 2986 has it. */
export function certificateFor(csr: string, type = 'DEVELOPMENT'): Buffer {
  const request = readWholeAsn1(new View(Buffer.from(csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')), 'request');
  const info = request.child(0, 'info');
  const publicKey = Buffer.from(info.child(2, 'public key').whole.bytes);
  const key = createPublicKey({ key: publicKey, format: 'der', type: 'spki' });
  if (!verify('sha256', info.whole.bytes, key, bitString(request.child(2, 'signature')).bytes))
    throw new Error('the request is not signed by its key');
  const wish = { key: { private: FAKE.relations.key.private, info: publicKey, kind: 'rsa' as const } };
  const identity = type === 'DEVELOPMENT' ? appleDevelopment(wish) : developerId(wish);
  issued.set(identity.certificate.toString('base64'), identity);
  return identity.certificate;
}

export interface ProfileContent {
  readonly name: string;
  readonly bundleId: string;
  readonly kind: 'development' | 'developer-id';
  readonly entitlements?: PlainDict;
  /** In base64, as `certificateFor` issued them; one of a colleague's otherwise. */
  readonly certificates?: readonly string[];
  readonly devices?: readonly string[];
  readonly expires?: Date;
  readonly genuine?: boolean;
}

export function profileBytes(content: ProfileContent): Buffer {
  const { name, bundleId, kind, entitlements = {}, certificates = [], devices = [] } = content;
  const ours = certificates.flatMap((certificate) => issued.get(certificate) ?? []);
  const others = kind === 'development' ? FAKE.development : FAKE.developerId;
  return makeProfile({
    name,
    uuid: randomUUID(),
    kind,
    identifier: bundleId,
    signers: ours.length > 0 ? ours : [others],
    devices,
    entitlements: {
      'com.apple.application-identifier': `${TEAM}.${bundleId}`,
      'com.apple.developer.team-identifier': TEAM,
      ...entitlements,
    },
    ...(content.expires ? { expires: content.expires } : {}),
    ...(content.genuine === false ? { outer: { signer: FAKE.strangerLeaf } } : {}),
  });
}

/** What Apple adds to a new resource. */
export const complete: Complete = (made, all) => {
  const attributes = made.attributes as Record<string, string>;
  const targets = (name: string) =>
    [made.relationships[name]?.data ?? []]
      .flat()
      .map((target) => all.find(({ id }) => id === (target as { id: string }).id));
  switch (made.type) {
    case 'certificates': {
      const certificateContent = certificateFor(attributes.csrContent ?? '', attributes.certificateType).toString(
        'base64',
      );
      return { certificateContent, name: 'Apple Development: Example', serialNumber: '01' };
    }
    case 'devices':
      return { status: 'ENABLED', deviceClass: 'MAC' };
    case 'profiles': {
      const content = profileBytes({
        name: attributes.name ?? '',
        bundleId: String(targets('bundleId')[0]?.attributes.identifier),
        kind: attributes.profileType === 'MAC_APP_DEVELOPMENT' ? 'development' : 'developer-id',
        entitlements: { 'com.apple.developer.system-extension.install': true },
        certificates: targets('certificates').map((one) => String(one?.attributes.certificateContent)),
        devices: targets('devices').map((one) => String(one?.attributes.udid)),
      });
      return { profileState: 'ACTIVE', profileContent: content.toString('base64') };
    }
    default:
      return {};
  }
};
