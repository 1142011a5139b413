import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificateRequest } from '../../../tools/model/apple/certificate-request.ts';

describe('a certificate request', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const request = certificateRequest(privateKey, 'Multiport');
  /** openssl ends with 0 also when the signature does not hold: only its words count. */
  const openssl = (input: string | Buffer, ...args: string[]) => {
    const { stdout, stderr } = spawnSync('openssl', ['req', ...args], { input, encoding: 'utf8' });
    return stdout + stderr;
  };

  it('is one for openssl, with a signature that holds', () => {
    expect(openssl(request, '-noout', '-verify', '-subject')).toMatch(
      /self-signature verify OK[\s\S]*CN = Multiport|CN = Multiport[\s\S]*verify OK/,
    );
    expect(openssl(request, '-noout', '-text')).toMatch(/Public-Key: \(2048 bit\)[\s\S]*sha256WithRSAEncryption/);
  });

  it('is refused by openssl when a letter of the name changes', () => {
    const bytes = Buffer.from(request.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const at = bytes.indexOf('Multiport');
    expect(at).toBeGreaterThan(0);
    bytes[at] = 0x6d;
    expect(openssl(bytes, '-inform', 'DER', '-noout', '-verify')).toContain('verify failure');
  });

  it('holds nothing of the private key', () => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const secret = pem
      .split('\n')
      .filter((text) => text.length === 64)
      .slice(10);
    expect(secret.length).toBeGreaterThan(5);
    for (const line of secret) expect(request).not.toContain(line);
  });
});
