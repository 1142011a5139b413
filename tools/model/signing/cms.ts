// cms.ts — a CMS SignedData in, its content, certificates and signers out. Verifying is cms-verify.ts.
//
// ContentInfo ::= SEQUENCE { OID signedData, [0] SignedData }                                   RFC 5652, section 5
// SignedData ::= SEQUENCE { version, digestAlgorithms SET, SEQUENCE { type OID, [0] OCTET STRING }, [0] certificates,
//                           [1] crls, signerInfos SET }
// SignerInfo ::= SEQUENCE { version, issuer and serial | [0] key id, digestAlgorithm, [0] signedAttributes,
//                           signatureAlgorithm, signature, [1] unsignedAttributes }

import { type Asn1, octets, readWholeAsn1, TAG } from './asn1.ts';
import { oid, time } from './asn1-values.ts';
import { type Certificate, certificateOf } from './certificate.ts';
import { algorithm } from './crypto.ts';
import { OID } from './oids.ts';
import type { View } from './view.ts';

export interface SignedData {
  readonly contentType: string;
  /** Undefined when the content lies elsewhere, as a code directory does. */
  readonly content: View | undefined;
  readonly certificates: readonly Certificate[];
  readonly signers: readonly Signer[];
}

export interface Signer {
  readonly id: { readonly issuer: Uint8Array; readonly serial: string } | { readonly keyId: string };
  readonly digestAlgorithm: string;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  /** What the signature covers: the attributes as a SET; undefined when it covers the content itself. */
  readonly signedBytes: Uint8Array | undefined;
  readonly signedAttributes: ReadonlyMap<string, readonly Asn1[]>;
  readonly unsignedAttributes: ReadonlyMap<string, readonly Asn1[]>;
}

/** Reads a SignedData that fills the view, save for zero bytes behind it. Throws FormatError. */
export function readSignedData(view: View): SignedData {
  return signedDataOf(readWholeAsn1(view, 'signature', true));
}

/** The SignedData a ContentInfo holds. Throws FormatError. */
export function signedDataOf(info: Asn1): SignedData {
  const type = oid(info.expect(TAG.sequence, 'content info').child(0, 'content type'));
  if (type !== OID.signedData) throw info.error(`content of type ${type} is no signed data`);
  const signed = info.child(1, 'signed data').child(0, 'signed data').expect(TAG.sequence, 'signed data');
  const content = signed.child(2, 'content').expect(TAG.sequence, 'content');
  const wrapped = content.context(0)?.child(0, 'content');
  const signers = signed.children.slice(3).find((child) => child.is(TAG.set));
  if (!signers) throw signed.error('signed data without signers');
  return {
    contentType: oid(content.child(0, 'content type')),
    content: wrapped && octets(wrapped),
    certificates: (signed.context(0)?.children ?? []).filter((child) => child.is(TAG.sequence)).map(certificateOf),
    signers: signers.children.map(readSigner),
  };
}

function readSigner(element: Asn1): Signer {
  const [, id, digestAlgorithm, ...rest] = element.expect(TAG.sequence, 'signer').children;
  const signed = rest[0]?.is(0, 'context') ? rest[0] : undefined;
  const [signatureAlgorithm, signature, unsigned] = signed ? rest.slice(1) : rest;
  if (!id || !digestAlgorithm || !signatureAlgorithm || !signature) throw element.error('a signer without its fields');
  return {
    id: readSignerId(id),
    digestAlgorithm: algorithm(digestAlgorithm),
    signatureAlgorithm: algorithm(signatureAlgorithm),
    signature: octets(signature.expect(TAG.octetString, 'signature')).bytes,
    signedBytes: signed && asSet(signed),
    signedAttributes: readAttributes(signed),
    unsignedAttributes: readAttributes(unsigned?.is(1, 'context') ? unsigned : undefined),
  };
}

function readSignerId(id: Asn1): Signer['id'] {
  if (id.is(0, 'context')) return { keyId: octets(id).hex() };
  const serial = id.expect(TAG.sequence, 'signer id').child(1, 'serial number').expect(TAG.integer, 'serial number');
  return { issuer: id.child(0, 'issuer').whole.bytes, serial: serial.content.hex() };
}

/** The attributes are signed as the SET they are, not as the [0] they are written as (RFC 5652, section 5.4). */
function asSet(attributes: Asn1): Uint8Array {
  const bytes = new Uint8Array(attributes.whole.bytes);
  bytes[0] = 0x31;
  return bytes;
}

function readAttributes(element: Asn1 | undefined): ReadonlyMap<string, readonly Asn1[]> {
  const attributes = new Map<string, readonly Asn1[]>();
  for (const attribute of element?.children ?? []) {
    const type = oid(attribute.child(0, 'type of an attribute'));
    if (attributes.has(type)) throw attribute.error(`attribute ${type} occurs twice`);
    attributes.set(type, attribute.child(1, 'values of an attribute').expect(TAG.set, 'values').children);
  }
  return attributes;
}

/** When the signer's own clock says it signed; undefined when it does not say. */
export function claimedSigningTime(signer: Signer): Date | undefined {
  const [value] = signer.signedAttributes.get(OID.signingTime) ?? [];
  return value && time(value);
}
