// build-settings.ts — texts with Xcode's build settings in, $(PRODUCT_BUNDLE_IDENTIFIER), the texts with their values out.

import { isDictionary, type PlistValue } from '../apple/property-list-values.ts';
import { EXIT, UserError } from '../user-error.ts';

export type BuildSettings = Readonly<Record<string, string>>;

/** How a setting may be asked for in another form (Xcode build settings reference, "Build setting evaluation"). */
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  rfc1034identifier: (value) => value.replace(/[^A-Za-z0-9.-]/g, '-'),
  c99extidentifier: (value) => value.replace(/[^A-Za-z0-9_]/g, '_'),
  identifier: (value) => value.replace(/[^A-Za-z0-9_]/g, '_'),
  lower: (value) => value.toLowerCase(),
  upper: (value) => value.toUpperCase(),
};

const SETTING = /\$[({]([A-Za-z_][A-Za-z0-9_]*)(?::([a-z0-9]+))?[)}]/g;

/** Every text of a property list with its settings filled in; keys stay. `where` names the place in the error for an unknown one. */
export function fillIn(value: PlistValue, settings: BuildSettings, where: string): PlistValue {
  if (typeof value === 'string') return value.replace(SETTING, (whole, name, form) => filledIn(whole, name, form));
  if (Array.isArray(value)) return value.map((item, index) => fillIn(item, settings, `${where}[${index}]`));
  if (!isDictionary(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, fillIn(item, settings, `${where}, ${key}`)]),
  );

  function filledIn(whole: string, name: string, form: string | undefined): string {
    const known = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (known === undefined)
      throw new UserError(
        `${where}: nobody knows the build setting ${whole}`,
        `Say it: --define ${name}=VALUE`,
        EXIT.fixable,
      );
    if (form === undefined) return known;
    const change = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
    if (!change)
      throw new UserError(`${where}: ${whole} asks for an unknown form, :${form}`, 'Write the value itself there.');
    return change(known);
  }
}
