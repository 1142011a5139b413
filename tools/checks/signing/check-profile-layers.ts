// check-profile-layers.ts — is a provisioning profile Apple's, and do its two layers say the same?

import type { Trouble } from '../../model/finding.ts';
import { type Certificate, commonName } from '../../model/signing/certificate.ts';
import { chainOf } from '../../model/signing/chain.ts';
import type { SignedData } from '../../model/signing/cms.ts';
import { describeCmsProblem, verifyCms } from '../../model/signing/cms-verify.ts';
import { isArray, type PlistValue, samePlist, show } from '../../model/signing/plist.ts';
import { certificateHashes, type Profile } from '../../model/signing/profile.ts';
import type { CheckOptions } from './options.ts';
import { trouble } from './report-trouble.ts';

/** Both layers: signature, and chain up to a root of Apple at the time it was made; Apple's own signers expire earlier. */
export function checkGenuine(path: string, profile: Profile, { roots }: CheckOptions): readonly Trouble[] {
  const layers = [
    ['outer', profile.outer] as const,
    ...(profile.inner ? [['DER', profile.inner.signed] as const] : []),
  ];
  for (const [name, signed] of layers) {
    const seen = layerProblem(signed, roots, profile.created);
    if (!seen) continue;
    const rule = name === 'outer' ? 'profile-signature' : 'profile-der-signature';
    return [notGenuine(path, rule, `the ${name} signature ${seen}`)];
  }
  return [];
}

export function notGenuine(path: string, rule: string, seen: string): Trouble {
  return trouble('F20', rule, {
    subject: path,
    title: 'the provisioning profile is not genuine',
    seen,
    fix: 'Download the provisioning profile from the portal again and do not edit it.',
  });
}

function layerProblem(signed: SignedData, roots: readonly Certificate[], at: Date): string | undefined {
  const { problem, certificate } = verifyCms(signed, signed.content?.bytes ?? new Uint8Array());
  if (problem || !certificate) return describeCmsProblem(problem ?? 'no-signer');
  const chain = chainOf(certificate, signed.certificates, roots, at);
  switch (chain.problem?.kind) {
    case undefined:
      return undefined;
    case 'incomplete':
      return `lacks the certificate of ${JSON.stringify(chain.problem.missing)}`;
    case 'untrusted-root':
      return `ends in ${chain.problem.root}, which is no root of Apple`;
    case 'outside-validity':
      return `was made outside the validity of ${commonName(chain.problem.certificate)}`;
    case 'unusable':
      return `was made below ${commonName(chain.problem.certificate)}: ${chain.problem.why}`;
    default:
      return chain.problem satisfies never;
  }
}

/** What both layers carry must be the same: tools read the XML, macOS the DER. */
export function checkLayers(path: string, profile: Profile): readonly Trouble[] {
  const inner = profile.inner?.dict;
  if (!inner) return [];
  for (const [key, value] of profile.dict) {
    if (key === 'DER-Encoded-Profile') continue;
    const xml: PlistValue = key === 'DeveloperCertificates' ? certificateHashes(profile) : value;
    const der = key === 'DeveloperCertificates' ? hexes(inner.get(key)) : inner.get(key);
    if (samePlist(xml, der) || (der === undefined && !MEANINGFUL.has(key))) continue;
    return [
      trouble('F20', 'profile-layers', {
        subject: path,
        title: 'the two layers of the provisioning profile contradict each other',
        seen: `${key} is ${show(value)} in XML and ${show(inner.get(key))} in DER`,
        fix: 'Download the provisioning profile from the portal again.',
        confidence: 'medium',
      }),
    ];
  }
  return [];
}

/** Keys that decide something, so that their absence from one layer is a contradiction too. */
const MEANINGFUL = new Set([
  'Entitlements',
  'UUID',
  'CreationDate',
  'ExpirationDate',
  'TeamIdentifier',
  'ProvisionedDevices',
  'ProvisionsAllDevices',
  'DeveloperCertificates',
]);

function hexes(value: PlistValue | undefined): PlistValue | undefined {
  return isArray(value)
    ? value.map((entry) => (entry instanceof Uint8Array ? Buffer.from(entry).toString('hex') : entry))
    : value;
}
