// certificate.ts — an X.509 certificate in DER in, the parts of it that decide about code signatures out.
//
// Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature BIT STRING }          RFC 5280, section 4.1
// TBSCertificate ::= SEQUENCE { [0] version, serialNumber, signature, issuer, validity, subject,
//                               subjectPublicKeyInfo, [1] [2] unique ids, [3] extensions }

import { type Asn1, readAsn1, readWholeAsn1, TAG } from './asn1.ts';
import { bitString, boolean, integer, oid, text, time } from './asn1-values.ts';
import { algorithm, digest } from './crypto.ts';
import { OID } from './oids.ts';
import { View } from './view.ts';

/** A distinguished name: its bytes, for comparing, and its attributes by object identifier, first one first. */
export interface Name {
  readonly bytes: Uint8Array;
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}

export interface Extension {
  readonly critical: boolean;
  /** Contents of the octet string. */
  readonly value: View;
}

export interface Certificate {
  readonly bytes: Uint8Array;
  /** The part that is signed. */
  readonly signedPart: Uint8Array;
  /** Serial number in hexadecimal. */
  readonly serial: string;
  readonly issuer: Name;
  readonly subject: Name;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyInfo: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly extensions: ReadonlyMap<string, Extension>;
  /** Certificate authority with the longest chain allowed below it (Infinity when unsaid); undefined for everyone else. */
  readonly authority: number | undefined;
  /** SHA-256 of the certificate in hexadecimal. */
  readonly fingerprint: string;
}

/** Reads one certificate that fills the view. Throws FormatError. */
export function readCertificate(view: View): Certificate {
  return certificateOf(readWholeAsn1(view, 'certificate'));
}

const KNOWN = new Map<string, Certificate>();
const MAX_KNOWN = 512;

/** The certificate an element of ASN.1 holds. Kept: the same ones occur in every slice, profile and timestamp. Throws FormatError. */
export function certificateOf(element: Asn1): Certificate {
  const { bytes } = element.whole;
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const known = KNOWN.get(name);
  if (known) return known;
  // A copy: what is kept must not keep the file it came from.
  const certificate = parseCertificate(readAsn1(new View(new Uint8Array(bytes), element.whole.offset)));
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(name, certificate);
  return certificate;
}

function parseCertificate(element: Asn1): Certificate {
  const tbs = element.expect(TAG.sequence, 'certificate').child(0, 'signed part').expect(TAG.sequence, 'signed part');
  const fields = tbs.children[0]?.is(0, 'context') ? tbs.children.slice(1) : tbs.children;
  const [serial, , issuer, validity, subject, keyInfo] = fields;
  if (!serial || !issuer || !validity || !subject || !keyInfo) throw tbs.error('a certificate without its fields');
  const extensions = readExtensions(fields.find((field) => field.is(3, 'context')));
  return {
    bytes: element.whole.bytes,
    signedPart: tbs.whole.bytes,
    serial: serial.expect(TAG.integer, 'serial number').content.hex(),
    issuer: readName(issuer),
    subject: readName(subject),
    notBefore: time(validity.child(0, 'first day')),
    notAfter: time(validity.child(1, 'last day')),
    keyInfo: keyInfo.expect(TAG.sequence, 'public key').whole.bytes,
    signatureAlgorithm: algorithm(element.child(1, 'signature algorithm')),
    signature: bitString(element.child(2, 'signature')).bytes,
    extensions,
    authority: readAuthority(extensions),
    fingerprint: Buffer.from(digest('sha256', element.whole.bytes)).toString('hex'),
  };
}

function readName(element: Asn1): Name {
  const attributes = new Map<string, string[]>();
  for (const pair of element.expect(TAG.sequence, 'name').children.flatMap((set) => set.children)) {
    const type = oid(pair.child(0, 'type of a name'));
    attributes.set(type, [...(attributes.get(type) ?? []), text(pair.child(1, 'value of a name'))]);
  }
  return { bytes: element.whole.bytes, attributes };
}

function readExtensions(tagged: Asn1 | undefined): ReadonlyMap<string, Extension> {
  const extensions = new Map<string, Extension>();
  for (const entry of tagged?.child(0, 'extensions').children ?? []) {
    const second = entry.child(1, 'value of an extension');
    const critical = second.is(TAG.boolean) && boolean(second);
    const value = second.is(TAG.boolean) ? entry.child(2, 'value of an extension') : second;
    extensions.set(oid(entry.child(0, 'extension')), {
      critical,
      value: value.expect(TAG.octetString, 'value').content,
    });
  }
  return extensions;
}

function readAuthority(extensions: ReadonlyMap<string, Extension>): number | undefined {
  const constraints = extensions.get(OID.basicConstraints);
  if (!constraints) return undefined;
  const [isAuthority, length] = readWholeAsn1(constraints.value, 'basic constraints').children;
  if (!isAuthority?.is(TAG.boolean) || !boolean(isAuthority)) return undefined;
  return length ? integer(length) : Number.POSITIVE_INFINITY;
}

/** The first attribute of a subject, by object identifier; empty when there is none. */
export function subjectPart(certificate: Certificate, type: string): string {
  return certificate.subject.attributes.get(type)?.[0] ?? '';
}

/** The name a person knows a certificate by. */
export function commonName(certificate: Certificate): string {
  return subjectPart(certificate, OID.commonName);
}

/** The team a certificate belongs to: the organisational unit of a developer's certificate. */
export function teamOf(certificate: Certificate): string {
  return subjectPart(certificate, OID.organizationalUnit);
}

/** Whether the key may be used for bit `bit` of KeyUsage (0 digitalSignature, 5 keyCertSign); true when nothing is said. */
export function mayUseKey(certificate: Certificate, bit: number): boolean {
  const usage = certificate.extensions.get(OID.keyUsage);
  if (!usage) return true;
  const bits = readWholeAsn1(usage.value, 'key usage').content;
  return bits.length > 1 + (bit >> 3) && (bits.u8(1 + (bit >> 3)) & (0x80 >> (bit & 7))) !== 0;
}

/** The extended key usages, by object identifier; empty when nothing is said. */
export function extendedUsages(certificate: Certificate): readonly string[] {
  const usage = certificate.extensions.get(OID.extendedKeyUsage);
  return usage ? readWholeAsn1(usage.value, 'extended key usage').children.map((child) => oid(child)) : [];
}

/** What a developer's certificate is for, told by the marks Apple puts in. */
export type CertificateKind =
  | 'developer-id'
  | 'developer-id-installer'
  | 'development'
  | 'distribution'
  /** Apple's own: what the store signs again, and what comes with macOS. */
  | 'apple'
  | 'other';

export function kindOf(certificate: Certificate): CertificateKind {
  const has = (mark: string) => certificate.extensions.has(mark);
  if (has(OID.macAppStore) || has(OID.appleSoftware)) return 'apple';
  if (has(OID.developerIdApplication)) return 'developer-id';
  if (has(OID.developerIdInstaller)) return 'developer-id-installer';
  if (has(OID.macDevelopment) || has(OID.iosDevelopment)) return 'development';
  if (has(OID.macAppDistribution) || has(OID.iosDistribution)) return 'distribution';
  return 'other';
}

/** A certificate from bytes of its own, as in a provisioning profile's DeveloperCertificates. Throws FormatError. */
export function certificateFrom(bytes: Uint8Array): Certificate {
  return readCertificate(new View(bytes));
}
