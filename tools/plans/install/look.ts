// look.ts — everything macOS knows of our driver, asked once.

import {
  connections,
  extensionsDatabase,
  hardwarePorts,
  interfaces,
  listExtensions,
  services as registryOf,
  runningDexts,
} from '../../adapters/apple/system-extensions.ts';
import type { System } from '../../adapters/system.ts';
import type { Client, DriverFacts, KnownVersion } from '../../checks/install/driver-facts.ts';
import { BUNDLE } from '../../generate/bundle.ts';
import { compareBuilds } from '../../model/apple/bundle-version.ts';
import { asNumber, asText } from '../../model/apple/property-list.ts';
import { dextServicesOf, type RegistryEntry, walk } from '../../model/apple/registry.ts';
import type { UsbAdapter } from '../../model/apple/usb-adapter.ts';
import { UserError } from '../../model/user-error.ts';

export interface Wanted {
  /** Bundle id of the dext. */
  readonly identifier: string;
  readonly adapters: readonly UsbAdapter[];
}

export async function look(system: System, { identifier, adapters }: Wanted): Promise<DriverFacts> {
  const trees = await registryOf(system, 'IOUSBHostDevice');
  const entries = unique([...walk(trees)]);
  const services = dextServicesOf(entries).filter(
    ({ bundleId, userClass }) =>
      bundleId === identifier && [BUNDLE.controllerClass, BUNDLE.portClass].some((name) => name === userClass),
  );
  const names = new Set(services.flatMap((service) => service.interfaces));
  return {
    versions: await knownVersions(system, identifier),
    adapters: entries.filter((entry) => isOurs(entry, adapters)).length,
    services,
    processes: (await runningDexts(system)).filter((process) => process.identifier === identifier),
    interfaces: names.size === 0 ? [] : (await interfaces(system)).filter(({ name }) => names.has(name)),
    labels: new Map(names.size === 0 ? [] : (await hardwarePorts(system)).map(({ device, label }) => [device, label])),
    clients: entries.flatMap((entry) => clientOf(entry)),
    connections: names.size === 0 ? [] : await connections(system),
  };
}

/** From the database, or from the list when Apple took the database away or changed it beyond reading. Newest first. */
export async function knownVersions(system: System, identifier: string): Promise<readonly KnownVersion[]> {
  const database = await extensionsDatabase(system).catch(unlessUnreadable);
  const all =
    database?.extensions ??
    (await listExtensions(system)).extensions.map((one) => ({ ...one, uniqueId: undefined, cdhashes: [] }));
  return all
    .filter((one) => one.identifier === identifier)
    .sort((a, b) => compareBuilds(b.version.build ?? '', a.version.build ?? ''));
}

function unlessUnreadable(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

/** A device behind a hub is in the hub's tree and in its own. */
function unique(entries: readonly RegistryEntry[]): readonly RegistryEntry[] {
  return [...new Map(entries.map((entry) => [entry.id ?? entry, entry])).values()];
}

const isOurs = ({ className, properties }: RegistryEntry, adapters: readonly UsbAdapter[]) =>
  className === 'IOUSBHostDevice' &&
  adapters.some(
    ({ vendorId, productId }) =>
      asNumber(properties.idVendor) === vendorId && asNumber(properties.idProduct) === productId,
  );

/** `IOUserClientCreator` is "pid 812, tools/ports". */
export function clientOf({ properties }: Pick<RegistryEntry, 'properties'>): Client[] {
  const creator = /^pid (?<pid>\d+), (?<name>.+)$/.exec(asText(properties.IOUserClientCreator) ?? '')?.groups;
  const ours = asText(properties.IOUserClass) === BUNDLE.userClientClass;
  return creator && ours ? [{ pid: Number(creator.pid), name: creator.name ?? '' }] : [];
}
