// signer.ts — signed by the wrong one: certificates, chains, timestamps.

import { issue } from '../authority.ts';
import { DEXT_ID } from '../bundle.ts';
import { appleDevelopment, developerId, FAKE, OTHER_TEAM, TEAM } from '../fake-apple.ts';
import { developerIdRequirements } from '../requirement.ts';
import type { Variant } from '../variants.ts';
import { both, part, profile, signature } from './change.ts';

/** A dext signed by somebody its profile knows. */
function signedBy(identity: ReturnType<typeof developerId>) {
  return both(
    part('dext', () => ({ signer: identity })),
    profile('dext', () => ({ signers: [identity] })),
  );
}

const expired = developerId({ to: new Date('2026-01-01T00:00:00Z') });

const noAuthority = issue({ name: 'Test Developer ID CA, not really', issuer: FAKE.root, key: FAKE.root.key });

export const SIGNER_VARIANTS: readonly Variant[] = [
  {
    name: 'code that does not meet its own requirement',
    kind: 'developer-id',
    change: signature('dext', { requirements: developerIdRequirements(DEXT_ID, OTHER_TEAM) }),
    id: 'F24',
    rule: 'signer-requirement',
    seen: /subject\.OU\] = "Z9Y8X7W6V5"/,
  },
  {
    name: 'an ad-hoc signature with restricted entitlements',
    kind: 'development',
    change: part('dext', () => ({ signer: 'adhoc' as const })),
    id: 'F21',
    rule: 'signer-adhoc',
    seen: /com\.apple\.developer\.driverkit/,
  },
  {
    name: 'a signature that was not made by its key',
    kind: 'developer-id',
    change: signature('dext', { cms: { flipSignature: true } }),
    id: 'F42',
    rule: 'signer-cms',
    seen: /was not made by its signer's key/,
  },
  {
    name: 'a signature over another code directory',
    kind: 'developer-id',
    change: signature('dext', { cms: { messageDigest: Buffer.alloc(32) } }),
    id: 'F42',
    rule: 'signer-cms',
    seen: /message digest differs/,
  },
  {
    name: 'a signature without its certificates',
    kind: 'developer-id',
    change: signature('dext', { cms: { certificates: [] } }),
    id: 'F42',
    rule: 'signer-present',
    seen: /certificate of its signer/,
  },
  {
    name: 'a code directory the signer did not list',
    kind: 'developer-id',
    change: signature('dext', { hashes: ['sha1', 'sha256'], listed: [Buffer.alloc(20), Buffer.alloc(32)] }),
    id: 'F42',
    rule: 'signer-agility',
    seen: /list of cdhashes/,
  },
  {
    name: 'a chain without its intermediate',
    kind: 'developer-id',
    change: signature('dext', { cms: { certificates: [FAKE.developerId.certificate] } }),
    id: 'F23',
    rule: 'signer-chain',
    seen: /Test Developer ID CA/,
  },
  {
    name: "a root that is not Apple's",
    kind: 'developer-id',
    change: signedBy(FAKE.strangerLeaf),
    id: 'F22',
    rule: 'signer-chain',
    seen: /Somebody/,
  },
  {
    name: 'an intermediate that is no authority',
    kind: 'developer-id',
    change: signedBy(developerId({ issuer: noAuthority })),
    id: 'F22',
    rule: 'signer-chain',
    seen: /no certificate authority/,
  },
  {
    name: 'a Developer ID certificate that had expired when the timestamp was made',
    kind: 'developer-id',
    change: signedBy(expired),
    id: 'F27',
    rule: 'signer-validity',
    seen: /2026-01-01/,
  },
  {
    name: 'a development certificate that has expired',
    kind: 'development',
    change: signedBy(appleDevelopment({ to: new Date('2026-04-01T00:00:00Z') })),
    id: 'F27',
    rule: 'signer-validity',
    seen: /expired on 2026-04-01/,
  },
  {
    name: 'a team in the signature that is not the certificate’s',
    kind: 'developer-id',
    change: signature('dext', { team: OTHER_TEAM }),
    id: 'F42',
    rule: 'signer-team',
    seen: new RegExp(`${OTHER_TEAM}.*${TEAM}`),
  },
  {
    name: 'a timestamp of another signature',
    kind: 'developer-id',
    change: signature('dext', {
      cms: {
        timestamp: { authority: FAKE.timestamper, time: new Date('2026-03-01T12:00:05Z'), imprint: Buffer.alloc(32) },
      },
    }),
    id: 'F12',
    rule: 'signer-timestamp',
    seen: /another signature/,
  },
  {
    name: 'a timestamp by somebody who may not',
    kind: 'developer-id',
    change: signature('dext', {
      cms: { timestamp: { authority: FAKE.developerId, time: new Date('2026-03-01T12:00:05Z') } },
    }),
    id: 'F12',
    rule: 'signer-timestamp',
    seen: /other things/,
  },
  {
    name: 'an authority that ends soon',
    kind: 'developer-id',
    change: signedBy(
      developerId({
        issuer: issue({
          name: 'Developer ID Certification Authority',
          issuer: FAKE.root,
          key: FAKE.root.key,
          isAuthority: true,
          marks: ['1.2.840.113635.100.6.2.6'],
          to: new Date('2026-09-01T00:00:00Z'),
        }),
      }),
    ),
    options: { target: { distribution: 'developer-id' } },
    id: 'F84',
    rule: 'signer-authority',
    level: 'warn',
    seen: /2026-09-01/,
  },
];
