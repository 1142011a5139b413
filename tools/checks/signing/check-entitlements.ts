// check-entitlements.ts — what a program claims against what its provisioning profile grants, as amfid compares them.

import type { Finding, Trouble } from '../../model/finding.ts';
import { commonName } from '../../model/signing/certificate.ts';
import { same } from '../../model/signing/crypto.ts';
import { type PlistDict, show, stringAt } from '../../model/signing/plist.ts';
import type { Profile } from '../../model/signing/profile.ts';
import type { CatalogueId } from './catalogue.ts';
import { type EntitlementMatch, isRestricted, matchEntitlements, USB_TRANSPORT } from './match-entitlement.ts';
import { fine, trouble } from './report-trouble.ts';
import type { SlicesSigner } from './signer.ts';
import type { Subject } from './subject.ts';

/** A program that claims nothing restricted needs no profile, and none is looked at; nor what Apple itself signed. */
export function checkEntitlements(
  subject: Subject,
  claim: PlistDict,
  signer: SlicesSigner | undefined,
): readonly Finding[] {
  const restricted = [...claim.keys()].filter(isRestricted);
  if (restricted.length === 0 || signer?.kind === 'apple') return [];
  if (!subject.profile) return [missingProfile(subject, restricted)];
  if (!subject.profile.ok) {
    return [
      trouble('F20', 'profile-form', {
        subject: subject.profilePath,
        title: 'the provisioning profile cannot be read',
        seen: subject.profile.error.message,
        fix: 'Download the provisioning profile from the portal again.',
      }),
    ];
  }
  const profile = subject.profile.value;
  if (profile.kind === 'store') return [storeProfile(subject, profile)];
  const identity = checkApplicationId(subject, claim, profile);
  const found = [
    ...checkSigningCertificate(subject, profile, signer),
    ...identity,
    ...checkGrants(subject, claim, profile, identity.length > 0),
  ];
  return found.length > 0
    ? found
    : [
        fine(
          'entitlements',
          subject.program.path,
          `${profile.name} grants all ${restricted.length} restricted entitlements`,
        ),
      ];
}

function missingProfile(subject: Subject, restricted: readonly string[]): Trouble {
  const seen = `no embedded.provisionprofile; claimed: ${restricted.join(', ')}`;
  switch (subject.kind) {
    case 'tool':
      return trouble('F29', 'profile-missing', { subject: subject.path, seen, related: ['F18', 'F20'] });
    case 'app':
      return trouble('F76', 'profile-missing', {
        subject: subject.path,
        title: 'the app claims restricted entitlements but embeds no provisioning profile',
        seen,
        consequence:
          'amfid: Code=-413 "No matching profile found"; the app never appears, or NSPOSIXErrorDomain Code=163 "Launchd job spawn failed"',
        related: ['F17', 'F18', 'F20'],
      });
    default:
      return trouble('F20', 'profile-missing', {
        subject: subject.path,
        title: 'no provisioning profile is embedded',
        seen,
        fix: 'Put the provisioning profile into the bundle as embedded.provisionprofile before signing.',
        related: ['F51'],
      });
  }
}

/** The store signs again what it sells; nothing runs on a store profile by itself. */
function storeProfile(subject: Subject, profile: Profile): Trouble {
  return trouble('F20', 'profile-store', {
    subject: subject.profilePath,
    title: 'the provisioning profile is one for the store, on which nothing runs directly',
    seen: `${profile.name} has neither ProvisionedDevices nor ProvisionsAllDevices`,
    fix: 'Use a development or a Developer ID provisioning profile.',
    related: [companion(subject)],
  });
}

/** The signing certificate has to be one of the profile's, byte for byte. */
function checkSigningCertificate(
  subject: Subject,
  profile: Profile,
  signer: SlicesSigner | undefined,
): readonly Trouble[] {
  if (!signer || profile.certificates.some((certificate) => same(certificate.bytes, signer.certificate.bytes)))
    return [];
  return [
    trouble('F28', 'profile-certificate', {
      subject: subject.program.path,
      seen: `signed by ${commonName(signer.certificate)}; ${profile.name} holds ${profile.certificates.map(commonName).join(', ')}`,
      related: ['F20'],
    }),
  ];
}

