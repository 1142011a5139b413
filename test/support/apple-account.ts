// apple-account.ts — what Apple's side would answer: certificates for requests, profiles for certificates and devices.

import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type PlistValue } from 'plist';
import type { Complete } from './app-store-connect.ts';

export const TEAM = 'ABCDE12345';

const folder = mkdtempSync(join(tmpdir(), 'multiport-ca-'));
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A certificate for a request, signed by openssl: so our request is judged by somebody else, too. */
export function certificateFor(csr: string): Buffer {
  if (!existsSync(join(folder, 'ca.pem'))) {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'ca.key'];
    openssl('req', '-x509', ...key, '-out', 'ca.pem', '-subj', '/CN=Test CA', '-days', '30');
  }
  writeFileSync(join(folder, 'request.pem'), csr);
  openssl('req', '-in', 'request.pem', '-verify', '-noout');
  openssl(
    'x509',
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-days',
    '365',
    '-outform',
    'DER',
    '-out',
    'leaf.cer',
  );
  return readFileSync(join(folder, 'leaf.cer'));
}

export interface ProfileContent {
  readonly name: string;
  readonly bundleId: string;
  readonly kind: 'development' | 'developer-id';
  readonly entitlements?: Readonly<Record<string, PlistValue>>;
  readonly certificates?: readonly Uint8Array[];
  readonly devices?: readonly string[];
  readonly expires?: Date;
}

/** A profile as far as anybody reads it who does not judge signatures: its property list between other bytes. */
export function profileBytes(content: ProfileContent): Buffer {
  const { name, bundleId, kind, entitlements = {}, certificates = [], devices = [] } = content;
  const plist = build({
    Name: name,
    UUID: randomUUID(),
    TeamIdentifier: [TEAM],
    ExpirationDate: content.expires ?? new Date('2030-01-01'),
    DeveloperCertificates: certificates.map((bytes) => new Uint8Array(bytes)),
    Entitlements: {
      'com.apple.application-identifier': `${TEAM}.${bundleId}`,
      'com.apple.developer.team-identifier': TEAM,
      ...entitlements,
    },
    ...(kind === 'development' ? { ProvisionedDevices: [...devices] } : { ProvisionsAllDevices: true }),
  });
  return Buffer.concat([Buffer.from([0x30, 0x82, 0, 0]), Buffer.from(plist), Buffer.from([0, 1, 2])]);
}

/** What Apple adds to a new resource. */
export const complete: Complete = (made, all) => {
  const attributes = made.attributes as Record<string, string>;
  const targets = (name: string) =>
    [made.relationships[name]?.data ?? []]
      .flat()
      .map((target) => all.find(({ id }) => id === (target as { id: string }).id));
  switch (made.type) {
    case 'certificates': {
      const certificateContent = certificateFor(attributes.csrContent ?? '').toString('base64');
      return { certificateContent, name: 'Apple Development: Example', serialNumber: '01' };
    }
    case 'devices':
      return { status: 'ENABLED', deviceClass: 'MAC' };
    case 'profiles': {
      const certificates = targets('certificates').map((one) =>
        Buffer.from(String(one?.attributes.certificateContent), 'base64'),
      );
      const content = profileBytes({
        name: attributes.name ?? '',
        bundleId: String(targets('bundleId')[0]?.attributes.identifier),
        kind: attributes.profileType === 'MAC_APP_DEVELOPMENT' ? 'development' : 'developer-id',
        entitlements: { 'com.apple.developer.system-extension.install': true },
        certificates,
        devices: targets('devices').map((one) => String(one?.attributes.udid)),
      });
      return { profileState: 'ACTIVE', profileContent: content.toString('base64') };
    }
    default:
      return {};
  }
};
