// signature.ts — a signature that is missing, breaks off, or says two things.

import { blob } from '../code-signature.ts';
import { type PlainDict, xmlPlist } from '../plist.ts';
import type { Variant } from '../variants.ts';
import { part, signature } from './change.ts';

/** Entitlements with a comment Apple's kernel parser stumbles on. */
function commented(entitlements: PlainDict): Buffer {
  return Buffer.from(xmlPlist(entitlements).toString().replace('<dict>', '<dict><!-- vendors -- all of them -->'));
}

export const SIGNATURE_VARIANTS: readonly Variant[] = [
  {
    name: 'a dext that is not signed',
    kind: 'developer-id',
    change: part('dext', () => ({ signature: null })),
    id: 'F09',
    rule: 'signature-present',
    seen: /no LC_CODE_SIGNATURE/,
  },
  {
    name: 'an app that is not signed',
    kind: 'developer-id',
    change: part('app', () => ({ signature: null })),
    id: 'F09',
    rule: 'signature-present',
    seen: /no LC_CODE_SIGNATURE/,
  },
  {
    name: 'entitlements that say different things in XML and in DER',
    kind: 'developer-id',
    change: signature('app', { entitlementsXml: xmlPlist({ 'com.apple.developer.system-extension.install': true }) }),
    id: 'F42',
    rule: 'entitlements-forms',
    seen: /com\.apple\.application-identifier is nothing in XML/,
  },
  {
    name: 'entitlements without the DER form',
    kind: 'developer-id',
    change: signature('dext', { withoutDer: true }),
    id: 'F24',
    rule: 'entitlements-der',
    level: 'warn',
    seen: /XML only/,
  },
  {
    name: 'entitlements with a comment that stops the kernel',
    kind: 'developer-id',
    change: (recipe) => signature('dext', { entitlementsXml: commented(recipe.dext.entitlements) })(recipe),
    id: 'F04',
    rule: 'entitlements-xml',
    seen: /comment with "--" inside at offset \d+, line 4/,
  },
  {
    name: 'a signature for another bundle id',
    kind: 'developer-id',
    change: signature('dext', { identifier: 'com.example.other' }),
    id: 'F42',
    rule: 'signature-identifier',
    seen: /com\.example\.other/,
  },
  {
    name: 'a signature that breaks off',
    kind: 'developer-id',
    change: signature('dext', {
      tamper: (blobs) => blobs.set(0x10000, blob(0xfade0b01, Buffer.from([0x30, 0x82, 0x10, 0x00, 0x06]))),
    }),
    id: 'F42',
    rule: 'signature-form',
    seen: /offset \d+/,
  },
];
