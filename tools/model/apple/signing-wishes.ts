// signing-wishes.ts — profiles/development.json or release.json in, what we ask of Apple out.

import { EXIT, UserError } from '../user-error.ts';

export type Purpose = 'development' | 'developer-id';

/** `as granted`: the value of the profile, literally. */
export type Wish = boolean | string | readonly string[];
export const AS_GRANTED = 'as granted';

export interface BundleWishes {
  readonly bundleId: string;
  /** Letters, digits and spaces: App IDs allow nothing else. */
  readonly name: string;
  /** Capability types of the App Store Connect API. */
  readonly capabilities: readonly string[];
  readonly entitlements: Readonly<Record<string, Wish>>;
}

export interface SigningWishes {
  readonly purpose: Purpose;
  readonly app: BundleWishes;
  readonly dext: BundleWishes;
  /** Folders of firmware-info the dext is signed for. */
  readonly adapters: 'all' | readonly string[];
}

/** Where the wishes for a purpose lie, below the project's folder. */
export const WISH_FILES: Readonly<Record<Purpose, string>> = {
  development: 'profiles/development.json',
  'developer-id': 'profiles/release.json',
};

/** Throws UserError with the key that is wrong. `file` names the source in it. */
export function parseSigningWishes(json: string, file: string): SigningWishes {
  const bad = (where: string, what: string) =>
    new UserError(`${file}: ${where} ${what}`, 'profiles/README.md says what belongs there.', EXIT.unusable);
  const root = objectIn(parseJson(json, file), () => bad('it', 'is no JSON object'));
  const purpose = root.for;
  if (purpose !== 'development' && purpose !== 'developer-id')
    throw bad('"for"', 'is neither "development" nor "developer-id"');
  const bundle = (key: 'app' | 'dext'): BundleWishes => {
    const part = objectIn(root[key], () => bad(`"${key}"`, 'is no object'));
    const { bundleId, name, capabilities = [], entitlements } = part;
    if (typeof bundleId !== 'string' || !/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+){2,}$/.test(bundleId))
      throw bad(`"${key}.bundleId"`, 'is no bundle id of at least three parts');
    if (typeof name !== 'string' || !/^[A-Za-z0-9 ]+$/.test(name))
      throw bad(`"${key}.name"`, 'has something else than letters, digits and spaces');
    if (!isTexts(capabilities)) throw bad(`"${key}.capabilities"`, 'is no list of names');
    const wishes = Object.entries(objectIn(entitlements, () => bad(`"${key}.entitlements"`, 'is no object')));
    for (const [entitlement, wish] of wishes)
      if (!isWish(wish))
        throw bad(`"${key}.entitlements.${entitlement}"`, 'is neither true, a text nor a list of texts');
    return { bundleId, name, capabilities, entitlements: Object.fromEntries(wishes) as Record<string, Wish> };
  };
  const { adapters } = root;
  if (adapters !== 'all' && !isTexts(adapters))
    throw bad('"adapters"', 'is neither "all" nor a list of folders of firmware-info');
  const wishes: SigningWishes = { purpose, app: bundle('app'), dext: bundle('dext'), adapters };
  if (!wishes.dext.bundleId.startsWith(`${wishes.app.bundleId}.`))
    throw bad('"dext.bundleId"', `does not begin with "${wishes.app.bundleId}."`);
  return wishes;
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const isWish = (value: unknown): value is Wish =>
  typeof value === 'boolean' || typeof value === 'string' || isTexts(value);

function objectIn(value: unknown, error: () => UserError): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw error();
  return value as Record<string, unknown>;
}

function parseJson(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UserError(
      `${file} is no JSON: ${error instanceof Error ? error.message : ''}`,
      'Mend it, or take it from git.',
      EXIT.unusable,
    );
  }
}
