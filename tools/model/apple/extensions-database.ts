// extensions-database.ts — /Library/SystemExtensions/db.plist in, the extensions sysextd has on file out.
//
// Apple promises no format, so nothing here insists: what is missing is absent, what is unknown is kept or ignored.

import {
  asArray,
  asDictionary,
  asNumber,
  asText,
  type Dictionary,
  type PlistValue,
  parsePropertyList,
} from './property-list.ts';
import { extensionState, type SystemExtension } from './system-extension.ts';

export const DATABASE_PATH = '/Library/SystemExtensions/db.plist';

export interface StagedExtension extends SystemExtension {
  readonly uniqueId: string | undefined;
  /** Where it came from: inside the host app. */
  readonly originPath: string | undefined;
  readonly containerPath: string | undefined;
  /** The copy that runs, below /Library/SystemExtensions. */
  readonly stagedPath: string | undefined;
  /** One per architecture, 40 hexadecimal digits. */
  readonly cdhashes: readonly string[];
}

export interface ExtensionsDatabase {
  readonly developerMode: boolean;
  readonly extensions: readonly StagedExtension[];
}

/** The file in any property list format, or what `defaults read` prints of it. Throws UserError when it is neither. */
export function parseExtensionsDatabase(source: Uint8Array | string): ExtensionsDatabase {
  const text = typeof source === 'string' ? withoutAbridgedData(source) : source;
  const root = asDictionary(parsePropertyList(text, DATABASE_PATH));
  const mode = root.developerMode;
  return {
    developerMode: mode === true || asNumber(mode) === 1,
    extensions: asArray(root.extensions).map((entry) => readExtension(asDictionary(entry))),
  };
}

/** `defaults read` abridges data to `{length = 8, bytes = 0x62 ... }`, which is no property list any more. */
const withoutAbridgedData = (text: string) => text.replaceAll(/\{length = \d+, bytes = 0x[0-9a-f. ]*\}/g, '""');

function readExtension(entry: Dictionary): StagedExtension {
  const version = asDictionary(entry.bundleVersion);
  return {
    identifier: asText(entry.identifier) ?? '',
    version: { short: asText(version.CFBundleShortVersionString) ?? '', build: asText(version.CFBundleVersion) },
    state: extensionState(asText(entry.state) ?? ''),
    team: asText(entry.teamID),
    category: asText(asArray(entry.categories)[0]),
    uniqueId: asText(entry.uniqueID),
    originPath: asText(entry.originPath),
    containerPath: asText(asDictionary(entry.container).bundlePath),
    stagedPath: pathOf(asDictionary(entry.stagedBundleURL).relative),
    cdhashes: Object.keys(asDictionary(entry.stagedCdhashes)).map((hash) => hash.toLowerCase()),
  };
}

function pathOf(url: PlistValue | undefined): string | undefined {
  const text = asText(url);
  if (text === undefined || !URL.canParse(text)) return undefined;
  try {
    return decodeURIComponent(new URL(text).pathname).replace(/\/$/, '');
  } catch {
    return undefined; // a lone % in the path
  }
}
