// missing-kits.ts — a dext's texts in, what they include of Apple's frameworks that the host does not have out. Pure.

import { basename } from 'node:path';
import { missingKit } from './kits.ts';

export interface SourceText {
  readonly path: string;
  readonly text: string;
}

/** One include of a framework that is not there, the first of that framework. */
export interface MissingKit {
  readonly kit: string;
  readonly path: string;
  readonly line: number;
  readonly include: string;
}

/**
 * Frameworks of Apple's that `sources` include, or `headers` they include in turn, and the host does not have. What stands between #if and
 * #endif does not count: whether it is compiled only the compiler knows.
 */
export function missingKits(sources: readonly SourceText[], headers: readonly SourceText[]): readonly MissingKit[] {
  const found = new Map<string, MissingKit>();
  for (const { path, text } of reached(sources, headers))
    for (const { line, include, isConditional } of includesOf(text)) {
      const kit = missingKit(include);
      if (kit !== undefined && !isConditional && !found.has(kit)) found.set(kit, { kit, path, line, include });
    }
  return [...found.values()].sort((one, other) => one.kit.localeCompare(other.kit));
}

/** The sources and, by their names alone, the headers that are included from them. */
function reached(sources: readonly SourceText[], headers: readonly SourceText[]): readonly SourceText[] {
  const queue = [...sources];
  const waiting = new Set(headers);
  for (const { text } of queue) {
    const names = new Set(includesOf(text).map(({ include }) => basename(include)));
    for (const header of waiting)
      if (names.has(basename(header.path))) {
        waiting.delete(header);
        queue.push(header);
      }
  }
  return queue;
}

interface Include {
  readonly line: number;
  readonly include: string;
  readonly isConditional: boolean;
}

const DIRECTIVE = /^\s*#\s*(if|ifdef|ifndef|endif|include|import)\b\s*(?:[<"]([^>"]+)[>"]|(\w+))?/;

function includesOf(text: string): readonly Include[] {
  const includes: Include[] = [];
  const guard = /^\s*#\s*ifndef\s+(\w+)\s*\n\s*#\s*define\s+\1\b/m.exec(text)?.[1];
  let depth = 0;
  for (const [index, content] of text.split('\n').entries()) {
    const [, directive, include, name] = DIRECTIVE.exec(content) ?? [];
    if (directive === undefined) continue;
    if (directive === 'endif') depth -= 1;
    else if (directive.startsWith('if')) depth += directive === 'ifndef' && name === guard ? 0 : 1;
    else if (include !== undefined) includes.push({ line: index + 1, include, isConditional: depth > 0 });
  }
  return includes;
}
