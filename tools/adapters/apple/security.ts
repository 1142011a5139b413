// security.ts — the keychain: which identities are there, and one more or less.

import { type Identity, parseIdentities } from '../../model/apple/identity.ts';
import { Secret, withoutSecrets } from '../../model/secret.ts';
import { UserError } from '../../model/user-error.ts';
import type { System } from '../system.ts';
import { outputOf, requireMac, runOnMac } from './mac-only.ts';

/** The identities that can sign code, valid ones only. */
export async function signingIdentities(system: System): Promise<readonly Identity[]> {
  const ran = await runOnMac(system, 'security', ['find-identity', '-v', '-p', 'codesigning'], 'Reading the keychain');
  return parseIdentities(outputOf(ran, 'security find-identity'));
}

/** A key or a certificate file into the user's keychain; codesign may use it without asking. */
export async function importIntoKeychain(system: System, file: string): Promise<void> {
  const kind = file.endsWith('.pem') ? ['-t', 'priv', '-f', 'openssl'] : [];
  const args = ['import', file, ...kind, '-T', '/usr/bin/codesign', '-T', '/usr/bin/security'];
  const { exitCode, stderr } = await runOnMac(system, 'security', args, 'Importing into the keychain');
  if (exitCode === 0 || /already exists/i.test(stderr)) return;
  throw new UserError(`security cannot import ${file}`, stderr.trim() || `It ended with exit code ${exitCode}.`);
}

/** `hash` is the certificate's SHA-1 in hexadecimal. */
export async function deleteIdentity(system: System, hash: string): Promise<void> {
  outputOf(
    await runOnMac(system, 'security', ['delete-identity', '-Z', hash], 'Changing the keychain'),
    'security delete-identity',
  );
}

/**
 * A PKCS #12 file into the keychain. Its password must not stand in the argument list, where every user of the machine can
 * read it, so `security` gets the whole command on its standard input.
 */
export async function importProtected(system: System, file: string, password: Secret): Promise<void> {
  requireMac(system, 'Importing into the keychain');
  const line = ['import', file, '-f', 'pkcs12', '-P', password.reveal(), '-T', '/usr/bin/codesign']
    .map(quoted)
    .join(' ');
  const { exitCode, stdout, stderr } = await system.execute('security', ['-i'], { input: new Secret(`${line}\n`) });
  const said = withoutSecrets(`${stdout}\n${stderr}`, [password])
    .replaceAll(/^security> ?/gm, '')
    .trim();
  if (exitCode === 0 && !/SecKeychainItemImport|error/i.test(said)) return;
  throw new UserError(`security cannot import ${file}`, said || `It ended with exit code ${exitCode}.`);
}

/** `security -i` reads words as a shell does: quotes, and a backslash in front of them. */
const quoted = (word: string) => `"${word.replaceAll(/["\\]/g, '\\$&')}"`;
