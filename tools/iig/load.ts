import { KITS, missingKit } from '../model/host/kits.ts';
import type { Macro } from './condition.ts';
import { lex } from './lex.ts';
import { Mistakes } from './mistakes.ts';
import type { ClassDeclaration, Method, Names } from './model.ts';
import { withLocalOnly } from './parse-class.ts';
import { type Forward, parseFile } from './parse-file.ts';
import { type Include, preprocess } from './preprocess.ts';

/** The text of the file at `path`, or undefined when there is none. */
export type ReadSource = (path: string) => string | undefined;

/** An .iig that was read, with everything it includes. */
export interface Loaded {
  readonly path: string;
  readonly text: string;
  /** The includes of the file itself that are in force, in their order. */
  readonly includes: readonly Include[];
  readonly classes: readonly ClassDeclaration[];
  /** The classes as they stand in the text, extensions included. */
  readonly declared: readonly ClassDeclaration[];
  readonly forwards: readonly Forward[];
  /** `#include` lines that the file wants in its .iig.cpp alone: comments with `@iig implementation` … `@iig end`. */
  readonly implementationText: string;
  readonly names: Names;
  /** Every file that was read, this one first. */
  readonly dependencies: readonly string[];
}

export interface LoadOptions {
  readonly read: ReadSource;
  readonly folders: readonly string[];
  readonly definitions: ReadonlyMap<string, string>;
}

/** Reads the .iig at `path` and all it includes. Undefined when the file itself cannot be read. */
export function load(
  path: string,
  { read, folders, definitions }: LoadOptions,
  mistakes: Mistakes,
): Loaded | undefined {
  const text = read(path);
  if (text === undefined) return undefined;
  const names: Names = { classes: new Map(), objects: new Map(), aliases: new Map() };
  const macros = new Map<string, Macro>([
    ['__IIG', number('1')],
    ['__cplusplus', number('202002L')],
  ]);
  for (const [name, value] of definitions) macros.set(name, { body: lex('-D', value, mistakes).tokens.slice(0, -1) });
  const dependencies: string[] = [];

  const readFile = (file: string, source: string, notes: Mistakes): Omit<Loaded, 'names' | 'dependencies'> => {
    dependencies.push(file);
    const { tokens, comments } = lex(file, source, notes);
    const preprocessed = preprocess(tokens, macros, notes, (include) => follow(file, include, notes));
    const kind = file.endsWith('.iig') ? 'iig' : 'header';
    const { classes, forwards } = parseFile(preprocessed.tokens, kind, names, notes);
    return {
      path: file,
      text: source,
      includes: preprocessed.includes,
      classes: mergeExtensions(classes, names, notes),
      declared: classes,
      forwards,
      implementationText: implementationText(comments),
    };
  };

  const follow = (from: string, { name, angled, token }: Include, notes: Mistakes): void => {
    // Some classes whose .iig Apple ships are hand-written headers elsewhere: then the header is what to learn from.
    const spellings = name.endsWith('.iig') ? [name, name.replace(/iig$/, 'h')] : [name];
    const places = [...(angled ? [] : [folderOf(from)]), ...folders];
    const candidates = spellings.flatMap((spelling) => places.map((folder) => join(folder, spelling)));
    for (const candidate of candidates) {
      if (dependencies.includes(candidate)) return;
      const source = read(candidate);
      if (source === undefined) continue;
      // In plain headers only names are of interest; what else stands in them is the C++ compiler's business.
      readFile(candidate, source, candidate.endsWith('.iig') ? notes : new Mistakes());
      return;
    }
    if (name.endsWith('.iig')) notes.add(token, `\`${name}\``, expectedInstead(name, places));
  };

  return { ...readFile(path, text, mistakes), names, dependencies };
}

/** What to say of an .iig that is in none of `places`. */
function expectedInstead(name: string, places: readonly string[]): string {
  const kit = missingKit(name);
  return kit === undefined
    ? `a file of that name in ${places.join(', ')}`
    : `a class of ${KITS.join(', ')}: the host has no ${kit}, so what stands on it runs only on a Mac`;
}

const number = (text: string): Macro => ({ body: lex('', text, new Mistakes()).tokens.slice(0, -1) });
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1) || './';
const join = (folder: string, name: string): string => `${folder.replace(/\/*$/, '/')}${name}`.replace(/^\.\//, '');

/** The methods of `class EXTENDS(C) CPrivate` count as methods of C, which must stand in the same file. */
function mergeExtensions(
  classes: readonly ClassDeclaration[],
  names: Names,
  mistakes: Mistakes,
): readonly ClassDeclaration[] {
  const merged = new Map(classes.map((declaration) => [declaration.name, declaration]));
  for (const extension of classes) {
    const name = extension.attributes.get('EXTENDS');
    if (name === undefined) continue;
    merged.delete(extension.name);
    names.classes.delete(extension.name);
    const extended = merged.get(name);
    if (!extended) mistakes.add(extension.position, `EXTENDS(${name})`, `a class ${name} in the same file`);
    else merged.set(name, { ...extended, methods: [...extended.methods, ...methodsOf(extension, extended)] });
  }
  for (const declaration of merged.values()) names.classes.set(declaration.name, declaration);
  return [...merged.values()];
}

const methodsOf = (extension: ClassDeclaration, extended: ClassDeclaration): readonly Method[] =>
  extended.attributes.has('LOCALONLY') ? extension.methods.map(withLocalOnly) : extension.methods;

function implementationText(comments: readonly string[]): string {
  return comments
    .flatMap((comment) =>
      [...comment.matchAll(/@iig implementation\s*\n([\s\S]*?)@iig end/g)].map((match) => match[1] ?? ''),
    )
    .join('');
}
