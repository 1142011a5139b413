// saved-settings.ts — the text of a person's settings file in, what they want of which adapter out; and back.
//
// The driver forgets settings with the device: the file is their memory, one entry an adapter, by its serial number.

import { EXIT, UserError } from '../user-error.ts';
import { encodeWish, SETTING_NAMES, type Wish } from './settings.ts';

/** Wishes of one adapter by target: `device`, or a port's number as printed on the case. */
export type SavedAdapter = Readonly<Record<string, readonly Wish[]>>;
export type SavedSettings = Readonly<Record<string, SavedAdapter>>;

const VERSION = 1;

/** Throws a UserError that names the file and the place for anything that is not such a file. */
export function parseSavedSettings(text: string, path: string): SavedSettings {
  const trouble = (where: string) =>
    new UserError(`${path}: ${where}`, 'Mend it, or delete it: then nothing is restored.', EXIT.unusable);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw trouble('is no JSON');
  }
  const { version, adapters } = record(document) ?? {};
  if (version !== VERSION) throw trouble(`version ${String(version)} instead of ${VERSION}`);
  return mapRecord(adapters, trouble, 'adapters', (targets, serial) =>
    mapRecord(targets, trouble, serial, (wishes, target) => {
      if (target !== 'device' && !/^[1-9]\d{0,3}$/.test(target)) throw trouble(`${serial} ${target}: no port`);
      return readWishes(wishes, (words) => trouble(`${serial} ${target} ${words}`));
    }),
  );
}

export const formatSavedSettings = (settings: SavedSettings): string =>
  `${JSON.stringify({ version: VERSION, adapters: mapSaved(settings) }, null, 2)}\n`;

const mapSaved = (settings: SavedSettings) =>
  Object.fromEntries(
    Object.entries(settings).map(([serial, targets]) => [
      serial,
      Object.fromEntries(
        Object.entries(targets).map(([target, wishes]) => [
          target,
          Object.fromEntries(wishes.map(({ name, value }) => [name, value])),
        ]),
      ),
    ]),
  );

/** The same settings with these wishes in place of older ones of the same name; an empty value is forgotten. */
export function withWishes(
  settings: SavedSettings,
  serial: string,
  target: string,
  wishes: readonly Wish[],
): SavedSettings {
  const old = settings[serial]?.[target] ?? [];
  const kept = old.filter(({ name }) => !wishes.some((wish) => wish.name === name));
  const all = [...kept, ...wishes.filter(({ value }) => value !== '')];
  const { [target]: _, ...others } = settings[serial] ?? {};
  const adapter = all.length > 0 ? { ...others, [target]: all } : others;
  const { [serial]: __, ...rest } = settings;
  return Object.keys(adapter).length > 0 ? { ...rest, [serial]: adapter } : rest;
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

function mapRecord<T>(
  value: unknown,
  trouble: (where: string) => UserError,
  where: string,
  read: (value: unknown, key: string) => T,
): Readonly<Record<string, T>> {
  const found = record(value);
  if (!found) throw trouble(`${where} is no object`);
  return Object.fromEntries(Object.entries(found).map(([key, inner]) => [key, read(inner, key)]));
}

function readWishes(value: unknown, trouble: (words: string) => UserError): readonly Wish[] {
  return Object.entries(record(value) ?? {}).map(([key, setting]) => {
    const name = SETTING_NAMES.find((each) => each === key);
    if (name === undefined || typeof setting !== 'string') throw trouble(`${key}: no setting`);
    try {
      encodeWish({ name, value: setting });
    } catch (error) {
      throw error instanceof UserError ? trouble(`${key}: ${error.message}`) : error;
    }
    return { name, value: setting };
  });
}
