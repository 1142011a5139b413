// bundle.ts — a folder in; what macOS sees in it as a bundle out: its layout, program, profile, seal and nested bundles.
//
// app     X.app/Contents/Info.plist, MacOS/PROGRAM, embedded.provisionprofile, _CodeSignature/CodeResources,
//         CodeResources (the stapled ticket), Library/SystemExtensions/ID.dext
// dext    ID.dext/Info.plist, PROGRAM, embedded.provisionprofile, _CodeSignature/CodeResources: flat, without Contents
// framework  X.framework/Versions/A/Resources/Info.plist, PROGRAM, _CodeSignature/CodeResources

import { type FileTree, readView } from './byte-source.ts';
import { readCodeResources, type SealVerdict, verifySeal } from './code-resources.ts';
import { FormatError, type Parsed, parsed } from './format-error.ts';
import { dictAt, isDict, type PlistDict, stringAt } from './plist.ts';
import { type Profile, readProfile } from './profile.ts';
import { type Program, readProgram } from './program.ts';
import { readPlistDict } from './read-plist.ts';
import type { View } from './view.ts';

/** Info.plist, a seal, a profile or a ticket larger than this is none. */
const MAX_FILE = 32 << 20;
const MAX_NESTING = 6;
const SEARCH_CHUNK = 1 << 20;
const EXTENSIONS = 'Library/SystemExtensions/';

export type BundleKind = 'app' | 'dext' | 'other';
export type Layout = 'flat' | 'contents' | 'framework' | 'ambiguous' | 'none';

export interface Bundle {
  readonly kind: BundleKind;
  /** The folder's name, and its path below what was checked; empty for the bundle itself. */
  readonly name: string;
  readonly path: string;
  readonly layout: Layout;
  /** Path of the folder that holds Info.plist or Contents' contents, ending in a slash unless empty. */
  readonly base: string;
  readonly infoPath: string;
  readonly info: Parsed<PlistDict> | undefined;
  /** Info.plist as it lies there, which is what slot 1 hashes. */
  readonly infoFile: View | undefined;
  readonly program: Parsed<Program> | undefined;
  readonly programPath: string | undefined;
  readonly profile: Parsed<Profile> | undefined;
  readonly sealFile: View | undefined;
  readonly seal: Parsed<SealVerdict> | undefined;
  readonly ticket: View | undefined;
  /** Paths of AppleDouble files, whole; `paired` when the file they belong to lies beside them. */
  readonly appleDoubles: readonly { readonly path: string; readonly paired: boolean }[];
  /** IOUserClass names of the personalities that occur nowhere in a dext's program. */
  readonly classesMissing: readonly string[];
  /** Paths of dexts that lie where sysextd does not look. */
  readonly misplaced: readonly string[];
  /** Dexts in Contents/Library/SystemExtensions. */
  readonly dexts: readonly Bundle[];
  /** Other code that is sealed by its own signature: frameworks, helpers, tools. */
  readonly nested: readonly (Bundle | Parsed<Program>)[];
}

/** Reads the bundle at `path` of the tree; empty for the tree itself, which is called `name`. */
export function readBundle(tree: FileTree, name: string, path = '', depth = 0): Bundle {
  const root = path === '' ? '' : `${path}/`;
  const { layout, base, infoPath } = findLayout(tree, root);
  const infoFile = readFile(tree, infoPath);
  const info = infoFile && parsed(() => readPlistDict(infoFile));
  const programPath = findProgram(tree, layout, base, info, name);
  const sealFile = readFile(tree, `${base}_CodeSignature/CodeResources`);
  const profileFile = readFile(tree, `${base}embedded.provisionprofile`);
  const seal =
    sealFile && parsed(() => verifySeal(readCodeResources(sealFile), tree, base, exemption(programPath, base)));
  const bundle = {
    kind: kindOf(name),
    name,
    path,
    layout,
    base,
    infoPath,
    info,
    infoFile,
    programPath,
    sealFile,
    seal,
  };
  return {
    ...bundle,
    program:
      programPath === undefined
        ? undefined
        : parsed(() => tree.open(programPath, (source) => readProgram(programPath, source))),
    profile: profileFile && parsed(() => readProfile(profileFile)),
    ticket: layout === 'contents' ? readFile(tree, `${base}CodeResources`) : undefined,
    classesMissing:
      programPath && info?.ok && bundle.kind === 'dext' ? missingNames(tree, programPath, userClasses(info.value)) : [],
    appleDoubles: depth === 0 ? findAppleDoubles(tree) : [],
    ...findDexts(tree, layout, base, depth),
    nested: depth < MAX_NESTING ? codeBesides(tree, base, seal).flatMap((below) => readNested(tree, below, depth)) : [],
  };
}

function kindOf(name: string): BundleKind {
  if (name.endsWith('.dext')) return 'dext';
  return name.endsWith('.app') ? 'app' : 'other';
}

function has(tree: FileTree, path: string): boolean {
  return tree.entries.some((entry) => entry.path === path);
}

