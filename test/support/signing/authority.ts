// authority.ts — certificates as Apple would issue them, below roots of our own.

import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import {
  bitString,
  boolean,
  explicit,
  integer,
  nothing,
  octetString,
  oid,
  sequence,
  setOf,
  tlv,
  utf8,
  x509Time,
} from './der.ts';

export interface Key {
  readonly private: KeyObject;
  /** SubjectPublicKeyInfo in DER. */
  readonly info: Buffer;
  readonly kind: 'rsa' | 'ec';
}

/** A certificate with its key and what stands above it, the root last. */
export interface Identity {
  readonly name: string;
  readonly certificate: Buffer;
  readonly subject: Buffer;
  readonly serial: Buffer;
  readonly key: Key;
  readonly above: readonly Buffer[];
}

export interface Wish {
  readonly name: string;
  readonly unit?: string;
  readonly issuer?: Identity;
  readonly key?: Key;
  readonly from?: Date;
  readonly to?: Date;
  readonly isAuthority?: boolean;
  /** Object identifiers of Apple's marks. */
  readonly marks?: readonly string[];
  /** Extended key usages. */
  readonly usages?: readonly string[];
}

/** Makes a key pair. RSA takes a tenth of a second, so keys are made once per kind of authority. */
export function makeKey(kind: 'rsa' | 'ec'): Key {
  const pair =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { private: pair.privateKey, info: pair.publicKey.export({ type: 'spki', format: 'der' }), kind };
}

/** AlgorithmIdentifier of a signature with a key of this kind. */
export function signatureAlgorithm(key: Key, hash: 'sha1' | 'sha256' = 'sha256'): Buffer {
  if (key.kind === 'ec') return sequence(oid('1.2.840.10045.4.3.2'));
  return sequence(oid(hash === 'sha1' ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11'), nothing());
}

function nameOf({ name, unit }: Wish): Buffer {
  const part = (type: string, value: string) => setOf(sequence(oid(type), utf8(value)));
  return sequence(
    part('2.5.4.3', name),
    ...(unit === undefined ? [] : [part('2.5.4.11', unit)]),
    part('2.5.4.10', 'Example Org.'),
    setOf(sequence(oid('2.5.4.6'), tlv(0x13, Buffer.from('US')))),
  );
}

/** Issues a certificate; without an issuer it signs itself. */
export function issue(wish: Wish): Identity {
  const key = wish.key ?? makeKey('rsa');
  const subject = nameOf(wish);
  const issuer = wish.issuer ?? { subject, key, above: [], certificate: Buffer.alloc(0) };
  const serial = tlv(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)]));
  const tbs = sequence(
    explicit(0, integer(2)),
    serial,
    signatureAlgorithm(issuer.key),
    issuer.subject,
    sequence(
      x509Time(wish.from ?? new Date('2020-01-01T00:00:00Z')),
      x509Time(wish.to ?? new Date('2045-01-01T00:00:00Z')),
    ),
    subject,
    key.info,
    explicit(3, sequence(...extensions(wish, key))),
  );
  const signature = sign('sha256', tbs, issuer.key.private);
  const certificate = sequence(tbs, signatureAlgorithm(issuer.key), bitString(signature));
  const above = wish.issuer ? [wish.issuer.certificate, ...wish.issuer.above] : [];
  return { name: wish.name, certificate, subject, serial, key, above };
}

function extensions(wish: Wish, key: Key): readonly Buffer[] {
  const critical = (type: string, value: Buffer) => sequence(oid(type), boolean(true), octetString(value));
  const isAuthority = wish.isAuthority ?? false;
  const keyId = createHash('sha1').update(key.info).digest();
  return [
    critical('2.5.29.19', sequence(...(isAuthority ? [boolean(true)] : []))),
    critical('2.5.29.15', tlv(0x03, isAuthority ? Buffer.from([1, 0x06]) : Buffer.from([7, 0x80]))),
    sequence(oid('2.5.29.14'), octetString(octetString(keyId))),
    ...(wish.usages ? [critical('2.5.29.37', sequence(...wish.usages.map(oid)))] : []),
    ...(wish.marks ?? []).map((mark) => critical(mark, nothing())),
  ];
}
