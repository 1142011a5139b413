// change.ts — small changes to a recipe, each returning a new one.

import type { ProgramRecipe, Recipe } from '../bundle.ts';
import type { SignatureWish } from '../code-signature.ts';
import type { SliceWish } from '../mach-o.ts';
import type { Files } from '../memory-tree.ts';
import { isPlainDict, type Plain, type PlainDict } from '../plist.ts';
import type { ProfileWish } from '../profile.ts';

type Part = 'dext' | 'app';
type Change = (recipe: Recipe) => Recipe;

/** Changes the dext or the app. */
export function part(
  which: Part,
  change: (program: ProgramRecipe) => Partial<ProgramRecipe & { folder: string }>,
): Change {
  return (recipe) => ({ ...recipe, [which]: { ...recipe[which], ...change(recipe[which]) } });
}

/** Sets keys of Info.plist; undefined takes a key away. */
export function info(which: Part, keys: Readonly<Record<string, Plain | undefined>>): Change {
  return part(which, (program) => ({ info: merged(program.info, keys) }));
}

/** Sets keys of one personality of the dext. */
export function personality(name: string, keys: Readonly<Record<string, Plain | undefined>>): Change {
  return part('dext', ({ info }) => {
    const all = info.IOKitPersonalities;
    if (all === undefined || !isPlainDict(all)) throw new Error('no personalities');
    const one = all[name];
    if (one === undefined || !isPlainDict(one)) throw new Error(`no personality ${name}`);
    return { info: { ...info, IOKitPersonalities: { ...all, [name]: merged(one, keys) } } };
  });
}

/** Sets claimed entitlements. */
export function claim(which: Part, keys: Readonly<Record<string, Plain | undefined>>): Change {
  return part(which, ({ entitlements }) => ({ entitlements: merged(entitlements, keys) }));
}

/** Sets granted entitlements. */
export function grant(which: Part, keys: Readonly<Record<string, Plain | undefined>>): Change {
  return profile(which, ({ entitlements }) => ({ entitlements: merged(entitlements, keys) }));
}

export function profile(which: Part, change: (wish: ProfileWish) => Partial<ProfileWish>): Change {
  return part(which, (program) => {
    if (!program.profile) throw new Error('no profile');
    return { profile: { ...program.profile, ...change(program.profile) } };
  });
}

export function signature(which: Part, wish: Partial<SignatureWish>): Change {
  return part(which, ({ signature }) => ({ signature: { ...signature, ...wish } }));
}

export function slices(which: Part, change: (slices: readonly SliceWish[]) => readonly SliceWish[]): Change {
  return part(which, (program) => ({ slices: change(program.slices) }));
}

/** Changes the finished files. */
export function after(change: (files: Files) => void): Change {
  return (recipe) => ({ ...recipe, after: change });
}

/** Changes the dext's files after it was signed and before the app is. */
export function dextAfter(change: (files: Files) => void): Change {
  return (recipe) => ({ ...recipe, dextAfter: change });
}

/** Several changes that together are one thing. */
export function both(...changes: readonly Change[]): Change {
  return (recipe) => changes.reduce((changed, change) => change(changed), recipe);
}

/** The content of a file, which must be one. */
export function contentOf(files: Files, path: string): Buffer {
  const content = files.get(path);
  if (!Buffer.isBuffer(content)) throw new Error(`${path} is no file`);
  return content;
}

/** Turns one bit of a file over, at `at` bytes from its start, from its end when negative. */
export function flip(files: Files, path: string, at: number): void {
  const content = Buffer.from(contentOf(files, path));
  const place = at < 0 ? content.length + at : at;
  content[place] = (content[place] ?? 0) ^ 1;
  files.set(path, content);
}

function merged(dict: PlainDict, keys: Readonly<Record<string, Plain | undefined>>): PlainDict {
  const result: { [key: string]: Plain } = { ...dict };
  for (const [key, value] of Object.entries(keys)) {
    if (value === undefined) delete result[key];
    else result[key] = value;
  }
  return result;
}
