import { emitClass } from './emit-class.ts';
import { emitImplementation } from './emit-implementation.ts';
import { emitStructures } from './emit-structures.ts';
import { headersOf } from './headers-of.ts';
import { type Loaded, type LoadOptions, load } from './load.ts';
import { type Mistake, Mistakes } from './mistakes.ts';
import type { ClassDeclaration } from './model.ts';
import { type ResolvedClass, resolveClass } from './resolve.ts';
import { callbacks } from './shapes.ts';

/** What comes out for one .iig: C++ texts, the files they were made from, or what is wrong. */
export type Compiled =
  | {
      readonly ok: true;
      readonly header: string;
      readonly implementation: string;
      readonly messages: string;
      readonly dependencies: readonly string[];
    }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] };

export interface CompileOptions extends LoadOptions {
  /** How other files include the header, e.g. `DriverKit/IOService.h`. */
  readonly headerName: string;
  /** The same of the file of messages, when it is wanted apart from the header. */
  readonly messagesName?: string;
}

/** Compiles the .iig at `path`. Undefined when it cannot be read. */
export function compile(path: string, options: CompileOptions): Compiled | undefined {
  const mistakes = new Mistakes();
  const loaded = load(path, options, mistakes);
  if (!loaded) return undefined;
  const classes = loaded.classes.map((declaration) => resolveClass(declaration, loaded.names, mistakes));
  if (mistakes.list.length > 0) return { ok: false, mistakes: mistakes.list };
  const banner = `// Made by tools/iig of ${path.slice(path.lastIndexOf('/') + 1)}. Changes belong there.\n`;
  return {
    ok: true,
    header: banner + header(loaded, classes, options.messagesName),
    messages: banner + messages(loaded, classes),
    implementation: banner + implementation(loaded, classes, options),
    dependencies: loaded.dependencies,
  };
}

/**
 * The header: the text of the .iig with each class replaced by what is made of it. When the messages are wanted apart, they
 * hold the text between the classes, so that the kernel side has the types without the classes.
 */
function header(loaded: Loaded, classes: readonly ResolvedClass[], messagesName: string | undefined): string {
  if (messagesName === undefined)
    return rewrite(
      loaded,
      'h',
      (name) =>
        replacement(name, classes, (resolved) => `${emitStructures(resolved)}\n\n${emitClass(resolved, loaded.names)}`),
      preludeOf(classes),
    );
  const includes = loaded.includes
    .filter(({ name }) => name.endsWith('.iig'))
    .map(({ token }) => includeLine(token.text, 'h'));
  const bodies = classes.map((resolved) => emitClass(resolved, loaded.names));
  return [preludeOf(classes), `#include <${messagesName}>`, ...includes, '', bodies.join('\n\n'), ''].join('\n');
}

/** What every header starts with. The text of the .iig may bring a guard of its own; then there are two. */
const preludeOf = (classes: readonly ResolvedClass[]): string =>
  [
    '#pragma once',
    '',
    '#include <DriverKit/IIG.h>',
    ...(classes.some((resolved) => callbacks(resolved).length > 0) ? ['#include <DriverKit/OSAction.h>'] : []),
    '',
  ].join('\n');

function messages(loaded: Loaded, classes: readonly ResolvedClass[]): string {
  const forward = classes.map(({ declaration }) => `class ${declaration.name};\n`).join('');
  const text = rewrite(
    loaded,
    'messages.h',
    (name) => replacement(name, classes, emitStructures),
    `#include <DriverKit/IORPC.h>\n${forward}`,
  );
  return `#pragma once\n\n${text}`;
}

const replacement = (
  name: string,
  classes: readonly ResolvedClass[],
  emit: (resolved: ResolvedClass) => string,
): string => {
  const resolved = classes.find(({ declaration }) => declaration.name === name);
  return resolved ? emit(resolved) : '';
};

/** The text of the file with every class replaced, and its .iig includes turned into those of `extension`. */
function rewrite(
  { text, includes, declared, forwards }: Loaded,
  extension: string,
  replace: (className: string) => string,
  prelude: string,
): string {
  const edits = [
    ...declared.map(({ name, start, end }: ClassDeclaration) => ({ start, end, text: replace(name) })),
    ...forwards.map(({ name, start, end }) => ({ start, end, text: `class ${name};` })),
    ...includes
      .filter(({ name }) => name.endsWith('.iig'))
      .map(({ token }) => ({ start: token.start, end: token.end, text: includeLine(token.text, extension) })),
  ].sort((a, b) => a.start - b.start);
  let output = prelude;
  let at = 0;
  for (const edit of edits) {
    output += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return `${(output + text.slice(at)).trimEnd()}\n`;
}

const includeLine = (directive: string, extension: string): string =>
  directive.replace(/\.iig([>"])/, `.${extension}$1`);

function implementation(
  loaded: Loaded,
  classes: readonly ResolvedClass[],
  { headerName, read, folders }: CompileOptions,
): string {
  const headers = headersOf(classes, loaded.names, { read, folders }).map((name) => `#include <${name}>`);
  return [
    `#include <${headerName}>`,
    ...headers,
    ...(loaded.implementationText === '' ? [] : [loaded.implementationText.trim()]),
    '',
    classes.map(emitImplementation).join('\n\n'),
    '',
  ].join('\n');
}
