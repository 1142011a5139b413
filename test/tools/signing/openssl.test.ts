import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sourceOf } from '../../../tools/model/signing/byte-source.ts';
import { readSignedData } from '../../../tools/model/signing/cms.ts';
import { blobContent, SLOT } from '../../../tools/model/signing/code-signature.ts';
import { OID } from '../../../tools/model/signing/oids.ts';
import { readProgram } from '../../../tools/model/signing/program.ts';
import type { Identity } from '../../support/signing/authority.ts';
import { APP_ID } from '../../support/signing/bundle.ts';
import { signSlice } from '../../support/signing/code-signature.ts';
import { FAKE, TEAM } from '../../support/signing/fake-apple.ts';
import { makeProfile } from '../../support/signing/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'multiport-openssl-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function pem(certificate: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${certificate
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** Throws with OpenSSL's words when it does not accept what it is given. */
function openssl(...args: readonly string[]): Buffer {
  return execFileSync('openssl', [...args], { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 24 });
}

const root = file('root.pem', pem(FAKE.root.certificate));
const rootG3 = file('root-g3.pem', pem(FAKE.rootG3.certificate));

describe('what the tests are made of is accepted by OpenSSL', () => {
  it.each<[string, Identity, string]>([
    ['a Developer ID certificate', FAKE.developerId, root],
    ['an Apple Development certificate', FAKE.development, root],
    ["a provisioning profile's signer", FAKE.profileSigner, root],
    ["its DER layer's signer", FAKE.derSigner, rootG3],
    ['a timestamp authority', FAKE.timestamper, root],
  ])('%s has a chain up to its root', (name, { certificate, above }, trusted) => {
    const chain = file('chain.pem', above.map(pem).join(''));
    const leaf = file('leaf.pem', pem(certificate));
    // -ignore_critical: OpenSSL does not know Apple's marks
    const said = openssl('verify', '-ignore_critical', '-CAfile', trusted, '-untrusted', chain, leaf);
    expect(said.toString(), name).toMatch(/: OK/);
  });

  it('a provisioning profile, both layers', () => {
    const profile = makeProfile({
      kind: 'developer-id',
      identifier: APP_ID,
      signers: [FAKE.developerId],
      entitlements: { x: true },
    });
    const verifyCms = (path: string, trusted: string) =>
      openssl(
        'cms',
        '-verify',
        '-inform',
        'DER',
        '-in',
        path,
        '-CAfile',
        trusted,
        '-purpose',
        'any',
        '-ignore_critical',
      );
    const xml = verifyCms(file('x.provisionprofile', profile), root).toString();
    expect(xml).toContain('<key>DER-Encoded-Profile</key>');
    const inner = Buffer.from(/DER-Encoded-Profile<\/key>\s*<data>\s*([^<]*)/.exec(xml)?.[1] ?? '', 'base64');
    expect(verifyCms(file('inner.der', inner), rootG3).toString('latin1')).toContain('ProfileDistributionType');
  });

  it('the CMS of a program, with indefinite lengths, over its code directory', () => {
    const { cms, directory } = signedProgram();
    const path = file('code.cms', cms.bytes);
    const content = file('code.directory', directory);
    const said = openssl(
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      path,
      '-content',
      content,
      '-CAfile',
      root,
      '-purpose',
      'any',
      '-ignore_critical',
    );
    expect(said.equals(directory)).toBe(true);
    expect(cms.bytes.subarray(0, 2)).toEqual(Uint8Array.from([0x30, 0x80]));
  });

  it('the timestamp of a program, over its signature', () => {
    const { cms } = signedProgram();
    const [signer] = readSignedData(cms).signers;
    const token = signer?.unsignedAttributes.get(OID.timestampToken)?.[0];
    const path = file('token.der', token?.whole.bytes ?? '');
    const data = file('signature', signer?.signature ?? '');
    const said = openssl(
      'ts',
      '-verify',
      '-token_in',
      '-in',
      path,
      '-data',
      data,
      '-CAfile',
      root,
      '-untrusted',
      file('tsa.pem', FAKE.timestamper.above.map(pem).join('')),
    );
    expect(said.toString()).toContain('OK');
  });
});

function signedProgram() {
  const { bytes } = signSlice(
    { cpu: 'arm64', platform: 10, minimum: '21.0', mentions: [] },
    {
      identifier: APP_ID,
      team: TEAM,
      signer: FAKE.developerId,
      entitlements: { x: true },
      timestamp: new Date('2026-03-01T00:00:00Z'),
    },
  );
  const signed = readProgram('x', sourceOf(bytes)).slices[0]?.signed;
  if (!signed?.ok) throw new Error('not signed');
  const cms = blobContent(signed.value.signature, SLOT.cms);
  if (!cms) throw new Error('no CMS');
  return { cms, directory: Buffer.from(signed.value.signature.directories[0].blob.bytes) };
}
