// check-signer.ts — who signed a program, whether Apple vouches for them, and when.

import type { Finding, Trouble } from '../../model/finding.ts';
import { octets } from '../../model/signing/asn1.ts';
import { oid } from '../../model/signing/asn1-values.ts';
import { commonName } from '../../model/signing/certificate.ts';
import type { ChainProblem } from '../../model/signing/chain.ts';
import { describeCmsProblem } from '../../model/signing/cms-verify.ts';
import { bestDirectory, type CodeDirectory } from '../../model/signing/code-directory.ts';
import { SLOT } from '../../model/signing/code-signature.ts';
import { digest, hashOf } from '../../model/signing/crypto.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { OID } from '../../model/signing/oids.ts';
import { isArray } from '../../model/signing/plist.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { readPlistDict } from '../../model/signing/read-plist.ts';
import { DESIGNATED, readRequirement } from '../../model/signing/requirement.ts';
import { broken, isAdhoc } from './check-signature.ts';
import { isRestricted } from './match-entitlement.ts';
import type { CheckOptions } from './options.ts';
import { fine, trouble } from './report-trouble.ts';
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

/** Apple's signed attributes list every code directory, so that none can be swapped for another of a weaker hash. */
function checkAgility(path: string, signed: SliceSignature): readonly Trouble[] {
  const { directories } = signed.signature;
  const attributes = signed.cms?.signers[0]?.signedAttributes;
  const plist = attributes?.get(OID.cdHashesPlist)?.[0];
  const listed = attributes?.get(OID.cdHashes);
  if (plist) {
    const hashes = readPlistDict(octets(plist)).get('cdhashes');
    const known = new Set(
      isArray(hashes)
        ? hashes.map((hash) => (hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : ''))
        : [],
    );
    const stray = directories.find((directory) => !known.has(directory.cdhash));
    if (stray) return [broken(path, 'signer-agility', `the signer's list of cdhashes lacks ${stray.cdhash}`)];
  }
  if (listed) {
    const known = new Set(
      listed.map((pair) => `${oid(pair.child(0, 'hash algorithm'))} ${pair.child(1, 'hash').content.hex()}`),
    );
    const stray = directories.find((directory) => isListable(directory) && !known.has(listing(directory)));
    if (stray)
      return [broken(path, 'signer-agility', `the signer's list of hashes lacks ${stray.hash} ${stray.cdhash}`)];
  }
  return [];
}

function isListable(directory: CodeDirectory): boolean {
  return directory.hash !== 'sha1';
}

const ALGORITHMS = ['2.16.840.1.101.3.4.2.1', '2.16.840.1.101.3.4.2.2'];

function listing(directory: CodeDirectory): string {
  const algorithm = ALGORITHMS.find((candidate) => hashOf(candidate) === directory.hash);
  return `${algorithm} ${Buffer.from(digest(directory.hash, directory.blob.bytes)).toString('hex')}`;
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

/** The designated requirement is what later versions and other programs know the code by; it has to meet it itself. */
function checkRequirement(
  subject: Subject,
  slice: SignedSlice,
  { signature }: SliceSignature,
  { chain }: SlicesSigner,
): readonly Trouble[] {
  const set = signature.blobs.get(SLOT.requirements);
  const read = parsed(() => set && readRequirement(set, DESIGNATED));
  if (chain.problem || !read.ok || !read.value) return [];
  const met = read.value.meets({
    identifier: signature.directories[0].identifier,
    cdhashes: signature.directories.map(({ cdhash }) => cdhash),
    info: subject.info,
    entitlements: entitlementsOf(slice),
    chain: chain.certificates,
  });
  if (met !== false) return [];
  return [
    trouble('F24', 'signer-requirement', {
      subject: subject.program.path,
      title: 'the code does not meet its own designated requirement',
      seen: read.value.text,
      consequence: 'codesign: code failed to satisfy specified code requirement(s) (-67050)',
      fix: 'Sign again without --requirements, so that codesign writes the requirement.',
      confidence: 'high',
      related: ['F42'],
    }),
  ];
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
