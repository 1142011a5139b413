/** A value of a registry property. OSData comes as its bytes in hexadecimal, so that JSON can carry it. */
export type PropertyValue =
  | string
  | number
  | boolean
  | { readonly $data: string }
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue };

/** One entry of the host's registry with everything below it, as the control socket's `registry` request returns it. */
export interface RegistryEntry {
  readonly name: string;
  /** What stands behind the `@` of an entry's name; empty when there is nothing. */
  readonly location: string;
  /** The kernel class. A dext's own class is the property `IOUserClass`. */
  readonly class: string;
  readonly id: number;
  readonly registered: boolean;
  readonly matched: boolean;
  readonly active: boolean;
  readonly busy: number;
  readonly retain: number;
  readonly properties: Readonly<Record<string, PropertyValue>>;
  readonly children: readonly RegistryEntry[];
}

/** Every entry of the tree, parents first. */
export function* walkRegistry(entry: RegistryEntry): Generator<RegistryEntry> {
  yield entry;
  for (const child of entry.children) yield* walkRegistry(child);
}
