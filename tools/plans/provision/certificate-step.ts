// certificate-step.ts — a signing key of ours, and Apple's certificate for it.

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import type { Resource } from '../../adapters/apple/app-store-connect.ts';
import { certificateRequest } from '../../model/apple/certificate-request.ts';
import type { Purpose } from '../../model/apple/signing-wishes.ts';
import { Secret } from '../../model/secret.ts';
import { EXIT, UserError } from '../../report/user-error.ts';
import { accountOf, withAccount } from './api-steps.ts';
import { certificateFile, keyFile, type Setup } from './setup.ts';
import { done, type Step, todo } from './step.ts';

const TYPES: Readonly<Record<Purpose, { readonly type: string; readonly name: string }>> = {
  development: { type: 'DEVELOPMENT', name: 'Apple Development' },
  'developer-id': { type: 'DEVELOPER_ID_APPLICATION_G2', name: 'Developer ID Application' },
};

type ToJournal = Parameters<NonNullable<Step['act']>>[0];

const KEY_BITS = 2048; // what Apple's certificate requests take

export function obtainCertificate(setup: Setup): Step {
  const { type, name } = TYPES[setup.wishes.purpose];
  const { system } = setup;
  return {
    id: 'certificate',
    kind: 'api',
    title: `Obtain a certificate of the kind ${name}`,
    how: `Certificates > + > ${name}: upload a request made with Keychain Access > Certificate Assistant.${setup.wishes.purpose === 'developer-id' ? ' Only the Account Holder can.' : ''}`,
    link: 'https://developer.apple.com/account/resources/certificates/list',
    look: withAccount(setup, async () => {
      const key = await signingKey(setup);
      if (!key) return todo(`make a key in ${keyFile(setup)} and ask for a certificate`);
      const found = await certificateOf(setup, key);
      if (!found) return todo(`ask for a certificate for the key in ${keyFile(setup)}`);
      const stored = await system.files.read(certificateFile(setup));
      return stored && found.raw.equals(stored) ? done(validity(found)) : todo('download it');
    }),
    act: async (made) => {
      const key = (await signingKey(setup)) ?? (await makeKey(setup, made));
      const existing = await certificateOf(setup, key);
      if (existing) return store(setup, existing.raw, made);
      const csrContent = certificateRequest(key, 'Multiport');
      const resource = await accountOf(setup).create({
        type: 'certificates',
        attributes: { certificateType: type, csrContent },
      });
      if (setup.wishes.purpose === 'development')
        await made({ kind: 'resource', title: `the certificate ${name}`, type: 'certificates', id: resource.id });
      await store(setup, certificateIn(resource)?.raw ?? new Uint8Array(), made);
    },
  };
}

async function store(setup: Setup, certificate: Uint8Array, made: ToJournal): Promise<void> {
  const path = certificateFile(setup);
  await setup.system.files.write(path, certificate);
  await made({ kind: 'file', title: path, path });
}

/** SHA-1 of our certificate, in capital hexadecimal digits, as the keychain calls identities. */
export async function identityHash(setup: Setup): Promise<string | undefined> {
  const bytes = await setup.system.files.read(certificateFile(setup));
  return bytes && createHash('sha1').update(bytes).digest('hex').toUpperCase();
}

/** Our key, when there is one. Throws UserError when others can read it. */
export async function signingKey(setup: Setup): Promise<KeyObject | undefined> {
  const path = keyFile(setup);
  const facts = await setup.system.files.facts(path);
  if (!facts) return undefined;
  if ((facts.mode & 0o077) !== 0)
    throw new UserError(
      `${path} can be read by others`,
      `chmod 600 '${path}', and revoke its certificate if somebody may have read it.`,
    );
  try {
    return createPrivateKey((await setup.system.files.readText(path)) ?? '');
  } catch {
    throw new UserError(
      `${path} holds no private key`,
      'Remove it and run the command again: a new key is made.',
      EXIT.unusable,
    );
  }
}

async function makeKey(setup: Setup, made: ToJournal): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: KEY_BITS });
  const pem = new Secret(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await setup.system.files.write(keyFile(setup), pem, 0o600);
  // A key that others may have signed a release with is never taken back.
  if (setup.wishes.purpose === 'development')
    await made({ kind: 'file', title: 'the signing key', path: keyFile(setup) });
  return privateKey;
}

/** The certificate in the account for our key, if it is still valid. */
export async function certificateOf(setup: Setup, key: KeyObject): Promise<X509Certificate | undefined> {
  const resource = await certificateResource(setup, key);
  return resource && certificateIn(resource);
}

export async function certificateResource(setup: Setup, key: KeyObject): Promise<Resource | undefined> {
  const { type } = TYPES[setup.wishes.purpose];
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const all = await accountOf(setup).find('certificates', { 'filter[certificateType]': type });
  return all.find((resource) => {
    const certificate = certificateIn(resource);
    if (!certificate || new Date(certificate.validTo) <= setup.system.now()) return false;
    return certificate.publicKey.export({ type: 'spki', format: 'der' }).equals(publicKey);
  });
}

function certificateIn({ attributes }: Resource): X509Certificate | undefined {
  const { certificateContent } = attributes;
  if (typeof certificateContent !== 'string') return undefined;
  try {
    return new X509Certificate(Buffer.from(certificateContent, 'base64'));
  } catch {
    return undefined;
  }
}

const validity = ({ validTo }: X509Certificate) => `valid until ${new Date(validTo).toISOString().slice(0, 10)}`;
