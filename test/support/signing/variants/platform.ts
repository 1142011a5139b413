// platform.ts — built for another system, processor or version than it meets.

import { DEXT_ID } from '../bundle.ts';
import { OTHER_TEAM } from '../fake-apple.ts';
import type { Variant } from '../variants.ts';
import { info, slices } from './change.ts';

export const PLATFORM_VARIANTS: readonly Variant[] = [
  {
    name: 'a dext built for macOS',
    kind: 'developer-id',
    change: slices('dext', (all) => all.map((slice) => ({ ...slice, platform: 1, minimum: '12.0' }))),
    id: 'F53',
    rule: 'program-platform',
    seen: /platform 1\b/,
  },
  {
    name: 'a dext that does not say its platform',
    kind: 'developer-id',
    change: slices('dext', (all) => all.map((slice) => ({ ...slice, platform: undefined }))),
    id: 'F53',
    rule: 'program-platform',
    seen: /no LC_BUILD_VERSION/,
  },
  {
    name: 'a dext for Intel alone',
    kind: 'developer-id',
    change: slices('dext', (all) => all.slice(0, 1)),
    id: 'F52',
    rule: 'program-architecture',
    level: 'warn',
    seen: /none for arm64/,
  },
  {
    name: 'a dext without a slice for the processor asked about',
    kind: 'developer-id',
    change: slices('dext', (all) => all.slice(1)),
    options: { target: { architecture: 'x86_64' } },
    id: 'F52',
    rule: 'program-architecture',
    seen: /none for x86_64/,
  },
  {
    name: 'a dext for a newer system',
    kind: 'developer-id',
    change: slices('dext', (all) => all.map((slice) => ({ ...slice, minimum: '24.0' }))),
    options: { target: { macos: '14.4' } },
    id: 'F54',
    rule: 'program-minimum',
    seen: /DriverKit 24\.0, which is macOS 15\.0/,
  },
  {
    name: 'an OSMinimumDriverKitVersion above the system',
    kind: 'developer-id',
    change: info('dext', { OSMinimumDriverKitVersion: '25.0' }),
    options: { target: { macos: '15.4' } },
    id: 'F54',
    rule: 'program-minimum',
    seen: /OSMinimumDriverKitVersion is 25\.0/,
  },
  {
    name: 'a version that is installed already with other code',
    kind: 'developer-id',
    change: (recipe) => recipe,
    options: { installed: [{ identifier: DEXT_ID, build: '42', cdhashes: ['00'.repeat(20)] }] },
    id: 'F68',
    rule: 'installed-version',
    seen: /version 42 is installed/,
  },
  {
    name: 'a version of another team that is installed already',
    kind: 'developer-id',
    change: (recipe) => recipe,
    options: { installed: [{ identifier: DEXT_ID, build: '41', team: OTHER_TEAM, cdhashes: [] }] },
    id: 'F49',
    rule: 'installed-team',
    level: 'warn',
    seen: /Z9Y8X7W6V5/,
  },
];
