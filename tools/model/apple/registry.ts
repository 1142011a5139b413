// registry.ts — the output of `ioreg` in, the services of the IOService plane out.

import { asDictionary, asNumber, asText, parsePropertyList } from './property-list.ts';
import { type RegistryEntry, registryTrees, walk } from './registry-tree.ts';

export { type RegistryEntry, walk } from './registry-tree.ts';

/** What we ask of a service that a dext serves. */
export interface DextService {
  readonly name: string;
  readonly className: string;
  readonly userClass: string;
  readonly serverName: string | undefined;
  readonly bundleId: string | undefined;
  readonly providerClass: string | undefined;
  /** cdhash of the running process; only older systems publish it. */
  readonly cdhash: string | undefined;
  readonly busy: boolean;
  /** BSD names of the OS interfaces below it. */
  readonly interfaces: readonly string[];
}

/** `ioreg -a …`: an array of trees, one tree, or nothing at all when nothing matched. Throws UserError for anything else. */
export function parseRegistry(plist: string): readonly RegistryEntry[] {
  if (plist.trim() === '') return [];
  const root = parsePropertyList(plist, 'the output of ioreg -a');
  return registryTrees(root);
}

/** The services in these trees that a dext serves: they have an IOUserClass. */
export const dextServices = (trees: readonly RegistryEntry[]): readonly DextService[] =>
  dextServicesOf([...walk(trees)]);

/** The same of single entries, whose children are not looked at. */
export const dextServicesOf = (entries: readonly RegistryEntry[]): readonly DextService[] =>
  entries.filter((entry) => asText(entry.properties.IOUserClass) !== undefined).map(dextService);

function dextService({ name, className, properties, children }: RegistryEntry): DextService {
  const personality = asDictionary(properties.IOMatchedPersonality);
  return {
    name,
    className,
    userClass: asText(properties.IOUserClass) ?? '',
    serverName: asText(properties.IOUserServerName),
    bundleId: asText(properties.CFBundleIdentifier) ?? asText(personality.CFBundleIdentifier),
    providerClass: asText(properties.IOProviderClass) ?? asText(personality.IOProviderClass),
    cdhash: asText(properties.IOUserServerCDHash) ?? asText(personality.IOUserServerCDHash),
    busy: (asNumber(properties.IOServiceBusyState) ?? 0) > 0,
    interfaces: [...walk(children)].flatMap((child) => asText(child.properties['BSD Name']) ?? []),
  };
}
