// seal.ts — the files of a bundle in, its _CodeSignature/CodeResources out.

import { createHash } from 'node:crypto';
import type { Files } from './memory-tree.ts';
import { type Plain, type PlainDict, xmlPlist } from './plist.ts';

const FLAT_RULES: PlainDict = {
  '^.*': true,
  '^.*\\.lproj/': { optional: true, weight: 1000 },
  '^(.*/)?\\.DS_Store$': { omit: true, weight: 2000 },
  '^Info\\.plist$': { omit: true, weight: 20 },
  '^PkgInfo$': { omit: true, weight: 20 },
  '^embedded\\.provisionprofile$': { weight: 20 },
};
const CONTENTS_RULES: PlainDict = {
  ...FLAT_RULES,
  '.*\\.dSYM($|/)': { weight: 11 },
  '^(Frameworks|SharedFrameworks|PlugIns|Plug-ins|XPCServices|Helpers|MacOS|Library/(Automator|Spotlight|LoginItems))/':
    { nested: true, weight: 10 },
  '^Resources/': { weight: 20 },
  '^[^/]+$': { nested: true, weight: 10 },
};

/** Nested code is sealed by its own cdhash: paths by which it is found below the sealed folder. */
export type NestedCode = ReadonlyMap<string, Buffer>;

/** Seals the files below `base`, save for what a seal never covers. */
export function makeSeal(
  files: Files,
  base: string,
  program: string,
  layout: 'flat' | 'contents',
  code: NestedCode = new Map(),
): Buffer {
  const seals: { [path: string]: Plain } = {};
  for (const [path, content] of files) {
    if (!path.startsWith(base) || path === program) continue;
    const below = path.slice(base.length);
    if (['Info.plist', 'PkgInfo', 'CodeResources'].includes(below) || below.startsWith('_CodeSignature/')) continue;
    if ([...code.keys()].some((nested) => below === nested || below.startsWith(`${nested}/`))) continue;
    seals[below] =
      typeof content === 'string' ? { symlink: content } : { hash2: createHash('sha256').update(content).digest() };
  }
  for (const [path, cdhash] of code) seals[path] = { cdhash, requirement: 'anchor apple generic' };
  return xmlPlist({
    files: {},
    files2: seals,
    rules: { '^.*': true },
    rules2: layout === 'flat' ? FLAT_RULES : CONTENTS_RULES,
  });
}
