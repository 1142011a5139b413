// check-signed-code.ts — what a signer said of the code besides signing it: every code directory, and its requirement.

import type { Trouble } from '../../model/finding.ts';
import { octets } from '../../model/signing/asn1.ts';
import { oid } from '../../model/signing/asn1-values.ts';
import type { CodeDirectory } from '../../model/signing/code-directory.ts';
import { SLOT } from '../../model/signing/code-signature.ts';
import { digest, hashOf } from '../../model/signing/crypto.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { OID } from '../../model/signing/oids.ts';
import { isArray } from '../../model/signing/plist.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { readPlistDict } from '../../model/signing/read-plist.ts';
import { DESIGNATED, readRequirement } from '../../model/signing/requirement.ts';
import { broken, trouble } from './report-trouble.ts';
import type { SlicesSigner } from './signer.ts';
import { entitlementsOf, type Subject } from './subject.ts';

/** Apple's signed attributes list every code directory, so that none can be swapped for another of a weaker hash. */
export function checkAgility(path: string, signed: SliceSignature): readonly Trouble[] {
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

/** The designated requirement is what later versions and other programs know the code by; it has to meet it itself. */
export function checkRequirement(
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
