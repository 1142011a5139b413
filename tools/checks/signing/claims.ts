// claims.ts — what we wish and what a profile grants in, the entitlements to sign with out: never more than either.

import type { GrantedProfile } from '../../model/apple/granted-profile.ts';

import { asArray, asDictionary, asText, type Dictionary, type PlistValue } from '../../model/apple/property-list.ts';
import { AS_GRANTED, type BundleWishes, type Purpose, type Wish } from '../../model/apple/signing-wishes.ts';
import { type UsbAdapter, usbId } from '../../model/apple/usb-adapter.ts';

/** What a profile says that decides about claims. */
export type Grant = Pick<GrantedProfile, 'name' | 'purpose' | 'team' | 'bundleId' | 'entitlements'>;

export interface Claims {
  /** In alphabetical order. */
  readonly entitlements: Dictionary;
  /** Why signing with these would not do; empty when it will. */
  readonly problems: readonly ClaimProblem[];
}

export interface ClaimProblem {
  readonly entitlement: string;
  readonly seen: string;
  readonly fix: string;
}

const USB = 'com.apple.developer.driverkit.transport.usb';
const ANY_CLIENT = 'com.apple.developer.driverkit.allow-any-userclient-access';
/** Never in a release: the first lets every program at the driver, the second keeps the notary from accepting it. */
const DEVELOPMENT_ONLY: readonly string[] = [ANY_CLIENT, 'com.apple.security.get-task-allow'];

const IDENTITY_KEYS = ['com.apple.application-identifier', 'com.apple.developer.team-identifier'];

/** Apple TN3125: everything else is free for all. */
const isRestricted = (entitlement: string) =>
  entitlement.startsWith('com.apple.developer.') ||
  entitlement === 'com.apple.application-identifier' ||
  entitlement === 'keychain-access-groups';

export function claim(wishes: BundleWishes, profile: Grant, adapters: readonly UsbAdapter[]): Claims {
  const problems: ClaimProblem[] = [...misfits(wishes, profile)];
  const entitlements: Record<string, PlistValue> = identity(wishes, profile);
  for (const [entitlement, wish] of Object.entries(wishes.entitlements)) {
    const { value, problem } = claimOne(entitlement, wish, profile, adapters);
    if (problem) problems.push({ entitlement, ...problem });
    else if (value !== undefined) entitlements[entitlement] = value;
  }
  return {
    entitlements: Object.fromEntries(Object.entries(entitlements).sort(([a], [b]) => (a < b ? -1 : 1))),
    problems,
  };
}

function identity({ bundleId }: BundleWishes, profile: Grant): Record<string, PlistValue> {
  const [application = '', team = ''] = IDENTITY_KEYS;
  return {
    [application]: `${profile.team}.${bundleId}`,
    ...(profile.entitlements[team] === undefined ? {} : { [team]: profile.team }),
  };
}

function* misfits({ bundleId }: BundleWishes, profile: Grant): Generator<ClaimProblem> {
  const fits = profile.bundleId.endsWith('*')
    ? bundleId.startsWith(profile.bundleId.slice(0, -1))
    : bundleId === profile.bundleId;
  if (fits) return;
  const entitlement = 'com.apple.application-identifier';
  yield {
    entitlement,
    seen: `"${profile.name}" is for ${profile.bundleId}, not for ${bundleId}`,
    fix: 'Make a profile for this App ID.',
  };
}

interface One {
  readonly value?: PlistValue;
  readonly problem?: Omit<ClaimProblem, 'entitlement'>;
}

function claimOne(entitlement: string, wish: Wish, profile: Grant, adapters: readonly UsbAdapter[]): One {
  if (wish === false) return {};
  if (profile.purpose !== 'development' && DEVELOPMENT_ONLY.includes(entitlement)) {
    return { problem: { seen: 'it is for development only', fix: 'Take it out of profiles/release.json.' } };
  }
  if (!isRestricted(entitlement)) return { value: plain(wish) };
  const granted = profile.entitlements[entitlement];
  if (granted === undefined)
    return { problem: { seen: `"${profile.name}" does not grant it`, fix: capabilityFix(profile.purpose) } };
  if (entitlement === USB) return claimUsb(granted, profile, adapters);
  if (wish === AS_GRANTED) return { value: granted };
  if (covers(granted, plain(wish))) return { value: plain(wish) };
  return {
    problem: {
      seen: `wished ${JSON.stringify(wish)}, granted ${JSON.stringify(granted)}`,
      fix: 'Wish what is granted, or ask Apple for it.',
    },
  };
}

const plain = (wish: Wish): PlistValue => (Array.isArray(wish) ? [...wish] : (wish as boolean | string));

/** Equal; a text may also be covered by a beginning with `*`; of a list, each element by some element. Never dictionaries. */
function covers(granted: PlistValue | undefined, wished: PlistValue): boolean {
  if (Array.isArray(wished))
    return Array.isArray(granted) && wished.every((item) => granted.some((grant) => covers(grant, item)));
  if (typeof wished === 'string' && typeof granted === 'string' && granted.endsWith('*'))
    return wished.startsWith(granted.slice(0, -1));
  return granted === wished;
}

/** What to say where a driver would be signed, or an entitlement asked for, that serves nothing. */
export const NO_ADAPTER = {
  seen: 'firmware-info describes no adapter that is not for tests',
  fix: 'Describe yours in firmware-info/<vendor>-<model>/device.json, or name one in "adapters" in the wishes.',
} as const;

/** Elements are claimed as they are granted: macOS compares dictionaries literally, "*" included. */
function claimUsb(granted: PlistValue, profile: Grant, adapters: readonly UsbAdapter[]): One {
  if (adapters.length === 0) return { problem: NO_ADAPTER };
  const elements = asArray(granted).filter((element) =>
    adapters.some((adapter) => coversDevice(asDictionary(element), adapter)),
  );
  const anyVendor = elements.some((element) => asText(asDictionary(element).idVendor) === '*');
  if (anyVendor && profile.purpose !== 'development') {
    return {
      problem: {
        seen: `"${profile.name}" grants every vendor, which is a development grant`,
        fix: 'Make the profile with the approved entitlements.',
      },
    };
  }
  const left = adapters.filter((adapter) => !elements.some((element) => coversDevice(asDictionary(element), adapter)));
  if (left.length === 0) return { value: elements };
  const names = left.map(({ name, vendorId }) => `${name} (vendor ${usbId(vendorId)})`).join(', ');
  return {
    problem: {
      seen: `"${profile.name}" does not cover ${names}`,
      fix: 'Ask Apple for this vendor id (tools/provision request), or leave the adapter out of "adapters" in the wishes.',
    },
  };
}

function coversDevice(element: Dictionary, { vendorId, productId }: UsbAdapter): boolean {
  const { idVendor, idProduct, idProductArray } = element;
  if (idVendor !== '*' && idVendor !== vendorId) return false;
  if (Array.isArray(idProductArray)) return idProductArray.includes(productId);
  return idProduct === undefined || idProduct === '*' || idProduct === productId;
}

const capabilityFix = (purpose: Purpose | 'store') =>
  purpose === 'development'
    ? 'Tick its "(development)" capability at the App ID, then generate the profile again and download it.'
    : 'Once Apple approved it, choose it under "Additional Entitlements" when you generate the profile again.';