function findLayout(tree: FileTree, root: string): { layout: Layout; base: string; infoPath: string } {
  const contents = has(tree, `${root}Contents/Info.plist`);
  const flat = has(tree, `${root}Info.plist`);
  if (contents)
    return {
      layout: flat ? 'ambiguous' : 'contents',
      base: `${root}Contents/`,
      infoPath: `${root}Contents/Info.plist`,
    };
  if (flat)
    return { layout: has(tree, `${root}Contents`) ? 'ambiguous' : 'flat', base: root, infoPath: `${root}Info.plist` };
  const version = tree.entries.find((entry) => entry.kind === 'link' && entry.path === `${root}Versions/Current`);
  const base = version?.kind === 'link' ? `${root}Versions/${version.target}/` : root;
  const inResources = `${base}Resources/Info.plist`;
  return has(tree, inResources)
    ? { layout: 'framework', base, infoPath: inResources }
    : { layout: 'none', base: root, infoPath: `${root}Info.plist` };
}

function findProgram(
  tree: FileTree,
  layout: Layout,
  base: string,
  info: Parsed<PlistDict> | undefined,
  name: string,
): string | undefined {
  const stem = name.replace(/\.[^.]*$/, '');
  const executable = (info?.ok ? stringAt(info.value, 'CFBundleExecutable') : undefined) ?? stem;
  const folder =
    layout === 'contents' || (layout === 'ambiguous' && base.endsWith('Contents/')) ? `${base}MacOS/` : base;
  const path = `${folder}${executable}`;
  return tree.entries.some((entry) => entry.kind === 'file' && entry.path === path) ? path : undefined;
}

/** What no seal covers: the program has its own hashes, and the rest would have to contain itself. Security, bundlediskrep. */
function exemption(programPath: string | undefined, base: string): (path: string) => boolean {
  const program = programPath?.slice(base.length);
  return (path) =>
    path === program ||
    path === 'CodeResources' ||
    path.startsWith('_CodeSignature/') ||
    path.startsWith('_MASReceipt/') ||
    isAppleDouble(path);
}

function isAppleDouble(path: string): boolean {
  return path.startsWith('._') || path.includes('/._');
}

function findAppleDoubles(tree: FileTree): Bundle['appleDoubles'] {
  const paths = new Set(tree.entries.map((entry) => entry.path));
  return tree.entries
    .filter((entry) => entry.kind === 'file' && isAppleDouble(entry.path))
    .map(({ path }) => ({ path, paired: paths.has(path.replace(/(^|\/)\._([^/]*)$/, '$1$2')) }));
}

function findDexts(tree: FileTree, layout: Layout, base: string, depth: number): Pick<Bundle, 'dexts' | 'misplaced'> {
  if (depth > 0 || layout === 'flat') return { dexts: [], misplaced: [] };
  const dexts: Bundle[] = [];
  const misplaced: string[] = [];
  for (const { kind, path } of tree.entries) {
    if (kind !== 'folder' || !path.endsWith('.dext')) continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (path === `${base}${EXTENSIONS}${name}`) dexts.push(readBundle(tree, name, path, depth + 1));
    else misplaced.push(path);
  }
  return { dexts, misplaced };
}

/** Code that has a signature of its own: what the seal says, and extensions that are no drivers, which it takes for files. */
function codeBesides(tree: FileTree, base: string, seal: Parsed<SealVerdict> | undefined): readonly string[] {
  const sealed = seal?.ok ? seal.value.code.map(({ path }) => base + path) : [];
  const extensions = tree.entries.filter(({ kind, path }) => {
    const name = path.slice(base.length + EXTENSIONS.length);
    return kind === 'folder' && path === `${base}${EXTENSIONS}${name}` && /^[^/]+\.systemextension$/.test(name);
  });
  return [...sealed, ...extensions.map(({ path }) => path)];
}

function readNested(tree: FileTree, path: string, depth: number): readonly (Bundle | Parsed<Program>)[] {
  const entry = tree.entries.find((candidate) => candidate.path === path);
  if (entry?.kind === 'folder') return [readBundle(tree, path.slice(path.lastIndexOf('/') + 1), path, depth + 1)];
  if (entry?.kind !== 'file') return [];
  return [parsed(() => tree.open(path, (source) => readProgram(path, source)))];
}

function readFile(tree: FileTree, path: string): View | undefined {
  const entry = tree.entries.find((candidate) => candidate.path === path);
  if (entry?.kind !== 'file') return undefined;
  if (entry.size > MAX_FILE) throw new FormatError(0, `${path} of ${entry.size} bytes`);
  return tree.open(path, (source) => readView(source, 0, source.size, path));
}

/** The classes a dext's personalities start, those of their user clients too. */
function userClasses(info: PlistDict): readonly string[] {
  const personalities = [...dictAt(info, 'IOKitPersonalities').values()].filter(isDict);
  const dicts = personalities.flatMap((personality) => [personality, ...[...personality.values()].filter(isDict)]);
  return [...new Set(dicts.flatMap((dict) => stringAt(dict, 'IOUserClass') ?? []))];
}

/** Names that occur nowhere in a file. A class' name stands in the description OSMetaClass keeps of it. */
function missingNames(tree: FileTree, path: string, names: readonly string[]): readonly string[] {
  const missing = new Set(names);
  const overlap = Math.max(0, ...names.map((name) => name.length));
  tree.open(path, (source) => {
    for (let at = 0; at < source.size && missing.size > 0; at += SEARCH_CHUNK) {
      const piece = Buffer.from(source.read(at, Math.min(SEARCH_CHUNK + overlap, source.size - at)));
      for (const name of missing) if (piece.includes(name, 0, 'latin1')) missing.delete(name);
    }
  });
  return [...missing];
}
