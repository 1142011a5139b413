import { type RegistryEntry, walkRegistry } from '../../model/host/registry.ts';
import { EXIT } from '../../model/user-error.ts';
import { formatIoreg } from '../../report/host/ioreg.ts';
import { parseOptions, withHost } from './options.ts';

const USAGE = `ioreg [-l] [-c CLASS | -n NAME] [--json]

  -l         also every entry's properties
  -c CLASS   only entries of this kernel class or IOUserClass, with what is below them
  -n NAME    only entries of this name, with what is below them`;

/** Prints the host's registry. */
export async function ioreg(args: readonly string[]): Promise<number> {
  const options = parseOptions(args, USAGE, {
    list: { type: 'boolean', short: 'l' },
    class: { type: 'string', short: 'c' },
    name: { type: 'string', short: 'n' },
  });
  if (!options) return EXIT.fine;
  const root = await withHost(options.stateFolder, (control) => control.request<RegistryEntry>('registry'));
  const { name, class: wanted, list } = options.values;
  const entries = name === undefined && wanted === undefined ? [root] : selected(root, name, wanted);
  if (options.json) console.log(JSON.stringify(entries.length === 1 ? entries[0] : entries, null, 2));
  else for (const entry of entries) console.log(formatIoreg(entry, { properties: list ?? false }).join('\n'));
  return EXIT.fine;
}

const selected = (root: RegistryEntry, name: string | undefined, wanted: string | undefined) =>
  [...walkRegistry(root)].filter(
    (entry) =>
      (name === undefined || entry.name === name) &&
      (wanted === undefined || entry.class === wanted || entry.properties.IOUserClass === wanted),
  );
