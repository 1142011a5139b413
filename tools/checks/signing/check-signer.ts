// check-signer.ts — who signed a program, whether Apple vouches for them, and when.

import type { Finding, Trouble } from '../../model/finding.ts';
import { commonName } from '../../model/signing/certificate.ts';
import type { ChainProblem } from '../../model/signing/chain.ts';
import { describeCmsProblem } from '../../model/signing/cms-verify.ts';
import { bestDirectory } from '../../model/signing/code-directory.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { isAdhoc } from './check-signature.ts';
import { checkAgility, checkRequirement } from './check-signed-code.ts';
import { isRestricted } from './match-entitlement.ts';
import type { CheckOptions } from './options.ts';
import { broken, fine, trouble } from './report-trouble.ts';
import type { SlicesSigner } from './signer.ts';
import { entitlementsOf, type Subject } from './subject.ts';

const HALF_A_YEAR = 183 * 24 * 3600 * 1000;

/** Everything about the signer of one slice; `signer` is what signerOf says of it. */
export function checkSigner(
  subject: Subject,
  slice: SignedSlice,
  signer: SlicesSigner | undefined,
  options: CheckOptions,
): readonly Finding[] {
  if (!slice.signed?.ok) return [];
  const signed = slice.signed.value;
  const path = subject.program.path;
  if (!signed.cms) return checkAdhoc(subject, slice);
  if (!signer) return [broken(path, 'signer-present', 'the signature does not carry the certificate of its signer')];
  if (signer.problem) return [broken(path, 'signer-cms', `the signature ${describeCmsProblem(signer.problem)}`)];
  const found = [
    ...checkAgility(path, signed),
    ...checkChain(path, signer, options),
    ...checkTeam(path, signed, signer),
    ...checkRequirement(subject, slice, signed, signer),
    ...checkTimestamp(path, signer),
    ...checkStrangers(path, signer),
    ...checkAuthority(path, signer, options),
  ];
  if (found.length > 0) return found;
  const when = signer.timestamp ? `, timestamped ${signer.timestamp.time.toISOString()}` : '';
  const names = signer.chain.certificates.map(commonName).join(' < ');
  return [fine('signer', path, `${slice.slice.architecture}: signed by ${names}${when}`)];
}

function checkAdhoc(subject: Subject, slice: SignedSlice): readonly Trouble[] {
  const path = subject.program.path;
  if (slice.signed?.ok && !isAdhoc(slice.signed.value)) {
    return [broken(path, 'signer-present', 'the signature has no CMS and does not say that it is ad hoc')];
  }
  const restricted = [...entitlementsOf(slice).keys()].filter(isRestricted);
  if (restricted.length > 0) {
    return [
      trouble('F21', 'signer-adhoc', {
        subject: path,
        seen: `signed ad hoc, claims ${restricted.join(', ')}`,
        related: ['F20', 'F51'],
      }),
    ];
  }
  return [
    trouble('F22', 'signer-adhoc', {
      level: subject.kind === 'dext' ? 'fail' : 'warn',
      subject: path,
      seen: 'signed ad hoc: nobody vouches for it',
    }),
  ];
}

function checkChain(
  path: string,
  { chain, certificate, kind }: SlicesSigner,
  { now }: CheckOptions,
): readonly Trouble[] {
  if (chain.problem)
    return [
      chainTrouble(
        path,
        chain.problem,
        certificate === ('certificate' in chain.problem ? chain.problem.certificate : undefined),
      ),
    ];
  if (kind !== 'development' || now <= certificate.notAfter) return [];
  return [expired(path, `${commonName(certificate)} expired on ${certificate.notAfter.toISOString()}`)];
}

function chainTrouble(path: string, problem: ChainProblem, isLeaf: boolean): Trouble {
  switch (problem.kind) {
    case 'incomplete':
      return trouble('F23', 'signer-chain', {
        subject: path,
        seen: `the certificate of ${JSON.stringify(problem.missing)} is missing`,
      });
    case 'untrusted-root':
      return trouble('F22', 'signer-chain', {
        subject: path,
        seen: `the chain ends in ${problem.root}, which is no root of Apple`,
        confidence: 'high',
        related: ['F42'],
      });
    case 'outside-validity': {
      const { notBefore, notAfter } = problem.certificate;
      const seen = `${commonName(problem.certificate)} is valid from ${notBefore.toISOString()} to ${notAfter.toISOString()}`;
      return isLeaf ? expired(path, seen) : trouble('F23', 'signer-chain', { subject: path, seen });
    }
    case 'unusable':
      return trouble('F22', 'signer-chain', {
        subject: path,
        seen: `${commonName(problem.certificate)}: ${problem.why}`,
        confidence: 'high',
      });
    default:
      return problem satisfies never;
  }
}

function expired(path: string, seen: string): Trouble {
  return trouble('F27', 'signer-validity', {
    subject: path,
    title: 'the signing certificate is outside its validity and no secure timestamp vouches for it',
    seen,
    fix: 'Make a new certificate in the portal, sign again, with codesign --timestamp.',
    related: ['F20'],
  });
}

function checkTeam(path: string, { signature }: SliceSignature, { kind, team }: SlicesSigner): readonly Trouble[] {
  const claimed = bestDirectory(signature.directories).team;
  if (kind === 'apple' || claimed === team || (claimed === undefined && team === '')) return [];
  return [
    broken(
      path,
      'signer-team',
      `the code directory says team ${JSON.stringify(claimed ?? '')}, the certificate ${JSON.stringify(team)}`,
    ),
  ];
}

function checkTimestamp(path: string, { timestamp }: SlicesSigner): readonly Trouble[] {
  if (!timestamp?.problem) return [];
  return [
    trouble('F12', 'signer-timestamp', {
      subject: path,
      title: 'the secure timestamp does not hold',
      seen: `the timestamp of ${timestamp.time.toISOString()} ${timestamp.problem}`,
    }),
  ];
}

/** What the chain needs is judged with the chain; macOS has its own copy of the roots and does not look at the one beside it. */
function checkStrangers(path: string, { chain, strangers, timestamp }: SlicesSigner): readonly Trouble[] {
  const [stranger] = strangers;
  if (!stranger || chain.problem || timestamp?.problem) return [];
  return [
    trouble('F23', 'signer-strangers', {
      level: 'warn',
      subject: path,
      title: "the signature carries a certificate that is nobody's",
      seen: `${commonName(stranger)} (${stranger.fingerprint}) leads to no root of Apple, and the signer does not need it`,
      consequence: 'nothing on macOS itself; other programs may refuse the signature',
      fix: 'If this is a copy, compare it with where it came from: a byte of it has changed. Else sign again.',
    }),
  ];
}

/** The first "Developer ID Certification Authority" ends on 2027-02-01. What it signed stays valid by its timestamp. */
function checkAuthority(
  path: string,
  { chain, kind }: SlicesSigner,
  { now, target }: CheckOptions,
): readonly Trouble[] {
  const authority = chain.certificates[1];
  if (kind !== 'developer-id' || target?.distribution !== 'developer-id' || !authority) return [];
  if (authority.notAfter.getTime() - now.getTime() > HALF_A_YEAR) return [];
  const seen = `${commonName(authority)} ends on ${authority.notAfter.toISOString()}`;
  return [trouble('F84', 'signer-authority', { level: 'warn', subject: path, seen })];
}
