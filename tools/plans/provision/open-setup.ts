// open-setup.ts — options of a provision command in, what its steps share out.

import { join, resolve } from 'node:path';
import { findApiKey } from '../../adapters/apple/api-key.ts';
import { APPLE_API, appStoreConnect } from '../../adapters/apple/app-store-connect.ts';
import { readPrivateFile } from '../../adapters/private-file.ts';
import { PROJECT_ROOT } from '../../adapters/project.ts';
import type { System } from '../../adapters/system.ts';
import { type NamedDevice, readDeviceFiles, released } from '../../generate/device-file.ts';
import { type Purpose, parseSigningWishes, type SigningWishes, WISH_FILES } from '../../model/apple/signing-wishes.ts';
import { Secret } from '../../model/secret.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { account, type Setup } from './setup.ts';

/** Options every command with an account takes. */
export const SETUP_OPTIONS = {
  for: { type: 'string', default: 'development' },
  key: { type: 'string' },
  'key-id': { type: 'string' },
  issuer: { type: 'string' },
  device: { type: 'string' },
  p12: { type: 'string' },
  'p12-password': { type: 'string' },
  api: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

export const SETUP_USAGE = `  --for PURPOSE    development (the default) or developer-id
  --key FILE       the App Store Connect API key, AuthKey_….p8, readable by you alone; looked for where Apple's tools do
  --key-id ID      when it is not in the file's name
  --issuer ID      issuer of the key; APP_STORE_CONNECT_ISSUER_ID otherwise; neither for an individual key
  --device ID      provisioning id of the Mac to register, when it is another one
  --p12 FILE       an identity somebody exported, to import into the keychain instead of making a new certificate
  --p12-password FILE
                   the file with its password, readable by you alone
  --api URL        a stand-in of Apple's API on this machine, for tests
  --json           the result as JSON on standard output and nothing else`;

export interface SetupOptions {
  readonly for: string;
  readonly key?: string | undefined;
  readonly 'key-id'?: string | undefined;
  readonly issuer?: string | undefined;
  readonly device?: string | undefined;
  readonly p12?: string | undefined;
  readonly 'p12-password'?: string | undefined;
  readonly api?: string | undefined;
  /** Look for no API key. */
  readonly offline?: boolean;
}

export async function openSetup(system: System, options: SetupOptions, project = PROJECT_ROOT): Promise<Setup> {
  const wishes = await readWishes(system, purposeOf(options.for), project);
  const devices = chosen(readDeviceFiles(join(PROJECT_ROOT, 'firmware-info')), wishes);
  const file = options.key === undefined ? undefined : resolve(system.workingDirectory, options.key);
  const key = options.offline
    ? undefined
    : await findApiKey(system, { file, id: options['key-id'], issuer: options.issuer });
  return {
    system,
    project,
    wishes,
    devices,
    adapters: devices.map(({ file: { vendor, model } }) => ({
      name: `${vendor.name} ${model.name}`,
      vendorId: Number(vendor.id),
      productId: Number(model.id),
    })),
    account: key && account(appStoreConnect(system, key, options.api ?? APPLE_API)),
    apiKey: key,
    device: options.device,
    exported: await exportedIdentity(system, options),
  };
}

async function exportedIdentity(
  system: System,
  { p12, 'p12-password': passwordFile }: SetupOptions,
): Promise<Setup['exported']> {
  if (p12 === undefined) return undefined;
  if (passwordFile === undefined)
    throw new UserError(
      '--p12 needs --p12-password FILE',
      'Write the password into a file with mode 600: on a command line everybody could read it.',
      EXIT.unusable,
    );
  const [file, password] = [
    resolve(system.workingDirectory, p12),
    await readPrivateFile(system, resolve(system.workingDirectory, passwordFile)),
  ];
  if (!password || !(await system.files.facts(file)))
    throw new UserError(`${password ? file : passwordFile} is no file`, 'Give the path of a file.', EXIT.unusable);
  return { file, password: new Secret(password.reveal().replace(/\r?\n$/, '')) };
}

function purposeOf(text: string): Purpose {
  if (text === 'development' || text === 'developer-id') return text;
  throw new UserError(`--for ${text} is no purpose`, 'Say --for development or --for developer-id.', EXIT.unusable);
}

export async function readWishes(system: System, purpose: Purpose, project: string): Promise<SigningWishes> {
  const path = join(project, WISH_FILES[purpose]);
  const text = await system.files.readText(path);
  if (text === undefined) throw new UserError(`${path} is missing`, 'Take it from git.', EXIT.unusable);
  return parseSigningWishes(text, WISH_FILES[purpose]);
}

/** All means for a release: all that are somebody's product. Who wants another one names it. */
function chosen(devices: readonly NamedDevice[], { adapters, purpose }: SigningWishes): readonly NamedDevice[] {
  if (adapters === 'all') return purpose === 'developer-id' ? released(devices) : devices;
  const missing = adapters.find((folder) => !devices.some((device) => device.folder === folder));
  if (missing !== undefined)
    throw new UserError(
      `${WISH_FILES[purpose]}: there is no firmware-info/${missing}`,
      'Name folders of firmware-info.',
      EXIT.unusable,
    );
  return devices.filter(({ folder }) => adapters.includes(folder));
}
