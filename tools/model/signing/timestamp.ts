// timestamp.ts — the timestamp token of a signature in, the moment an authority saw the signature out.
//
// TSTInfo ::= SEQUENCE { version, policy OID, messageImprint SEQUENCE { algorithm, hash OCTET STRING }, serial,
//                        genTime GeneralizedTime, … }                                       RFC 3161, section 2.4.2

import { readWholeAsn1, TAG } from './asn1.ts';
import { time } from './asn1-values.ts';
import { type Certificate, extendedUsages } from './certificate.ts';
import { type Chain, chainOf, strangersIn } from './chain.ts';
import { type Signer, signedDataOf } from './cms.ts';
import { describeCmsProblem, verifyCms } from './cms-verify.ts';
import { algorithm, digest, hashOf, same } from './crypto.ts';
import { OID } from './oids.ts';

export interface Timestamp {
  readonly time: Date;
  readonly authority: Certificate | undefined;
  /** Why the token proves nothing; undefined when it proves `time`. */
  readonly problem: string | undefined;
  /** Certificates it carries that lead to no trusted root. */
  readonly strangers: readonly Certificate[];
}

/** The secure timestamp of a signer, verified up to `roots`; undefined when it has none. Throws FormatError. */
export function secureTimestamp(signer: Signer, roots: readonly Certificate[]): Timestamp | undefined {
  const [token] = signer.unsignedAttributes.get(OID.timestampToken) ?? [];
  if (!token) return undefined;
  const signed = signedDataOf(token);
  if (!signed.content || signed.contentType !== OID.timestampInfo) throw token.error('a timestamp without its content');
  const info = readWholeAsn1(signed.content, 'timestamp');
  const imprint = info.child(2, 'message imprint');
  const hash = hashOf(algorithm(imprint.child(0, 'hash algorithm')));
  const at = time(info.child(4, 'time of a timestamp').expect(TAG.generalizedTime, 'time of a timestamp'));
  const verdict = verifyCms(signed, signed.content.bytes);
  const problem = () => {
    if (verdict.problem) return describeCmsProblem(verdict.problem);
    if (!hash || !same(imprint.child(1, 'hash').content.bytes, digest(hash, signer.signature)))
      return 'is about another signature';
    if (!verdict.certificate) return 'has no signer';
    if (!extendedUsages(verdict.certificate).includes(OID.timeStamping))
      return 'was made by a certificate for other things';
    return chainWords(chainOf(verdict.certificate, signed.certificates, roots, at));
  };
  return {
    time: at,
    authority: verdict.certificate,
    problem: problem(),
    strangers: strangersIn(signed.certificates, roots),
  };
}

function chainWords({ problem }: Chain): string | undefined {
  switch (problem?.kind) {
    case undefined:
      return undefined;
    case 'incomplete':
      return `lacks the certificate of ${problem.missing}`;
    case 'untrusted-root':
      return `ends in the untrusted root ${problem.root}`;
    case 'outside-validity':
      return 'was made outside the validity of its certificates';
    case 'unusable':
      return problem.why;
    default:
      return problem satisfies never;
  }
}
