// code-resources.ts — a bundle's seal (_CodeSignature/CodeResources) and its files in, what changed since signing out.
//
// files2 { path → { hash2 (SHA-256), hash (SHA-1), optional } | { symlink } | { cdhash, requirement } }, rules2 { … }
// files  { path → SHA-1 | { hash, optional } }, rules { … }                      the older form, used when files2 is absent

import { createHash } from 'node:crypto';
import type { ByteSource, FileTree, TreeEntry } from './byte-source.ts';
import { same } from './crypto.ts';
import { FormatError } from './format-error.ts';
import { compilePattern, type PathPattern } from './path-pattern.ts';
import { dictAt, isDict, type PlistDict, PlistReal, type PlistValue, stringAt } from './plist.ts';
import { readPlistDict } from './read-plist.ts';
import type { View } from './view.ts';

const CHUNK = 1 << 20;

/** What one path was when the bundle was signed. */
export type Seal =
  | { readonly kind: 'file'; readonly hash: 'sha1' | 'sha256'; readonly digest: Uint8Array; readonly optional: boolean }
  | { readonly kind: 'link'; readonly target: string; readonly optional: boolean }
  | { readonly kind: 'code'; readonly cdhash: string | undefined; readonly optional: boolean };

interface Rule {
  readonly matches: PathPattern;
  readonly weight: number;
  readonly omit: boolean;
}

export interface CodeResources {
  readonly seals: ReadonlyMap<string, Seal>;
  readonly rules: readonly Rule[];
}

/** How a bundle's files differ from its seal, paths below the folder that is sealed. */
export interface SealVerdict {
  readonly changed: readonly string[];
  readonly missing: readonly string[];
  readonly added: readonly string[];
  /** Code that is sealed by its own signature, with the cdhash it had. */
  readonly code: readonly { readonly path: string; readonly cdhash: string | undefined }[];
  readonly files: number;
}

/** Reads a CodeResources file. Throws FormatError. */
export function readCodeResources(view: View): CodeResources {
  const dict = readPlistDict(view);
  const current = isDict(dict.get('files2'));
  const seals = new Map<string, Seal>();
  for (const [path, value] of dictAt(dict, current ? 'files2' : 'files'))
    seals.set(path.normalize('NFC'), readSeal(path, value, view));
  return { seals, rules: [...dictAt(dict, current ? 'rules2' : 'rules')].map(([key, value]) => readRule(key, value)) };
}

function readSeal(path: string, value: PlistValue, view: View): Seal {
  if (value instanceof Uint8Array) return { kind: 'file', hash: 'sha1', digest: value, optional: false };
  if (isDict(value)) {
    const optional = value.get('optional') === true;
    const target = stringAt(value, 'symlink');
    if (target !== undefined) return { kind: 'link', target, optional };
    const sha256 = value.get('hash2');
    if (sha256 instanceof Uint8Array) return { kind: 'file', hash: 'sha256', digest: sha256, optional };
    const sha1 = value.get('hash');
    if (sha1 instanceof Uint8Array) return { kind: 'file', hash: 'sha1', digest: sha1, optional };
    if (value.has('cdhash') || value.has('requirement'))
      return { kind: 'code', cdhash: hex(value.get('cdhash')), optional };
  }
  throw new FormatError(view.offset, `the seal of ${JSON.stringify(path)} says nothing`);
}

function hex(value: PlistValue | undefined): string | undefined {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : undefined;
}

function readRule(expression: string, value: PlistValue): Rule {
  const details: PlistDict = isDict(value) ? value : new Map();
  const weight = details.get('weight');
  return {
    matches: compilePattern(expression),
    weight: weight instanceof PlistReal ? weight.value : typeof weight === 'number' ? weight : 1,
    omit: details.get('omit') === true || value === false,
  };
}

/**
 * Compares the files below `base` with their seal. `exempt` tells what a signature never covers by its seal: the main
 * program, the seal itself, the ticket.
 */
export function verifySeal(
  resources: CodeResources,
  tree: FileTree,
  base: string,
  exempt: (path: string) => boolean,
): SealVerdict {
  const changed: string[] = [];
  const added: string[] = [];
  const seen = new Set<string>();
  const code = [...resources.seals].flatMap(([path, seal]) =>
    seal.kind === 'code' ? [{ path, cdhash: seal.cdhash }] : [],
  );
  const insideCode = insideAny(code.map(({ path }) => path));
  for (const entry of tree.entries) {
    if (!entry.path.startsWith(base)) continue;
    const path = entry.path.slice(base.length).normalize('NFC'); // HFS+ took names apart, other systems do not
    seen.add(path);
    if (entry.kind === 'folder' || exempt(path) || insideCode(path)) continue;
    const seal = resources.seals.get(path);
    if (seal ? seal.kind !== 'code' && !holds(seal, entry, tree) : !isOmitted(resources.rules, path)) {
      (seal ? changed : added).push(path);
    }
  }
  const missing = [...resources.seals]
    .filter(([path, seal]) => !seal.optional && !seen.has(path))
    .map(([path]) => path);
  return { changed, missing, added, code, files: resources.seals.size };
}

function insideAny(folders: readonly string[]): (path: string) => boolean {
  const known = new Set(folders);
  return (path) => {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (known.has(path.slice(0, at))) return true;
    return false;
  };
}

function holds(seal: Exclude<Seal, { kind: 'code' }>, entry: TreeEntry, tree: FileTree): boolean {
  if (seal.kind === 'link') return entry.kind === 'link' && entry.target === seal.target;
  if (entry.kind !== 'file') return false;
  return same(
    seal.digest,
    tree.open(entry.path, (source) => hashFile(source, seal.hash)),
  );
}

/** The hash of a whole file, read in pieces. */
export function hashFile(source: ByteSource, name: 'sha1' | 'sha256'): Uint8Array {
  const hash = createHash(name);
  for (let at = 0; at < source.size; at += CHUNK) hash.update(source.read(at, Math.min(CHUNK, source.size - at)));
  return hash.digest();
}

/** The heaviest rule that matches decides; what no rule matches is not sealed. */
function isOmitted(rules: readonly Rule[], path: string): boolean {
  let best: Rule | undefined;
  for (const rule of rules) if (rule.weight > (best?.weight ?? -1) && rule.matches(path)) best = rule;
  return best?.omit ?? true;
}
