// cms-verify.ts — a signer, the signed content and the trusted roots in, whether it holds out.

import { oid } from './asn1-values.ts';
import type { Certificate } from './certificate.ts';
import { type Chain, chainOf } from './chain.ts';
import type { SignedData, Signer } from './cms.ts';
import { digest, hashOf, same, signatureHolds } from './crypto.ts';
import { OID } from './oids.ts';

/** The first reason why a signature says nothing about its content. */
export type CmsProblem =
  | 'no-signer'
  | 'signer-certificate-missing'
  | 'unknown-digest'
  | 'attributes-missing'
  | 'wrong-content-type'
  | 'wrong-digest'
  | 'wrong-signature';

export interface CmsVerdict {
  readonly problem: CmsProblem | undefined;
  readonly signer: Signer | undefined;
  readonly certificate: Certificate | undefined;
}

/** Words for a problem, with "the signature" as their subject. */
export function describeCmsProblem(problem: CmsProblem): string {
  switch (problem) {
    case 'no-signer':
      return 'names no signer';
    case 'signer-certificate-missing':
      return "does not carry its signer's certificate";
    case 'unknown-digest':
      return 'uses a hash Apple does not use';
    case 'attributes-missing':
      return 'lacks its signed attributes';
    case 'wrong-content-type':
      return 'is about another type of content';
    case 'wrong-digest':
      return 'is about other content: its message digest differs';
    case 'wrong-signature':
      return "was not made by its signer's key";
    default:
      return problem satisfies never;
  }
}

/** Verifies the only signer of `signed` over `content`. The chain of its certificate is another question: see chainFor. */
export function verifyCms(signed: SignedData, content: Uint8Array): CmsVerdict {
  const [signer] = signed.signers;
  if (!signer) return { problem: 'no-signer', signer: undefined, certificate: undefined };
  const certificate = signed.certificates.find((candidate) => isSigner(candidate, signer));
  if (!certificate) return { problem: 'signer-certificate-missing', signer, certificate };
  return { problem: signerProblem(signed, signer, certificate, content), signer, certificate };
}

/** Issuer and serial number together: serial numbers alone repeat, subjects too. */
function isSigner(certificate: Certificate, { id }: Signer): boolean {
  if ('keyId' in id) return certificate.extensions.get(OID.subjectKeyIdentifier)?.value.slice(2).hex() === id.keyId;
  return certificate.serial === id.serial && same(certificate.issuer.bytes, id.issuer);
}

function signerProblem(
  signed: SignedData,
  signer: Signer,
  certificate: Certificate,
  content: Uint8Array,
): CmsProblem | undefined {
  const hash = hashOf(signer.digestAlgorithm);
  if (!hash) return 'unknown-digest';
  const attributes = signer.signedBytes;
  if (attributes) {
    const [type] = signer.signedAttributes.get(OID.contentType) ?? [];
    const [expected] = signer.signedAttributes.get(OID.messageDigest) ?? [];
    if (!type || !expected) return 'attributes-missing';
    if (oid(type) !== signed.contentType) return 'wrong-content-type';
    if (!same(expected.content.bytes, digest(hash, content))) return 'wrong-digest';
  }
  const holds = signatureHolds(
    certificate.keyInfo,
    signer.signatureAlgorithm,
    hash,
    attributes ?? content,
    signer.signature,
  );
  return holds ? undefined : 'wrong-signature';
}

/** The chain of a signer's certificate through what the signature carries. */
export function chainFor(certificate: Certificate, signed: SignedData, roots: readonly Certificate[], at: Date): Chain {
  return chainOf(certificate, signed.certificates, roots, at);
}
