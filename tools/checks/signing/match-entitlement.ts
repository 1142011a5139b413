// match-entitlement.ts — one claimed entitlement and what the provisioning profile grants in, whether amfid lets it pass out.
//
// Measured on macOS 26 by stewartallen/smsc95xx-macos (reference/signing-entitlement-match.txt), and Apple TN3125:
// a boolean, a number and a dictionary must be equal; a string must be equal or begin as the grant does before its "*";
// every element of an array must be allowed by an element of the grant. A "*" inside a dictionary is an ordinary string.

import { isArray, isDict, type PlistDict, type PlistValue, samePlist } from '../../model/signing/plist.ts';

export const USB_TRANSPORT = 'com.apple.developer.driverkit.transport.usb';

/** Keys outside of com.apple.developer that only a provisioning profile can grant. */
const RESTRICTED: ReadonlySet<string> = new Set([
  'com.apple.application-identifier',
  'application-identifier',
  'keychain-access-groups',
]);

export type MatchRule = 'absent' | 'equal' | 'prefix' | 'every element' | 'literal dictionary';

export interface EntitlementMatch {
  readonly key: string;
  readonly claimed: PlistValue;
  readonly granted: PlistValue | undefined;
  readonly rule: MatchRule;
  readonly allowed: boolean;
}

/** Whether a key needs a provisioning profile that grants it. */
export function isRestricted(key: string): boolean {
  return key.startsWith('com.apple.developer.') || RESTRICTED.has(key);
}

/** Compares every restricted entitlement of a claim with a grant. */
export function matchEntitlements(claim: PlistDict, grant: PlistDict): readonly EntitlementMatch[] {
  return [...claim]
    .filter(([key]) => isRestricted(key))
    .map(([key, claimed]) => ({ key, claimed, granted: grant.get(key), ...match(claimed, grant.get(key)) }));
}

function match(claimed: PlistValue, granted: PlistValue | undefined): { rule: MatchRule; allowed: boolean } {
  if (granted === undefined) return { rule: 'absent', allowed: false };
  if (isArray(claimed)) return matchArray(claimed, granted);
  if (isArray(granted)) return { rule: 'every element', allowed: granted.some((value) => matchOne(claimed, value)) };
  return { rule: ruleFor(claimed, granted), allowed: matchOne(claimed, granted) };
}

function matchArray(claimed: readonly PlistValue[], granted: PlistValue): { rule: MatchRule; allowed: boolean } {
  const offers = isArray(granted) ? granted : typeof granted === 'string' ? [granted] : [];
  return {
    rule: claimed.some(isDict) ? 'literal dictionary' : 'every element',
    allowed: claimed.every((value) => offers.some((offer) => matchOne(value, offer))) && offers.length > 0,
  };
}

function ruleFor(claimed: PlistValue, granted: PlistValue): MatchRule {
  if (isDict(claimed)) return 'literal dictionary';
  return typeof granted === 'string' && granted.endsWith('*') ? 'prefix' : 'equal';
}

function matchOne(claimed: PlistValue, offer: PlistValue): boolean {
  if (typeof claimed === 'string' && typeof offer === 'string' && offer.endsWith('*')) {
    return claimed.startsWith(offer.slice(0, -1));
  }
  return samePlist(claimed, offer);
}
