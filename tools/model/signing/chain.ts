// chain.ts — a certificate, the certificates found beside it and the trusted roots in; the chain between them out.

import { type Certificate, commonName, mayUseKey } from './certificate.ts';
import { same, signatureHolds } from './crypto.ts';
import { OID } from './oids.ts';

const MAX_LENGTH = 8;
/** Authorities tried for one chain: names that point at each other in circles would cost without end. */
const MAX_TRIES = 64;
const KEY_CERT_SIGN = 5;

/** Critical extensions this code understands. Apple's own marks are critical too and mean what `kindOf` says. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.keyUsage,
  OID.basicConstraints,
  OID.extendedKeyUsage,
  OID.certificatePolicies,
]);

export type ChainProblem =
  | { readonly kind: 'incomplete'; readonly missing: string }
  | { readonly kind: 'untrusted-root'; readonly root: string }
  | { readonly kind: 'outside-validity'; readonly certificate: Certificate }
  | { readonly kind: 'unusable'; readonly certificate: Certificate; readonly why: string };

export interface Chain {
  /** From the given certificate upwards, the root last, as far as it could be followed. */
  readonly certificates: readonly Certificate[];
  readonly problem: ChainProblem | undefined;
}

/** Follows the signatures from `leaf` up to one of `roots`, through certificates of `pool`, all of them valid at `at`. */
export function chainOf(
  leaf: Certificate,
  pool: readonly Certificate[],
  roots: readonly Certificate[],
  at: Date,
): Chain {
  const climbed = climb([leaf], pool, roots, { left: MAX_TRIES });
  return climbed.problem ? climbed : { ...climbed, problem: blemish(climbed.certificates, at) };
}

/** Those of `pool` that lead to no trusted root, whatever the time: damaged on the way, or made by somebody else. */
export const strangersIn = (pool: readonly Certificate[], roots: readonly Certificate[]): readonly Certificate[] =>
  pool.filter((certificate) => climb([certificate], pool, roots, { left: MAX_TRIES }).problem !== undefined);

/** Depth-first: two authorities may share a name (Apple's WWDR generations do), only one of them has the right key. */
function climb(
  chain: readonly Certificate[],
  pool: readonly Certificate[],
  roots: readonly Certificate[],
  tries: { left: number },
): Chain {
  const top = chain.at(-1) as Certificate;
  if (roots.some((root) => root.fingerprint === top.fingerprint)) return { certificates: chain, problem: undefined };
  if (same(top.issuer.bytes, top.subject.bytes)) {
    return {
      certificates: chain,
      problem: { kind: 'untrusted-root', root: `${commonName(top)} (${top.fingerprint})` },
    };
  }
  if (chain.length === MAX_LENGTH) return { certificates: chain, problem: missing(top) };
  let best: Chain | undefined;
  for (const issuer of [...roots, ...pool]) {
    if (chain.includes(issuer) || !same(issuer.subject.bytes, top.issuer.bytes)) continue;
    if (tries.left-- <= 0) break;
    if (!signed(issuer, top)) continue;
    const climbed = climb([...chain, issuer], pool, roots, tries);
    if (!climbed.problem) return climbed;
    if (climbed.certificates.length > (best?.certificates.length ?? 0)) best = climbed;
  }
  return best ?? { certificates: chain, problem: missing(top) };
}

function missing(top: Certificate): ChainProblem {
  const name = [...top.issuer.attributes.values()].flat().join(', ');
  return { kind: 'incomplete', missing: top.issuer.attributes.get(OID.commonName)?.[0] ?? name };
}

const SIGNED = new Map<string, boolean>();
const MAX_SIGNED = 1024;

/** Kept as well: the same authorities sign the same certificates wherever they occur. */
function signed(issuer: Certificate, certificate: Certificate): boolean {
  const pair = `${issuer.fingerprint} ${certificate.fingerprint}`;
  const known = SIGNED.get(pair);
  if (known !== undefined) return known;
  const { signatureAlgorithm, signedPart, signature } = certificate;
  const holds = signatureHolds(issuer.keyInfo, signatureAlgorithm, undefined, signedPart, signature);
  if (SIGNED.size >= MAX_SIGNED) SIGNED.clear();
  SIGNED.set(pair, holds);
  return holds;
}

/** The first certificate of a chain that may not stand where it stands. */
function blemish(chain: readonly Certificate[], at: Date): ChainProblem | undefined {
  for (const [index, certificate] of chain.entries()) {
    const why = misplacement(certificate, index);
    if (why) return { kind: 'unusable', certificate, why };
    if (at < certificate.notBefore || at > certificate.notAfter) return { kind: 'outside-validity', certificate };
  }
  return undefined;
}

function misplacement(certificate: Certificate, index: number): string | undefined {
  for (const [type, extension] of certificate.extensions) {
    if (!extension.critical || UNDERSTOOD.has(type) || type.startsWith(`${OID.appleMarks}.`)) continue;
    return `its critical extension ${type} is unknown`;
  }
  if (index === 0) return undefined;
  if (certificate.authority === undefined) return 'it is no certificate authority';
  if (certificate.authority < index - 1)
    return `${index - 1} authorities below it are more than the ${certificate.authority} it allows`;
  return mayUseKey(certificate, KEY_CERT_SIGN) ? undefined : 'its key may not sign certificates';
}
