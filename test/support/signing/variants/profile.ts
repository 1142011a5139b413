// profile.ts — wrong in the provisioning profiles.

import { DEXT_PATH } from '../bundle.ts';
import { appleDevelopment, developerId, FAKE, OTHER_TEAM } from '../fake-apple.ts';
import { DEVICE } from '../profile.ts';
import type { Variant } from '../variants.ts';
import { dextAfter, flip, part, profile } from './change.ts';

const HARDWARE_UUID = '12345678-1234-1234-1234-123456789ABC';
const EMBEDDED = `${DEXT_PATH}/embedded.provisionprofile`;

export const PROFILE_VARIANTS: readonly Variant[] = [
  {
    name: 'a dext without a provisioning profile',
    kind: 'developer-id',
    change: part('dext', () => ({ profile: null })),
    id: 'F20',
    rule: 'profile-missing',
    seen: /no embedded\.provisionprofile/,
  },
  {
    name: 'an app without a provisioning profile',
    kind: 'developer-id',
    change: part('app', () => ({ profile: null })),
    id: 'F76',
    rule: 'profile-missing',
    seen: /system-extension\.install/,
  },
  {
    name: 'a provisioning profile that breaks off',
    kind: 'developer-id',
    change: part('dext', ({ files }) => ({
      profile: null,
      files: new Map([...files, ['embedded.provisionprofile', Buffer.from('3082100006', 'hex')]]),
    })),
    id: 'F20',
    rule: 'profile-form',
    seen: /offset \d+/,
  },
  {
    name: 'a provisioning profile that was edited',
    kind: 'developer-id',
    change: profile('dext', () => ({ outer: { messageDigest: Buffer.alloc(20) } })),
    id: 'F20',
    rule: 'profile-signature',
    seen: /outer signature is about other content/,
  },
  {
    name: 'a provisioning profile that Apple did not sign',
    kind: 'developer-id',
    change: profile('dext', () => ({ outer: { signer: FAKE.strangerLeaf } })),
    id: 'F20',
    rule: 'profile-signature',
    seen: /Somebody/,
  },
  {
    name: 'a provisioning profile whose signature is broken',
    kind: 'developer-id',
    change: profile('dext', () => ({ outer: { flipSignature: true } })),
    id: 'F20',
    rule: 'profile-signature',
    seen: /not made by its signer's key/,
  },
  {
    name: 'a DER layer Apple did not sign',
    kind: 'developer-id',
    change: profile('dext', () => ({ inner: { signer: FAKE.strangerLeaf } })),
    id: 'F20',
    rule: 'profile-der-signature',
    seen: /DER signature ends in Somebody/,
  },
  {
    name: 'a DER layer whose signature is broken',
    kind: 'developer-id',
    change: profile('dext', () => ({ inner: { messageDigest: Buffer.alloc(32) } })),
    id: 'F20',
    rule: 'profile-der-signature',
    seen: /DER signature is about other content/,
  },
  {
    name: 'layers that say different things',
    kind: 'developer-id',
    change: profile('dext', () => ({ xmlOnly: { UUID: '99999999-0000-0000-0000-000000000000' } })),
    id: 'F20',
    rule: 'profile-layers',
    seen: /UUID is "99999999/,
  },
  {
    name: 'an expired development profile',
    kind: 'development',
    change: profile('dext', () => ({
      created: new Date('2025-02-01T00:00:00Z'),
      expires: new Date('2026-02-01T00:00:00Z'),
    })),
    id: 'F27',
    rule: 'profile-validity',
    seen: /to 2026-02-01/,
  },
  {
    name: 'a profile that is not valid yet',
    kind: 'development',
    change: profile('dext', () => ({ created: new Date('2026-08-01T00:00:00Z') })),
    id: 'F27',
    rule: 'profile-validity',
    seen: /from 2026-08-01/,
  },
  {
    name: 'a profile that expires soon',
    kind: 'development',
    change: profile('dext', () => ({ expires: new Date('2026-06-10T00:00:00Z') })),
    options: { target: { distribution: 'development' } },
    id: 'F27',
    rule: 'profile-expires-soon',
    level: 'warn',
    seen: /in 9 days/,
  },
  {
    name: 'a Mac that is not in the profile',
    kind: 'development',
    change: profile('dext', () => ({ devices: ['00008103-FFFFFFFFFFFFFFFF'] })),
    options: { device: DEVICE },
    id: 'F26',
    rule: 'profile-device',
    seen: /00008103-000A1B2C3D4E5F60/,
  },
  {
    name: 'a profile with Hardware UUIDs only',
    kind: 'development',
    change: profile('dext', () => ({ devices: [HARDWARE_UUID] })),
    id: 'F26',
    rule: 'profile-device-shape',
    level: 'warn',
    seen: /Hardware UUIDs/,
  },
  {
    name: 'a profile without the signing certificate',
    kind: 'development',
    change: profile('dext', () => ({
      signers: [appleDevelopment({ name: 'Apple Development: Al Other (O1T2H3E4R5)' })],
    })),
    id: 'F28',
    rule: 'profile-certificate',
    seen: /Al Other/,
  },
  {
    name: 'a profile with certificates of another team',
    kind: 'developer-id',
    change: profile('dext', ({ signers }) => ({ signers: [...signers, developerId({ unit: OTHER_TEAM })] })),
    id: 'F28',
    rule: 'profile-team',
    seen: /Z9Y8X7W6V5/,
  },
  {
    name: 'a store profile, which runs nowhere by itself',
    kind: 'developer-id',
    change: profile('dext', () => ({ kind: 'store' })),
    id: 'F20',
    rule: 'profile-store',
    seen: /ProvisionsAllDevices/,
  },
  {
    name: 'a development profile around a Developer ID certificate',
    kind: 'developer-id',
    change: profile('dext', () => ({ kind: 'development' })),
    id: 'F28',
    rule: 'profile-kind',
    seen: /development profile for Developer ID/,
  },
  {
    name: 'the profile of another bundle id',
    kind: 'developer-id',
    change: profile('dext', ({ entitlements }) => ({
      entitlements: { ...entitlements, 'com.apple.application-identifier': 'A1B2C3D4E5.com.example.other' },
    })),
    id: 'F20',
    rule: 'entitlements-application-id',
    seen: /com\.example\.other/,
  },
  {
    name: 'a profile that changed after signing',
    kind: 'developer-id',
    change: dextAfter((files) => flip(files, EMBEDDED, -40)),
    id: 'F20',
    rule: 'profile-signature',
    seen: /not made by/,
  },
];
