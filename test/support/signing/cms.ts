// cms.ts — content and an identity in, a CMS SignedData as Apple's tools write it out.

import { createHash, sign } from 'node:crypto';
import { type Identity, signatureAlgorithm } from './authority.ts';
import {
  explicit,
  generalizedTime,
  indefinite,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  setOf,
  tlv,
  x509Time,
} from './der.ts';

const HASH = { sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1' } as const;
export type HashName = keyof typeof HASH;

export interface CmsWish {
  readonly signer: Identity;
  readonly content: Uint8Array;
  readonly detached?: boolean;
  readonly contentType?: string;
  readonly hash?: HashName;
  readonly time?: Date;
  /** More signed attributes: SEQUENCE { OID, SET } each. */
  readonly attributes?: readonly Uint8Array[];
  /** Who vouches for the moment of signing, and when it was. */
  readonly timestamp?: { readonly authority: Identity; readonly time: Date; readonly imprint?: Uint8Array };
  /** Lengths as in a Mach-O file: indefinite. */
  readonly ber?: boolean;
  /** Certificates it carries; the signer's and those above it unless told. */
  readonly certificates?: readonly Uint8Array[];
  readonly messageDigest?: Uint8Array;
  readonly flipSignature?: boolean;
}

const ID_DATA = '1.2.840.113549.1.7.1';

export function attribute(type: string, ...values: readonly Uint8Array[]): Buffer {
  return sequence(oid(type), setOf(...values));
}

export function makeCms(wish: CmsWish): Buffer {
  const hash = wish.hash ?? 'sha256';
  const type = wish.contentType ?? ID_DATA;
  const algorithm = sequence(oid(HASH[hash]), nothing());
  const certificates = wish.certificates ?? [wish.signer.certificate, ...wish.signer.above];
  const wrap = wish.ber ? indefinite : tlv;
  const content = wish.detached
    ? []
    : [wrap(0xa0, wish.ber ? indefinite(0x04, octetString(wish.content)) : octetString(wish.content))];
  const signed = wrap(
    0x30,
    integer(1),
    setOf(algorithm),
    wrap(0x30, oid(type), ...content),
    wrap(0xa0, ...certificates),
    setOf(signerInfo(wish, hash, type, algorithm)),
  );
  return wrap(0x30, oid('1.2.840.113549.1.7.2'), wrap(0xa0, signed));
}

function signerInfo(wish: CmsWish, hash: HashName, type: string, algorithm: Buffer): Buffer {
  const { signer } = wish;
  const messageDigest = wish.messageDigest ?? createHash(hash).update(wish.content).digest();
  const attributes = setOf(
    attribute('1.2.840.113549.1.9.3', oid(type)),
    attribute('1.2.840.113549.1.9.5', x509Time(wish.time ?? new Date('2026-03-01T12:00:00Z'))),
    attribute('1.2.840.113549.1.9.4', octetString(messageDigest)),
    ...(wish.attributes ?? []),
  );
  const signature = sign(hash, attributes, signer.key.private);
  if (wish.flipSignature) signature[signature.length - 5] = (signature[signature.length - 5] ?? 0) ^ 0x10;
  return sequence(
    integer(1),
    sequence(issuerOf(signer.certificate), signer.serial),
    algorithm,
    Buffer.concat([Buffer.from([0xa0]), attributes.subarray(1)]),
    signer.key.kind === 'ec' ? signatureAlgorithm(signer.key) : sequence(oid('1.2.840.113549.1.1.1'), nothing()),
    octetString(signature),
    ...(wish.timestamp
      ? [explicit(1, attribute('1.2.840.113549.1.9.16.2.14', timestampToken(wish.timestamp, signature)))]
      : []),
  );
}

/** RFC 3161: who saw this signature when. */
function timestampToken(
  { authority, time, imprint }: NonNullable<CmsWish['timestamp']>,
  signature: Uint8Array,
): Buffer {
  const info = sequence(
    integer(1),
    oid('1.2.3.4'),
    sequence(
      sequence(oid(HASH.sha256), nothing()),
      octetString(imprint ?? createHash('sha256').update(signature).digest()),
    ),
    integer(7),
    generalizedTime(time),
  );
  // RFC 5816: which certificate signed, by its SHA-256
  const certificate = sequence(
    sequence(sequence(octetString(createHash('sha256').update(authority.certificate).digest()))),
  );
  const attributes = [attribute('1.2.840.113549.1.9.16.2.47', certificate)];
  return makeCms({ signer: authority, content: info, contentType: '1.2.840.113549.1.9.16.1.4', time, attributes });
}

/** The issuer's name out of a certificate of ours: the fourth field behind the version. */
function issuerOf(certificate: Buffer): Buffer {
  let at = contentStart(certificate, 0);
  at = contentStart(certificate, at);
  for (let skipped = 0; skipped < 3; skipped++) at = end(certificate, at);
  return certificate.subarray(at, end(certificate, at));
}

function contentStart(bytes: Buffer, at: number): number {
  const first = bytes[at + 1] ?? 0;
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}

function end(bytes: Buffer, at: number): number {
  const first = bytes[at + 1] ?? 0;
  const start = contentStart(bytes, at);
  return start + (first < 0x80 ? first : bytes.readUIntBE(at + 2, first & 0x7f));
}
