import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { asDictionary, type PlistValue, parsePropertyList } from '../../model/apple/property-list.ts';
import { type DextSources, dextAmong, mayHoldSources } from '../../model/host/dext-project.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

/** The dext below a folder, and its Info.plist as it stands. UserError when there is none, or more than one. */
export function readDextFolder(path: string): { readonly sources: DextSources; readonly info: PlistValue } {
  const folder = resolve(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(
      `${path} is no folder`,
      'Give the folder of a dext: Info.plist, .iig and .cpp files.',
      EXIT.unusable,
    );
  const files = [...filesBelow(folder)].sort();
  const infos = new Map(files.filter((file) => basename(file) === 'Info.plist').map((file) => [file, read(file)]));
  const withPersonalities = [...infos].filter(([, info]) => asDictionary(info).IOKitPersonalities !== undefined);
  const sources = dextAmong(
    folder,
    files,
    withPersonalities.map(([file]) => file),
  );
  return { sources, info: infos.get(sources.infoPlist) ?? {} };
}

const read = (file: string) => parsePropertyList(readFileSync(file), file);

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) yield path;
    else if (entry.isDirectory() && mayHoldSources(entry.name)) yield* filesBelow(path);
  }
}
