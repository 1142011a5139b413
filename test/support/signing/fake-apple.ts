// fake-apple.ts — a certificate world as Apple's is, with roots of our own: every test verifies against these.

import { type Certificate, certificateFrom } from '../../../tools/model/signing/certificate.ts';
import { type Identity, issue, makeKey, type Wish } from './authority.ts';

export const TEAM = 'A1B2C3D4E5';
export const OTHER_TEAM = 'Z9Y8X7W6V5';

const MARK = '1.2.840.113635.100.6';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';

// Making an RSA key takes a tenth of a second and more: the authorities share one, told apart by their names.
const authorityKey = makeKey('rsa');
const leafKey = makeKey('rsa');

const root = issue({ name: 'Test Root CA', isAuthority: true, key: authorityKey });
const rootG3 = issue({ name: 'Test Root CA - G3', isAuthority: true, key: makeKey('ec') });
const relations = issue({
  name: 'Test Developer Relations CA',
  issuer: root,
  isAuthority: true,
  key: authorityKey,
  marks: [`${MARK}.2.1`],
});
const integration = issue({
  name: 'Test System Integration CA 4',
  issuer: rootG3,
  isAuthority: true,
  key: makeKey('ec'),
});
const timestamps = issue({ name: 'Test Timestamp CA', issuer: root, isAuthority: true, key: authorityKey });
export const developerIdAuthority = issue({
  name: 'Test Developer ID CA',
  issuer: root,
  isAuthority: true,
  key: authorityKey,
  marks: [`${MARK}.2.6`],
});
const strangerRoot = issue({ name: 'Somebody', isAuthority: true, key: makeKey('ec') });

/** A Developer ID Application certificate. */
export function developerId(wish: Partial<Wish> = {}): Identity {
  return issue({
    name: `Developer ID Application: Example (${wish.unit ?? TEAM})`,
    unit: TEAM,
    issuer: developerIdAuthority,
    key: leafKey,
    usages: [CODE_SIGNING],
    marks: [`${MARK}.1.13`],
    from: new Date('2024-01-01T00:00:00Z'),
    to: new Date('2029-01-01T00:00:00Z'),
    ...wish,
  });
}

/** An Apple Development certificate. */
export function appleDevelopment(wish: Partial<Wish> = {}): Identity {
  return developerId({
    name: 'Apple Development: Jo Example (P1Q2R3S4T5)',
    issuer: relations,
    marks: [`${MARK}.1.12`, `${MARK}.1.2`],
    from: new Date('2026-01-01T00:00:00Z'),
    to: new Date('2027-01-01T00:00:00Z'),
    ...wish,
  });
}

export const FAKE = {
  root,
  rootG3,
  relations,
  developerId: developerId(),
  development: appleDevelopment(),
  profileSigner: issue({
    name: 'Test Provisioning Profile Signing',
    key: leafKey,
    issuer: relations,
    to: new Date('2028-01-01T00:00:00Z'),
  }),
  derSigner: issue({ name: 'Test WWDR Provisioning Profile Signing', issuer: integration, key: makeKey('ec') }),
  timestamper: issue({
    name: 'Test Timestamp Signer',
    key: leafKey,
    issuer: timestamps,
    usages: ['1.3.6.1.5.5.7.3.8'],
  }),
  stranger: strangerRoot,
  strangerLeaf: developerId({ issuer: strangerRoot }),
} as const;

/** What the tools trust in tests, in the place of Apple's roots. */
export const FAKE_ROOTS: readonly Certificate[] = [root, rootG3].map(({ certificate }) => certificateFrom(certificate));
