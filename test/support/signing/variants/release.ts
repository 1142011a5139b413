// release.ts — what a build for everybody has to have, or may not have.

import type { Variant } from '../variants.ts';
import { after, both, claim, profile, signature } from './change.ts';

export const RELEASE_VARIANTS: readonly Variant[] = [
  {
    name: 'a release without a secure timestamp',
    kind: 'developer-id',
    change: signature('dext', { timestamp: undefined }),
    id: 'F12',
    rule: 'distribution-timestamp',
    seen: /own time/,
  },
  {
    name: 'a release without the hardened runtime',
    kind: 'developer-id',
    change: signature('dext', { flags: 0 }),
    id: 'F13',
    rule: 'distribution-runtime',
    seen: /0x10000/,
  },
  {
    name: 'a release with get-task-allow',
    kind: 'developer-id',
    change: claim('app', { 'com.apple.security.get-task-allow': true }),
    id: 'F14',
    rule: 'distribution-get-task-allow',
    seen: /get-task-allow/,
  },
  {
    name: 'a release any app may open',
    kind: 'developer-id',
    change: both(
      claim('dext', { 'com.apple.developer.driverkit.allow-any-userclient-access': false }),
      profile('dext', ({ entitlements }) => ({
        entitlements: { ...entitlements, 'com.apple.developer.driverkit.allow-any-userclient-access': false },
      })),
    ),
    id: 'F66',
    rule: 'distribution-any-client',
    level: 'warn',
    seen: /= false/,
  },
  {
    name: 'a development build meant for everybody',
    kind: 'development',
    change: both(
      claim('dext', { 'com.apple.security.get-task-allow': undefined }),
      claim('app', { 'com.apple.security.get-task-allow': undefined }),
    ),
    options: { target: { distribution: 'developer-id' } },
    id: 'F11',
    rule: 'distribution-certificate',
    seen: /Apple Development/,
  },
  {
    name: 'an app without a stapled ticket',
    kind: 'developer-id',
    change: (recipe) => ({ ...recipe, stapled: false }),
    id: 'F36',
    rule: 'ticket-present',
    level: 'warn',
    seen: /no Contents\/CodeResources/,
  },
  {
    name: 'a ticket of another build',
    kind: 'developer-id',
    change: after((files) => void files.set('Contents/CodeResources', Buffer.alloc(200, 's8ch'))),
    id: 'F16',
    rule: 'ticket-cdhash',
    level: 'warn',
    seen: /cdhash/,
  },
];
