// api-key.ts — the App Store Connect API key: a .p8 file in, tokens signed with it out.
//
// Apple: "Generating Tokens for API Requests". ES256, audience appstoreconnect-v1, at most 20 minutes.

import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { basename, join } from 'node:path';
import { Secret } from '../../model/secret.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { readPrivateFile } from '../private-file.ts';
import type { System } from '../system.ts';

export interface ApiKey {
  readonly file: string;
  readonly id: string;
  /** Undefined for an individual key, which stands for its owner. */
  readonly issuer: string | undefined;
  readonly key: KeyObject;
}

export interface KeyOptions {
  readonly file?: string | undefined;
  readonly id?: string | undefined;
  readonly issuer?: string | undefined;
}

const FILE_NAME = /^AuthKey_(?<id>[A-Z0-9]{8,12})\.p8$/;

/** Where Apple's own tools look for AuthKey_<id>.p8. */
const FOLDERS = (system: System) => [
  join(system.workingDirectory, 'private_keys'),
  join(system.home, 'private_keys'),
  join(system.home, '.private_keys'),
  join(system.home, '.appstoreconnect/private_keys'),
];

/** The key the options name, or the only one lying where Apple's tools look. Undefined when there is none at all. */
export async function findApiKey(system: System, options: KeyOptions): Promise<ApiKey | undefined> {
  const file = options.file ?? (await lookForKey(system, options.id));
  if (file === undefined) return undefined;
  const id = options.id ?? FILE_NAME.exec(basename(file))?.groups?.id;
  if (id === undefined)
    throw new UserError(`The key id of ${file} is not in its name`, 'Give it with --key-id.', EXIT.unusable);
  const issuer = options.issuer ?? system.environment.APP_STORE_CONNECT_ISSUER_ID;
  return { file, id, issuer: issuer === '' ? undefined : issuer, key: await readKey(system, file) };
}

async function lookForKey(system: System, id: string | undefined): Promise<string | undefined> {
  const found: string[] = [];
  for (const folder of FOLDERS(system)) {
    for (const name of await system.files.list(folder)) {
      const match = FILE_NAME.exec(name);
      if (match && (id === undefined || match.groups?.id === id)) found.push(join(folder, name));
    }
  }
  if (found.length > 1 && id === undefined) {
    throw new UserError(
      `There are ${found.length} API keys: ${found.join(', ')}`,
      'Say which with --key FILE.',
      EXIT.unusable,
    );
  }
  return found[0];
}

async function readKey(system: System, file: string): Promise<KeyObject> {
  const pem = await readPrivateFile(system, file);
  const key = pem && keyIn(pem);
  if (key?.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    const what = pem ? 'holds no P-256 private key' : 'is no file';
    throw new UserError(`${file} ${what}`, 'Give the .p8 file Apple let you download once.', EXIT.unusable);
  }
  return key;
}

function keyIn(pem: Secret): KeyObject | undefined {
  try {
    return createPrivateKey(pem.reveal());
  } catch {
    return undefined; // the error of node:crypto is not passed on: nothing of the file may show
  }
}

/** `issuedAt` and the lifetime in seconds. */
export function makeToken({ id, issuer, key }: ApiKey, issuedAt: number, lifetime: number): Secret {
  const who = issuer === undefined ? { sub: 'user' } : { iss: issuer };
  const times = { iat: issuedAt, exp: issuedAt + lifetime, aud: 'appstoreconnect-v1' };
  const signed = [
    { alg: 'ES256', kid: id, typ: 'JWT' },
    { ...who, ...times },
  ]
    .map(encode)
    .join('.');
  const signature = sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });
  return new Secret(`${signed}.${signature.toString('base64url')}`);
}

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
