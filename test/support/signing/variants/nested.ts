// nested.ts — wrong in code an app brings besides its dext: a helper program, a framework.

import { OTHER_TEAM } from '../fake-apple.ts';
import { HELPER_PATH, type NestedWish, withNestedCode } from '../nested-code.ts';
import type { Variant } from '../variants.ts';
import { after, both, flip } from './change.ts';

const nested = (wish: NestedWish = {}) => withNestedCode(wish);
const FRAMEWORK = 'Contents/Frameworks/Ports.framework';

export const NESTED_VARIANTS: readonly Variant[] = [
  {
    name: 'a changed page of a helper program',
    kind: 'developer-id',
    change: both(
      nested(),
      after((files) => flip(files, HELPER_PATH, 20_000)),
    ),
    id: 'F42',
    rule: 'signature-pages',
    seen: /pages at 0x4/,
  },
  {
    name: 'a helper program with entitlements only a provisioning profile grants',
    kind: 'developer-id',
    change: nested({ helperEntitlements: { 'com.apple.developer.driverkit.userclient-access': ['x'] } }),
    id: 'F29',
    rule: 'profile-missing',
    seen: /userclient-access/,
  },
  {
    name: 'a helper program of another team in its signature than in its certificate',
    kind: 'developer-id',
    change: nested({ helperTeam: OTHER_TEAM }),
    id: 'F42',
    rule: 'signer-team',
    seen: /Z9Y8X7W6V5/,
  },
  {
    name: 'a framework whose resource changed',
    kind: 'developer-id',
    change: both(
      nested(),
      after((files) => void files.set(`${FRAMEWORK}/Versions/A/Resources/words.txt`, Buffer.from('other words'))),
    ),
    id: 'F07',
    rule: 'seal-files',
    seen: /Resources\/words\.txt/,
  },
  {
    name: 'a helper program that is gone',
    kind: 'developer-id',
    change: both(
      nested(),
      after((files) => void files.delete(HELPER_PATH)),
    ),
    id: 'F07',
    rule: 'seal-files',
    seen: /missing: Helpers\/ports-helper/,
  },
  {
    name: 'a link that leads elsewhere',
    kind: 'developer-id',
    change: both(
      nested(),
      after((files) => void files.set('Contents/Resources/link', '/etc/passwd')),
    ),
    id: 'F07',
    rule: 'seal-files',
    seen: /changed: Resources\/link/,
  },
];
