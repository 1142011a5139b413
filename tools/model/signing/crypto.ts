// crypto.ts — algorithm identifiers in, node:crypto's verdict out.

import { type BinaryLike, constants, createPublicKey, hash, type KeyObject, verify } from 'node:crypto';
import type { Asn1 } from './asn1.ts';
import { oid } from './asn1-values.ts';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const HASHES: Readonly<Record<string, HashName>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** Signature algorithms that name their hash; plain RSA and EC keys take the hash from elsewhere. */
const SIGNATURES: Readonly<Record<string, HashName | 'given'>> = {
  '1.2.840.113549.1.1.1': 'given',
  '1.2.840.113549.1.1.5': 'sha1',
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.2.1': 'given',
  '1.2.840.10045.4.1': 'sha1',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
};

/** The algorithm of an AlgorithmIdentifier: SEQUENCE { OID, parameters }. */
export function algorithm(element: Asn1): string {
  return oid(element.child(0, 'algorithm'));
}

/** The hash an AlgorithmIdentifier names; undefined when Apple does not use it. */
export function hashOf(algorithmOid: string): HashName | undefined {
  return HASHES[algorithmOid];
}

export function digest(name: HashName, bytes: BinaryLike): Uint8Array {
  return hash(name, bytes, 'buffer');
}

/** Whether two byte strings are the same. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/**
 * Whether `signature` over `data` was made by the key in `keyInfo` (SubjectPublicKeyInfo). False as well when the key or
 * the algorithm is none that Apple uses: nothing unusual is ever accepted.
 */
export function signatureHolds(
  keyInfo: Uint8Array,
  signatureAlgorithm: string,
  hashName: HashName | undefined,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const named = SIGNATURES[signatureAlgorithm];
  const used = named === 'given' ? hashName : named;
  const key = keyOf(keyInfo);
  if (used === undefined || key === undefined) return false;
  const isRsa = signatureAlgorithm.startsWith('1.2.840.113549.');
  if (isRsa !== (key.asymmetricKeyType === 'rsa')) return false;
  try {
    return verify(used, data, isRsa ? { key, padding: constants.RSA_PKCS1_PADDING } : key, signature);
  } catch {
    return false; // OpenSSL throws on signatures whose encoding is broken
  }
}

const KEYS = new Map<string, KeyObject | undefined>();
const MAX_KEYS = 256;

/** Keys are kept: the same few authorities sign everything. */
function keyOf(keyInfo: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(keyInfo.buffer, keyInfo.byteOffset, keyInfo.byteLength).toString('latin1');
  if (KEYS.has(name)) return KEYS.get(name);
  if (KEYS.size >= MAX_KEYS) KEYS.clear();
  const key = importKey(keyInfo);
  KEYS.set(name, key);
  return key;
}

function importKey(keyInfo: Uint8Array): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(keyInfo), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'ec' ? key : undefined;
  } catch {
    return undefined;
  }
}
