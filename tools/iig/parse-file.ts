import { Cursor } from './cursor.ts';
import { type Mistakes, survives } from './mistakes.ts';
import type { ClassDeclaration, Names } from './model.ts';
import { parseClassBody, parseClassHead } from './parse-class.ts';
import { spell, type Token } from './token.ts';

/** What a file is to the compiler: one it compiles or includes as .iig, or a plain header it only learns names from. */
export type FileKind = 'iig' | 'header';

/** A forward declaration with attributes, which only this language has: `class SERIALIZABLE OSData;` */
export interface Forward {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The classes of a file and its forward declarations with attributes, each in their order. */
export interface Parsed {
  readonly classes: ClassDeclaration[];
  readonly forwards: Forward[];
}

/**
 * Reads the declarations of one file. Names go into `names`; classes are returned of an .iig alone. Whatever is
 * neither a class nor a name that matters for calls is passed over: it stays in the header as it is written.
 */
export function parseFile(tokens: readonly Token[], kind: FileKind, names: Names, mistakes: Mistakes): Parsed {
  const cursor = new Cursor(tokens, mistakes);
  const parsed: Parsed = { classes: [], forwards: [] };
  const scopes: Token[] = [];
  while (!cursor.atEnd) {
    const start = cursor.place;
    const whole = survives(() => parseDeclaration(cursor, kind, names, parsed, scopes));
    if (whole) continue;
    if (cursor.place === start) cursor.next();
    cursor.skipDeclaration();
  }
  const open = scopes.at(-1);
  if (open) mistakes.add(open, '`{`', 'a `}` that closes it');
  return parsed;
}

function parseDeclaration(cursor: Cursor, kind: FileKind, names: Names, parsed: Parsed, scopes: Token[]): void {
  if (opensScope(cursor)) {
    while (!cursor.is('{')) cursor.next();
    scopes.push(cursor.next());
  } else if (cursor.is('}')) {
    if (!scopes.pop()) cursor.mistakes.abandon(cursor.peek(), 'a declaration');
    cursor.next();
  } else if (cursor.is('class')) parseClass(cursor, kind, names, parsed, scopes.length > 0 && kind === 'iig');
  else if (cursor.is('typedef')) parseTypedef(cursor, names);
  else skipOther(cursor);
}

/** `namespace a::b {`, `inline namespace c {`, `extern "C" {` */
function opensScope(cursor: Cursor): boolean {
  if (cursor.is('extern') && cursor.peek(1).kind === 'string') return cursor.peek(2).text === '{';
  let ahead = cursor.is('inline') ? 1 : 0;
  if (cursor.peek(ahead).text !== 'namespace') return false;
  while (cursor.peek(ahead).kind === 'word' || cursor.peek(ahead).text === '::') ahead += 1;
  return cursor.peek(ahead).text === '{';
}

function parseClass(cursor: Cursor, kind: FileKind, names: Names, parsed: Parsed, inScope: boolean): void {
  const head = parseClassHead(cursor);
  const name = head.name.text;
  if (cursor.is(';')) {
    const { end } = cursor.next();
    if (head.attributes.size > 0) parsed.forwards.push({ name, start: head.keyword.start, end });
    if (!names.objects.has(name)) names.objects.set(name, undefined);
  } else if (kind === 'header') {
    if (head.base) names.objects.set(name, head.base.text);
    cursor.skipDeclaration();
  } else if (cursor.is(',')) {
    cursor.mistakes.abandon(cursor.peek(), '`{`: a class has one base');
  } else if (!head.base && cursor.is('{') && name !== 'OSMetaClassBase' && !head.attributes.has('EXTENDS')) {
    cursor.mistakes.abandon(
      cursor.peek(),
      `\`: public OSObject\` or another base of ${name}; a plain type is a \`struct\``,
    );
  } else if (cursor.is('{')) {
    if (inScope)
      cursor.mistakes.add(
        head.name,
        `class ${name} inside a namespace`,
        'it outside: the runtime finds classes by their plain name',
      );
    const known = names.classes.get(name);
    if (known)
      cursor.mistakes.abandon(
        head.name,
        `a name that is not taken; ${name} is declared in ${known.position.file}:${known.position.line}`,
      );
    const declaration = breakCircle(parseClassBody(cursor, head), names, cursor.mistakes);
    names.classes.set(name, declaration);
    parsed.classes.push(declaration);
  } else skipOther(cursor);
}

/** The same declaration, without its base when that leads back to the class. */
function breakCircle(declaration: ClassDeclaration, names: Names, mistakes: Mistakes): ClassDeclaration {
  let base: string | undefined = declaration.base;
  while (base && base !== declaration.name) base = names.classes.get(base)?.base;
  if (base !== declaration.name) return declaration;
  mistakes.add(
    declaration.basePosition,
    `\`${declaration.base}\` as base of ${declaration.name}`,
    'a base that is no subclass of it',
  );
  return { ...declaration, base: '' };
}

/** `typedef char Name[128];`, `typedef int Name;`, `typedef void (^Name)(int);` and `typedef struct … { } Name;` */
function parseTypedef(cursor: Cursor, names: Names): void {
  cursor.next();
  const words: Token[] = [];
  let bound: readonly Token[] | undefined;
  let isCode = false;
  while (!cursor.is(';')) {
    if (cursor.atEnd || cursor.is('}')) cursor.mistakes.abandon(cursor.peek(), '`;`');
    const taken = cursor.balanced();
    if (taken[0]?.text === '[') bound = taken.slice(1, -1);
    else if (taken[0]?.text === '(' && /^[*^]$/.test(taken[1]?.text ?? '')) {
      isCode = true;
      const name = taken.find(({ kind }) => kind === 'word');
      if (name) names.aliases.set(name.text, { kind: 'code' });
    } else words.push(...taken);
  }
  cursor.next();
  const name = words.at(-1);
  if (isCode || name?.kind !== 'word') return;
  const target = spell(words.slice(0, -1).filter(({ text }) => !/^(?:struct|enum|union|class)$/.test(text)));
  if (bound) names.aliases.set(name.text, { kind: 'array', element: target, bound: spell(bound) });
  else if (!words.some(({ text }) => text === '{') && target !== name.text)
    names.aliases.set(name.text, { kind: 'name', name: target });
}

/** Passes over any other declaration, through its `;` or the `}` of a body. */
function skipOther(cursor: Cursor): void {
  let hadParameters = false;
  while (!cursor.atEnd && !cursor.is(';', '}')) {
    hadParameters ||= cursor.is('(');
    const wasBody = hadParameters && cursor.is('{');
    cursor.balanced();
    if (wasBody && !cursor.is(';')) return;
  }
  if (!cursor.is('}')) cursor.expect(';');
}
