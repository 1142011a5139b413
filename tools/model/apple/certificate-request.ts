// certificate-request.ts — a key and a name in, the request Apple makes a certificate from out.
//
// CertificationRequest                                  RFC 2986, section 4
//   SEQUENCE { info, SEQUENCE { signatureAlgorithm, NULL }, BIT STRING signature }
//   info: SEQUENCE { INTEGER 0, SEQUENCE OF name parts, publicKeyInfo, [0] no attributes }

import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const NO_ATTRIBUTES = Buffer.from([0xa0, 0]);
const VERSION_0 = Buffer.from([0x02, 1, 0]);
/** 2.5.4.3 commonName */
const COMMON_NAME = Buffer.from([0x06, 3, 0x55, 0x04, 0x03]);
/** 1.2.840.113549.1.1.11 sha256WithRSAEncryption, with its NULL parameters */
const SHA256_WITH_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

/** In PEM. `key` is a private RSA key; Apple asks for 2048 bits and puts a name of its own into the certificate. */
export function certificateRequest(key: KeyObject, commonName: string): string {
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const info = der(SEQUENCE, VERSION_0, name, publicKey, NO_ATTRIBUTES);
  const signature = der(0x03, Buffer.from([0]), sign('sha256', info, key));
  const base64 = der(SEQUENCE, info, SHA256_WITH_RSA, signature).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE REQUEST-----\n`;
}

function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length < 0x80 ? [content.length] : longLength(content.length);
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function longLength(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}
