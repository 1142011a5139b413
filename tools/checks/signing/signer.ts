// signer.ts — a signed slice in, who signed it, when and whether that leads to a trusted root out.

import { type Certificate, type CertificateKind, kindOf, teamOf } from '../../model/signing/certificate.ts';
import { type Chain, chainOf, strangersIn } from '../../model/signing/chain.ts';
import { type CmsProblem, verifyCms } from '../../model/signing/cms-verify.ts';
import type { SliceSignature } from '../../model/signing/program.ts';
import { secureTimestamp, type Timestamp } from '../../model/signing/timestamp.ts';

export interface SlicesSigner {
  readonly certificate: Certificate;
  readonly kind: CertificateKind;
  readonly team: string;
  readonly chain: Chain;
  readonly timestamp: Timestamp | undefined;
  readonly problem: CmsProblem | undefined;
  /** Certificates that came along and lead to no trusted root. */
  readonly strangers: readonly Certificate[];
}

/**
 * The signer of a slice. Its chain is judged at the moment a timestamp authority saw the signature, which is what keeps a
 * Developer ID signature valid after its certificate has expired; without such a moment at `now`. Undefined for a
 * signature without a signer, which is an ad-hoc one or a broken one. Throws FormatError for a broken timestamp.
 */
export function signerOf(signed: SliceSignature, roots: readonly Certificate[], now: Date): SlicesSigner | undefined {
  if (!signed.cms) return undefined;
  const { signer, certificate, problem } = verifyCms(signed.cms, signed.signature.directories[0].blob.bytes);
  if (!signer || !certificate) return undefined;
  const timestamp = secureTimestamp(signer, roots);
  const at = timestamp && !timestamp.problem ? timestamp.time : now;
  return {
    certificate,
    kind: kindOf(certificate),
    team: teamOf(certificate),
    chain: chainOf(certificate, signed.cms.certificates, roots, at),
    timestamp,
    problem,
    strangers: [...strangersIn(signed.cms.certificates, roots), ...(timestamp?.strangers ?? [])],
  };
}
