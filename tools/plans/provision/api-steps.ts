// api-steps.ts — the steps App Store Connect can do for us: App IDs, the app's capability, this Mac.

import { ApiRefusal } from '../../adapters/apple/api-refusal.ts';
import type { Resource } from '../../adapters/apple/app-store-connect.ts';
import { hardware } from '../../adapters/apple/mac.ts';
import { isMac } from '../../adapters/apple/mac-only.ts';
import type { BundleWishes } from '../../model/apple/signing-wishes.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { type Account, appIdOf, NO_KEY, type Setup } from './setup.ts';
import { done, type Looked, type Step, todo, unknown } from './step.ts';

const IDENTIFIERS = 'https://developer.apple.com/account/resources/identifiers/list';
const DEVICES = 'https://developer.apple.com/account/resources/devices/list';

export function registerAppId(setup: Setup, part: 'app' | 'dext'): Step {
  const bundle = setup.wishes[part];
  return {
    id: `app-id-${part}`,
    kind: 'api',
    title: `Register the App ID ${bundle.bundleId}`,
    how: `Identifiers > + > App IDs > App: description "${bundle.name}", explicit bundle id ${bundle.bundleId}.`,
    link: IDENTIFIERS,
    look: withAccount(setup, async () =>
      (await appIdOf(setup, bundle)) ? done('it is registered') : todo('register it'),
    ),
    act: async (made) => {
      const attributes = { identifier: bundle.bundleId, name: bundle.name, platform: 'MAC_OS' };
      const created = await create(accountOf(setup), () => appIdOf(setup, bundle), { type: 'bundleIds', attributes });
      if (created)
        await made({ kind: 'resource', title: `the App ID ${bundle.bundleId}`, type: 'bundleIds', id: created.id });
    },
  };
}

export function grantCapability(setup: Setup, capability: string): Step {
  const bundle = setup.wishes.app;
  const find = async () => {
    const appId = await appIdOf(setup, bundle);
    const all = appId ? await accountOf(setup).find(`bundleIds/${appId.id}/bundleIdCapabilities`, {}) : [];
    return all.find(({ attributes }) => attributes.capabilityType === capability);
  };
  return {
    id: `capability-${capability.toLowerCase().replaceAll('_', '-')}`,
    kind: 'api',
    title: `Give ${bundle.name} the capability ${capability}`,
    how: `Identifiers > ${bundle.bundleId} > Capabilities: tick "System Extension", then Save.`,
    link: IDENTIFIERS,
    look: withAccount(setup, async () => ((await find()) ? done('it has it') : todo('add it'))),
    act: async (made) => {
      const bundleId = await requiredAppId(setup, bundle);
      const draft = {
        type: 'bundleIdCapabilities',
        attributes: { capabilityType: capability },
        relationships: { bundleId },
      };
      const created = await create(accountOf(setup), find, draft);
      const title = `the capability ${capability} of ${bundle.bundleId}`;
      if (created) await made({ kind: 'resource', title, type: draft.type, id: created.id });
    },
  };
}

/** Eight digits, a dash and sixteen on Apple silicon; a UUID on Intel. */
const PROVISIONING_ID = /^(?:[0-9A-F]{8}-[0-9A-F]{16}|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})$/i;

export function registerMac(setup: Setup): Step {
  const find = async (udid: string) =>
    (await accountOf(setup).find('devices', { 'filter[udid]': udid })).find(
      ({ attributes }) => attributes.udid === udid,
    );
  return {
    id: 'register-mac',
    kind: 'api',
    title: 'Register this Mac',
    how: 'Devices > +: platform macOS, and the Provisioning UDID that `system_profiler SPHardwareDataType` prints (not the Hardware UUID).',
    link: DEVICES,
    look: withAccount(setup, async () => {
      const udid = await provisioningId(setup);
      if (udid === undefined) return unknown('reading its id needs a Mac; elsewhere give --device PROVISIONING-UDID');
      const device = await find(udid);
      return device?.attributes.status === 'DISABLED'
        ? todo(`enable ${udid} again`)
        : device
          ? done(udid)
          : todo(`register ${udid}`);
    }),
    act: async (made) => {
      const udid = (await provisioningId(setup)) ?? '';
      const existing = await find(udid);
      if (existing) await accountOf(setup).update(existing, { status: 'ENABLED' });
      const attributes = { name: `Mac ${udid.slice(0, 8)}`, platform: 'MAC_OS', udid };
      const device = existing ?? (await create(accountOf(setup), () => find(udid), { type: 'devices', attributes }));
      if (device)
        await made({ kind: 'device', title: `the Mac ${udid} (disabled: Apple deletes no devices)`, id: device.id });
    },
  };
}

/** The id a profile has to list: the one asked for, or this Mac's own. */
export async function provisioningId({ device, system }: Setup): Promise<string | undefined> {
  if (device !== undefined && !PROVISIONING_ID.test(device)) {
    throw new UserError(
      `${device} is no provisioning id`,
      'It looks like 00008103-000A1B2C3D4E5F60, on Intel like a UUID.',
      EXIT.unusable,
    );
  }
  return device ?? (isMac(system) ? (await hardware(system)).provisioningId : undefined);
}

export const withAccount =
  ({ account }: Setup, look: () => Promise<Looked>) =>
  async (): Promise<Looked> =>
    account ? look() : unknown(NO_KEY);

export function accountOf({ account }: Setup): Account {
  if (!account) throw new Error('a step acts that could not look');
  return account;
}

async function requiredAppId(setup: Setup, bundle: BundleWishes): Promise<Resource> {
  const appId = await appIdOf(setup, bundle);
  if (!appId) throw new UserError(`The App ID ${bundle.bundleId} is gone`, 'Run the command again.');
  return appId;
}

/** Undefined when it is there after all: 409 can mean that a lost answer, or somebody else, made it meanwhile. */
export async function create(
  api: Account,
  find: () => Promise<Resource | undefined>,
  draft: Parameters<Account['create']>[0],
): Promise<Resource | undefined> {
  try {
    return await api.create(draft);
  } catch (error) {
    if (error instanceof ApiRefusal && error.status === 409 && (await find())) return undefined;
    throw error;
  }
}
