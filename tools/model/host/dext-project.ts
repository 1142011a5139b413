// dext-project.ts — what lies in the folder of somebody's dext in, what the host's build needs to know of it out. Pure.

import { basename, dirname, extname } from 'node:path';
import type { PlistValue } from '../apple/property-list-values.ts';
import { asDictionary, asText } from '../apple/property-list-values.ts';
import { EXIT, UserError } from '../user-error.ts';
import { type BuildSettings, fillIn } from './build-settings.ts';

/** A dext's sources, as absolute paths. */
export interface DextSources {
  readonly infoPlist: string;
  readonly entitlements?: string;
  readonly cpp: readonly string[];
  readonly iig: readonly string[];
  readonly headers: readonly string[];
}

export interface DextProject {
  readonly identifier: string;
  readonly sources: DextSources;
  /** Without build settings, with the executable the host's build makes. */
  readonly info: PlistValue;
}

const NO_SOURCE = new Set(['build', 'node_modules', 'DerivedData']);

/** Whether the search for sources goes into a folder of this name. */
export const mayHoldSources = (name: string) =>
  !name.startsWith('.') && !name.endsWith('.xcodeproj') && !NO_SOURCE.has(name);

/**
 * The dext among files found below a folder: the one Info.plist with personalities and what lies beside and below it. `personalities` are
 * the Info.plists that have some. A UserError says what is missing or there twice.
 */
export function dextAmong(folder: string, files: readonly string[], personalities: readonly string[]): DextSources {
  const [infoPlist, ...others] = personalities;
  if (infoPlist === undefined)
    throw new UserError(
      `${folder} has no Info.plist with IOKitPersonalities`,
      'Give the folder of a dext.',
      EXIT.unusable,
    );
  if (others.length > 0)
    throw new UserError(
      `${folder} has ${personalities.length} dexts: ${personalities.map(dirname).join(', ')}`,
      'Give the folder of one of them.',
      EXIT.unusable,
    );
  const own = files.filter((file) => file.startsWith(`${dirname(infoPlist)}/`));
  const ending = (...endings: string[]) => own.filter((file) => endings.includes(extname(file)));
  const cpp = ending('.cpp', '.cc', '.cxx');
  if (cpp.length === 0)
    throw new UserError(`${dirname(infoPlist)} has no C++ sources`, 'Give the folder of a dext.', EXIT.unusable);
  const [entitlements] = ending('.entitlements');
  const headers = ending('.h', '.hh', '.hpp');
  return { infoPlist, cpp, iig: ending('.iig'), headers, ...(entitlements === undefined ? {} : { entitlements }) };
}

/** Fills the build settings in. Without an identifier in the Info.plist or from the caller it is local.NAME-OF-THE-FOLDER. */
export function dextProject(sources: DextSources, info: PlistValue, settings: BuildSettings): DextProject {
  const name = basename(dirname(sources.infoPlist)).replace(/[^A-Za-z0-9.-]/g, '-');
  const all: BuildSettings = {
    PRODUCT_BUNDLE_IDENTIFIER: `local.${name}`,
    PRODUCT_NAME: name,
    TARGET_NAME: name,
    PRODUCT_BUNDLE_PACKAGE_TYPE: 'DEXT',
    DEVELOPMENT_LANGUAGE: 'en',
    MARKETING_VERSION: '1.0',
    CURRENT_PROJECT_VERSION: '1',
    DEVELOPMENT_TEAM: 'LOCAL',
    ...settings,
  };
  const identifierAsked = asText(asDictionary(info).CFBundleIdentifier) ?? '$(PRODUCT_BUNDLE_IDENTIFIER)';
  const identifier = String(fillIn(identifierAsked, all, 'CFBundleIdentifier'));
  if (!/^[A-Za-z0-9.-]+$/.test(identifier))
    throw new UserError(
      `CFBundleIdentifier ${JSON.stringify(identifier)}: only letters, digits, dots and hyphens`,
      'Correct the Info.plist.',
    );
  const filled = fillIn(
    info,
    { ...all, EXECUTABLE_NAME: identifier, PRODUCT_BUNDLE_IDENTIFIER: identifier },
    'Info.plist',
  );
  return {
    identifier,
    sources,
    info: { ...asDictionary(filled), CFBundleIdentifier: identifier, CFBundleExecutable: identifier },
  };
}
