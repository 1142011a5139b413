import { takeAttribute } from './attributes.ts';
import type { Cursor } from './cursor.ts';
import { survives } from './mistakes.ts';
import type { ClassDeclaration, Method } from './model.ts';
import { parseMethod } from './parse-method.ts';
import { spell, type Token } from './token.ts';

/** `class`, attributes and a name in; what stands behind them decides what it is. */
export interface ClassHead {
  readonly keyword: Token;
  readonly name: Token;
  readonly attributes: ReadonlyMap<string, string>;
  readonly isFinal: boolean;
  readonly base?: Token;
}

/** The head of a class, up to its `{`, `;` or whatever else comes. */
export function parseClassHead(cursor: Cursor): ClassHead {
  const keyword = cursor.expect('class');
  const attributes = new Map<string, string>();
  while (takeAttribute(cursor, 'class', attributes)) {
    // each attribute is taken by the condition
  }
  const name = cursor.word('the name of a class or one of its attributes');
  const isFinal = cursor.accept('final');
  while (takeAttribute(cursor, 'class', attributes)) {
    // as above
  }
  if (!cursor.accept(':')) return { keyword, name, attributes, isFinal };
  if (cursor.is('private', 'protected')) cursor.mistakes.abandon(cursor.peek(), '`public`: objects inherit in public');
  cursor.accept('public');
  const base = cursor.word('the name of a base class');
  return { keyword, name, attributes, isFinal, base };
}

/** The body of a class, `{` to `;`. Members with a mistake are noted and passed over. */
export function parseClassBody(cursor: Cursor, head: ClassHead): ClassDeclaration {
  const methods: Method[] = [];
  const nested: string[] = [];
  const open = cursor.expect('{', ' behind the base class');
  while (!cursor.is('}') && !cursor.atEnd) {
    const start = cursor.place;
    const whole = survives(() => parseMember(cursor, head.name.text, methods, nested));
    if (!whole) recover(cursor, start);
  }
  if (cursor.atEnd) cursor.mistakes.abandon(open, 'a `}` that closes the class');
  cursor.next();
  const end = cursor.expect(';', ' behind a class').end;
  const { keyword, name, base, attributes, isFinal } = head;
  const basePosition = base ?? name;
  return {
    position: name,
    name: name.text,
    base: base?.text ?? '',
    basePosition,
    attributes,
    isFinal,
    methods: attributes.has('LOCALONLY') ? methods.map(withLocalOnly) : methods,
    nested,
    start: keyword.start,
    end,
  };
}

/** LOCALONLY before a class stands before each of its methods that does not say LOCAL. */
export const withLocalOnly = (method: Method): Method =>
  method.attributes.has('LOCAL')
    ? method
    : { ...method, attributes: new Map([...method.attributes, ['LOCALONLY', '']]) };

/** Goes on behind the member with a mistake, at least one token further. */
function recover(cursor: Cursor, start: number): void {
  if (cursor.place === start && !cursor.is('}')) cursor.next();
  cursor.skipDeclaration();
}

function parseMember(cursor: Cursor, className: string, methods: Method[], nested: string[]): void {
  if (cursor.is('public', 'protected', 'private') && cursor.peek(1).text === ':') {
    cursor.next();
    cursor.next();
  } else if (cursor.accept(';')) return;
  else if (isNestedName(cursor)) nested.push(takeNested(cursor));
  else if (cursor.is('template', 'class')) cursor.mistakes.abandon(cursor.peek(), 'a method');
  else methods.push(parseMethod(cursor, className));
}

/** Whether a type, a name or a constant is declared here, and no method. */
function isNestedName(cursor: Cursor): boolean {
  if (cursor.is('typedef', 'using', 'friend', 'static_assert')) return true;
  if (cursor.is('static') && ['const', 'constexpr'].includes(cursor.peek(1).text)) return isConstant(cursor);
  if (!cursor.is('enum', 'struct', 'union')) return false;
  for (let ahead = 1; ; ahead += 1) {
    const { kind, text } = cursor.peek(ahead);
    if (text === '{' || text === ';') return true;
    if (kind !== 'word' && text !== ':' && text !== '::') return false;
  }
}

function isConstant(cursor: Cursor): boolean {
  for (let ahead = 1; ; ahead += 1) {
    const { kind, text } = cursor.peek(ahead);
    if (text === '=') return true;
    if (kind === 'end' || text === ';' || text === '(' || text === '{') return false;
  }
}

function takeNested(cursor: Cursor): string {
  const start = cursor.place;
  while (!cursor.is(';')) {
    if (cursor.atEnd || cursor.is('}')) cursor.mistakes.abandon(cursor.peek(), '`;`');
    cursor.balanced();
  }
  cursor.next();
  return spell(cursor.since(start));
}
