// registry.ts — the output of `ioreg` in, the services of the IOService plane out.

import {
  asArray,
  asDictionary,
  asNumber,
  asText,
  type Dictionary,
  type PlistValue,
  parsePropertyList,
} from './property-list.ts';

/** One service. Ids are numbers as macOS counts them, from 0x100000000. */
export interface RegistryEntry {
  readonly name: string;
  readonly className: string;
  readonly id: number | undefined;
  readonly properties: Dictionary;
  readonly children: readonly RegistryEntry[];
}

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
  return (Array.isArray(root) ? root : [root]).map((entry) => readEntry(asDictionary(entry)));
}

function readEntry(entry: Dictionary): RegistryEntry {
  const { IORegistryEntryChildren: children, ...properties } = entry;
  return {
    name: asText(entry.IORegistryEntryName) ?? '',
    className: asText(entry.IOObjectClass) ?? '',
    id: asNumber(entry.IORegistryEntryID),
    properties,
    children: asArray(children as PlistValue | undefined).map((child) => readEntry(asDictionary(child))),
  };
}

/** Every entry of the trees, parents before children. */
export function* walk(entries: readonly RegistryEntry[]): Generator<RegistryEntry> {
  for (const entry of entries) {
    yield entry;
    yield* walk(entry.children);
  }
}

/** The services in these trees that a dext serves: they have an IOUserClass. */
export function dextServices(entries: readonly RegistryEntry[]): readonly DextService[] {
  return [...walk(entries)].filter((entry) => asText(entry.properties.IOUserClass) !== undefined).map(dextService);
}

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