/** The profile has to be for this bundle id, whether the signature claims an application identifier or not. */
function checkApplicationId(subject: Subject, claim: PlistDict, profile: Profile): readonly Trouble[] {
  const identifier = stringAt(subject.info, 'CFBundleIdentifier');
  const granted =
    stringAt(profile.entitlements, 'com.apple.application-identifier') ??
    stringAt(profile.entitlements, 'application-identifier');
  if (identifier === undefined || granted === undefined) return [];
  const wanted = profile.prefixes.map((prefix) => `${prefix}.${identifier}`);
  const claimed = stringAt(claim, 'com.apple.application-identifier');
  const covers = (id: string) => (granted.endsWith('*') ? id.startsWith(granted.slice(0, -1)) : id === granted);
  if (!wanted.some(covers)) {
    return [
      applicationIdTrouble(
        subject,
        'the provisioning profile is for another bundle id',
        `${profile.name} is for ${granted}, the bundle is ${identifier}`,
      ),
    ];
  }
  if (claimed === undefined || wanted.includes(claimed)) return [];
  return [
    applicationIdTrouble(
      subject,
      'the claimed application identifier is not the bundle id',
      `claimed ${claimed}, the bundle is ${identifier}`,
    ),
  ];
}

function applicationIdTrouble(subject: Subject, title: string, seen: string): Trouble {
  return trouble('F20', 'entitlements-application-id', {
    subject: subject.program.path,
    title,
    seen,
    fix: 'Use the provisioning profile of this bundle id, and let com.apple.application-identifier be TEAM.BUNDLE-ID.',
    related: [companion(subject)],
  });
}

function checkGrants(subject: Subject, claim: PlistDict, profile: Profile, idRefused: boolean): readonly Trouble[] {
  const refused = matchEntitlements(claim, profile.entitlements).filter(
    ({ allowed, key, rule }) =>
      !allowed && !(idRefused && rule !== 'absent' && key === 'com.apple.application-identifier'),
  );
  if (subject.kind === 'dext' && refused.length > 1 && !grantsDriverKit(profile))
    return [noDriverKit(subject, profile, refused)];
  return refused.map((match) => refusal(subject, profile, match));
}

function grantsDriverKit(profile: Profile): boolean {
  return [...profile.entitlements.keys()].some((key) => key.startsWith('com.apple.developer.driverkit'));
}

function noDriverKit(subject: Subject, profile: Profile, refused: readonly EntitlementMatch[]): Trouble {
  return trouble('F03', 'entitlements-no-driverkit', {
    subject: subject.program.path,
    title: 'the provisioning profile is none for DriverKit',
    seen: `${profile.name} grants no DriverKit entitlement; claimed: ${refused.map(({ key }) => key).join(', ')}`,
    consequence: `${consequence(refused)}; Xcode: Xcode requires a provisioning profile which supports DriverKit`,
    stage: 'launch',
    confidence: 'high',
    related: ['F02', 'F20', 'F51'],
  });
}

function refusal(subject: Subject, profile: Profile, match: EntitlementMatch): Trouble {
  const id = cause(subject, match);
  return trouble(id, match.rule === 'absent' ? 'entitlements-not-granted' : 'entitlements-value', {
    subject: subject.program.path,
    title:
      match.rule === 'absent'
        ? `${match.key} is claimed but not granted`
        : `${match.key} is claimed with another value than granted`,
    seen: `claimed ${show(match.claimed)}, ${profile.name} grants ${show(match.granted)}; rule: ${match.rule}`,
    consequence: consequence([match]),
    stage: 'launch',
    confidence: 'high',
    related: (['F19', 'F20', 'F25', companion(subject)] as const).filter((other) => other !== id),
    ...(id === 'F20' && { fix: `Claim ${show(match.granted)}, as the provisioning profile grants.` }),
  });
}

function cause(subject: Subject, { key, rule }: EntitlementMatch): CatalogueId {
  if (key === USB_TRANSPORT && rule !== 'absent') return 'F01';
  if (subject.kind === 'dext') return rule === 'absent' ? 'F02' : 'F20';
  return 'F17';
}

function companion(subject: Subject): CatalogueId {
  return subject.kind === 'dext' ? 'F51' : 'F18';
}

function consequence(refused: readonly EntitlementMatch[]): string {
  return `taskgated-helper: Unsatisfied entitlements: ${refused.map(({ key }) => key).join(', ')}; amfid: Code=-413 "No matching profile found"`;
}
