// user-classes.ts — the classes an Info.plist asks for and those a dext's .iig files declare in, the ones that are missing out. Pure.

import { asDictionary, asText, isDictionary, type PlistValue } from '../apple/property-list-values.ts';

/** A class that nobody declares, and where the Info.plist asks for it. */
export interface UnknownClass {
  readonly name: string;
  readonly where: string;
}

/** The classes that .iig files declare. */
export const declaredClasses = (texts: readonly string[]): readonly string[] =>
  texts.flatMap((text) =>
    [...text.matchAll(/^[ \t]*class\s+(?:[A-Z]+\s+)*(\w+)\s*(?:final\s*)?:/gm)].map((found) => found[1] ?? ''),
  );

/** What stands behind IOUserClass anywhere among the personalities and is neither of the dext's own classes nor of a framework. */
export function unknownClasses(info: PlistValue, declared: readonly string[]): readonly UnknownClass[] {
  return asked(asDictionary(info).IOKitPersonalities, 'IOKitPersonalities').filter(
    ({ name }) => !declared.includes(name) && !/^IO[A-Z]/.test(name),
  );
}

function asked(value: PlistValue | undefined, where: string): readonly UnknownClass[] {
  if (!isDictionary(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const name = key === 'IOUserClass' ? asText(item) : undefined;
    return name === undefined ? asked(item, `${where}, ${key}`) : [{ name, where: `${where}, ${key}` }];
  });
}
