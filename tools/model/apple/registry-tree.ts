// registry-tree.ts — the value of `ioreg -a` in, the services of the IOService plane out, parents before children.

import { asArray, asDictionary, asNumber, asText, type Dictionary, type PlistValue } from './property-list-values.ts';

/** One service. Ids are numbers as macOS counts them, from 0x100000000. */
export interface RegistryEntry {
  readonly name: string;
  readonly className: string;
  readonly id: number | undefined;
  readonly properties: Dictionary;
  readonly children: readonly RegistryEntry[];
}

/** An array of trees, or one tree. */
export const registryTrees = (root: PlistValue): readonly RegistryEntry[] =>
  (Array.isArray(root) ? root : [root]).map((entry) => readEntry(asDictionary(entry)));

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
