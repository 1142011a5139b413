// checkables.ts — a path somebody typed in, what lies there, read, out.

import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Bundle, readBundle } from '../model/signing/bundle.ts';
import { readView } from '../model/signing/byte-source.ts';
import { FormatError, type Parsed, parsed } from '../model/signing/format-error.ts';
import { isMachO } from '../model/signing/mach-o.ts';
import { type Profile, readProfile } from '../model/signing/profile.ts';
import { type Program, readProgram } from '../model/signing/program.ts';
import { EXIT, UserError } from '../model/user-error.ts';
import { fileTree, openFile } from './file-tree.ts';

export type Checkable =
  | { readonly kind: 'bundle'; readonly bundle: Bundle }
  | { readonly kind: 'program'; readonly name: string; readonly program: Parsed<Program> }
  | { readonly kind: 'profile'; readonly name: string; readonly profile: Parsed<Profile> };

const BUNDLE = /\.(app|dext|bundle|framework|xpc|appex|plugin|kext|systemextension)$/;
const PROFILE = /\.(provisionprofile|mobileprovision)$/;
const MAX_PROFILE = 16 << 20;
/** How deep bundles are looked for in a folder that is none. */
const MAX_DEPTH = 8;

/** The paths to check for one that was typed: itself, or the bundles in a folder that is none. Throws UserError. */
export function checkables(path: string): readonly string[] {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const facts = lstatSync(clean, { throwIfNoEntry: false });
  if (!facts)
    throw new UserError(`${path} does not exist`, 'Name a bundle, a program or a provisioning profile.', EXIT.unusable);
  if (facts.isSymbolicLink()) return checkables(realpathSync(clean));
  if (!facts.isDirectory() && !facts.isFile())
    throw new UserError(`${path} is neither a file nor a folder`, 'Write it to a file first.', EXIT.unusable);
  if (!facts.isDirectory()) return [enclosingBundle(clean) ?? clean];
  if (BUNDLE.test(clean) || isBundle(clean)) return [clean];
  const found = bundlesIn(clean, 0);
  if (found.length > 0) return found;
  throw new UserError(`${path} is no bundle and holds none`, 'Name a .app or .dext folder.', EXIT.unusable);
}

function isBundle(folder: string): boolean {
  const names = readdirSync(folder);
  return (
    names.includes('Info.plist') || (names.includes('Contents') && existsSync(join(folder, 'Contents', 'Info.plist')))
  );
}

function bundlesIn(folder: string, depth: number): readonly string[] {
  if (depth > MAX_DEPTH) return [];
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }) =>
    BUNDLE.test(name) ? [join(folder, name)] : bundlesIn(join(folder, name), depth + 1),
  );
}

/** The bundle a main program belongs to: alone it has neither its Info.plist nor its provisioning profile. */
function enclosingBundle(path: string): string | undefined {
  const folder = dirname(path);
  const candidate =
    basename(folder) === 'MacOS' && basename(dirname(folder)) === 'Contents' ? dirname(dirname(folder)) : folder;
  if (!BUNDLE.test(candidate) || PROFILE.test(path)) return undefined;
  const bundle = readBundle(fileTree(candidate), basename(candidate));
  return bundle.programPath !== undefined && join(candidate, bundle.programPath) === path ? candidate : undefined;
}

/** Reads what lies at a path of `checkables`. Throws FormatError for what is none of it. */
export function readCheckable(path: string): Checkable {
  if (lstatSync(path).isDirectory()) return { kind: 'bundle', bundle: readBundle(fileTree(path), basename(path)) };
  const name = basename(path);
  return openFile(path, (source) => {
    if (isMachO(source)) return { kind: 'program', name, program: parsed(() => readProgram(name, source)) };
    if (!PROFILE.test(path) && readView(source, 0, Math.min(1, source.size), 'file').bytes[0] !== 0x30) {
      throw new FormatError(0, 'neither a Mach-O file nor a provisioning profile');
    }
    if (source.size > MAX_PROFILE) throw new FormatError(0, `a provisioning profile of ${source.size} bytes`);
    return {
      kind: 'profile',
      name,
      profile: parsed(() => readProfile(readView(source, 0, source.size, 'provisioning profile'))),
    };
  });
}
