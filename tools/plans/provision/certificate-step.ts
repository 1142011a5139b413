// certificate-step.ts — a signing key of ours, and Apple's certificate for it.

import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Resource } from '../../adapters/apple/app-store-connect.ts';
import { isMac } from '../../adapters/apple/mac-only.ts';
import { signingIdentities } from '../../adapters/apple/security.ts';
import { readPrivateFile } from '../../adapters/private-file.ts';
import { certificateRequest } from '../../model/apple/certificate-request.ts';
import type { Purpose } from '../../model/apple/signing-wishes.ts';
import { Secret } from '../../model/secret.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
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
      const ours = await ourCertificate(setup);
      if (ours?.place === 'keychain') return done(`in the keychain, ${validity(ours.certificate)}`);
      if (!ours)
        return todo(
          (await signingKey(setup))
            ? `ask for a certificate for the key in ${keyFile(setup)}`
            : `make a key in ${keyFile(setup)} and ask for a certificate`,
        );
      const stored = await system.files.read(certificateFile(setup));
      return stored && ours.certificate.raw.equals(stored) ? done(validity(ours.certificate)) : todo('download it');
    }),
    act: async (made) => {
      const ours = await ourCertificate(setup);
      if (ours) return store(setup, ours.certificate.raw, made);
      const key = (await signingKey(setup)) ?? (await makeKey(setup, made));
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

/** SHA-1 of the certificate to sign with, in capital hexadecimal digits, as the keychain calls identities. */
export async function identityHash(setup: Setup): Promise<string | undefined> {
  const ours = setup.account ? await ourCertificate(setup) : undefined;
  const bytes = ours?.certificate.raw ?? (await setup.system.files.read(certificateFile(setup)));
  return bytes && hashOf(bytes);
}

const hashOf = (certificate: Uint8Array) => createHash('sha1').update(certificate).digest('hex').toUpperCase();

/** Our key, when there is one. Throws UserError when others can read it. */
async function signingKey(setup: Setup): Promise<KeyObject | undefined> {
  const path = keyFile(setup);
  const pem = await readPrivateFile(setup.system, path);
  try {
    return pem && createPrivateKey(pem.reveal());
  } catch {
    throw new UserError(
      `${path} holds no private key`,
      'Remove it and run the command again: a new key is made.',
      EXIT.unusable,
    );
  }
}

async function makeKey(setup: Setup, made: ToJournal): Promise<KeyObject> {
  const privateKey = setup.system.makeRsaKey(KEY_BITS);
  // PKCS #1, which `security import` takes without a password.
  const pem = new Secret(privateKey.export({ type: 'pkcs1', format: 'pem' }).toString());
  await setup.system.files.write(keyFile(setup), pem, 0o600);
  // A key that others may have signed a release with is never taken back.
  if (setup.wishes.purpose === 'development')
    await made({ kind: 'file', title: 'the signing key', path: keyFile(setup) });
  return privateKey;
}

export interface OurCertificate {
  readonly resource: Resource;
  readonly certificate: X509Certificate;
  /** Where its key is. */
  readonly place: 'file' | 'keychain';
}

/** The valid certificate of the account whose key is here: in our file, or on a Mac in the keychain, whoever put it there. */
export async function ourCertificate(setup: Setup): Promise<OurCertificate | undefined> {
  const { type } = TYPES[setup.wishes.purpose];
  const all = await accountOf(setup).find('certificates', { 'filter[certificateType]': type });
  const valid = all.flatMap((resource) => {
    const certificate = certificateIn(resource);
    return certificate && new Date(certificate.validTo) > setup.system.now() ? { resource, certificate } : [];
  });
  const key = await signingKey(setup);
  const ofKey = key && valid.find(({ certificate }) => certificate.checkPrivateKey(key));
  if (ofKey) return { ...ofKey, place: 'file' };
  const hashes = isMac(setup.system)
    ? (await signingIdentities(setup.system)).map(({ hash }) => hash.toUpperCase())
    : [];
  const inKeychain = valid.find(({ certificate }) => hashes.includes(hashOf(certificate.raw)));
  return inKeychain && { ...inKeychain, place: 'keychain' };
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
