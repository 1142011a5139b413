import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';
import { type Compiled, compile } from '../../tools/iig/compile.ts';
import { reportMistakes } from '../../tools/iig/mistakes.ts';

export const SDK = join(PROJECT_ROOT, 'dext/host/sdk');

/** Compiles `text` as Test.iig beside `files`, with the SDK's classes to include. */
export function compileText(
  text: string,
  files: Readonly<Record<string, string>> = {},
  definitions = new Map<string, string>(),
): Compiled {
  const sources: Readonly<Record<string, string>> = { 'Test.iig': text, ...files };
  const compiled = compile('Test.iig', {
    read: (path) => sources[path] ?? (path.startsWith(SDK) ? readOrNothing(path) : undefined),
    folders: [SDK],
    definitions,
    headerName: 'Test.h',
  });
  if (!compiled) throw new Error('Test.iig is always there');
  return compiled;
}

/** What comes out for `text`; fails when it has mistakes. */
export function compileWhole(text: string, files: Readonly<Record<string, string>> = {}) {
  const compiled = compileText(text, files);
  if (!compiled.ok) throw new Error(reportMistakes(compiled.mistakes));
  return compiled;
}

/** The mistakes in `text`, one a line, without `Test.iig:`. */
export function mistakesIn(text: string, files: Readonly<Record<string, string>> = {}): string[] {
  const compiled = compileText(text, files);
  if (compiled.ok) return [];
  return reportMistakes(compiled.mistakes).replaceAll('Test.iig:', '').split('\n');
}

/** A class of a dext with `members`, the first of them on line 3. */
export const driver = (members: string): string =>
  `#include <DriverKit/IOService.iig>\nclass Driver : public IOService {\n${members}\n};\n`;

const cache = new Map<string, string | undefined>();

function readOrNothing(path: string): string | undefined {
  if (!cache.has(path)) {
    try {
      cache.set(path, readFileSync(path, 'utf8'));
    } catch {
      cache.set(path, undefined);
    }
  }
  return cache.get(path);
}
