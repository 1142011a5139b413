import { startsAttribute, takeAttribute } from './attributes.ts';
import type { Cursor } from './cursor.ts';
import type { Method, Parameter } from './model.ts';
import { spell, type Token } from './token.ts';

const SPECIFIERS = ['virtual', 'static'] as const;
const NOT_A_NAME = new Set(
  'const volatile unsigned signed int char short long bool float double void auto struct class enum union typename'.split(
    ' ',
  ),
);

/** The method at the cursor, through its `;`. `className` is the class it stands in. */
export function parseMethod(cursor: Cursor, className: string): Method {
  const position = cursor.peek();
  const attributes = new Map<string, string>();
  const specifiers = new Set<string>();
  for (;;) {
    const specifier = SPECIFIERS.find((word) => cursor.is(word));
    if (specifier) specifiers.add(cursor.next().text);
    else if (!takeAttribute(cursor, 'method', attributes)) break;
  }
  const { returns, name } = parseHead(cursor, className);
  const parameters = parseParameters(cursor);
  const tail = parseTail(cursor, attributes);
  return {
    position: name,
    name: name.text,
    returns: spell(returns) || spell([{ ...name, ...position }]),
    parameters,
    attributes,
    isStatic: specifiers.has('static'),
    isVirtual: specifiers.has('virtual') || tail.has('override') || tail.has('final') || tail.has('= 0'),
    isConst: tail.has('const'),
    isOverride: tail.has('override'),
    isFinal: tail.has('final'),
    isPure: tail.has('= 0'),
  };
}

/** The return type and the name, up to the `(`. */
function parseHead(cursor: Cursor, className: string): { returns: readonly Token[]; name: Token } {
  const start = cursor.place;
  while (!cursor.is('(')) {
    const token = cursor.peek();
    if (token.text === '~' || token.text === 'operator')
      cursor.mistakes.abandon(token, 'a method: objects come from `init()` and end in `free()`');
    if (cursor.is(';', '=', '{', '[', ':', ','))
      cursor.mistakes.abandon(
        token,
        `\`(\`: only methods stand in a class, its data belongs into \`struct ${className}_IVars\``,
      );
    if (token.kind !== 'word' && !cursor.is('*', '&', '::', '<', '>')) cursor.mistakes.abandon(token, 'a method');
    if (token.text === '<') skipTemplateArguments(cursor);
    else cursor.next();
  }
  const head = cursor.since(start);
  const name = head.at(-1);
  if (name?.kind !== 'word' || NOT_A_NAME.has(name.text))
    return cursor.mistakes.abandon(cursor.peek(), 'the name of a method');
  if (name.text === className)
    return cursor.mistakes.abandon(name, 'a method: objects are not constructed but get `init()`');
  if (head.length === 1) return cursor.mistakes.abandon(name, 'the type a method returns');
  return { returns: head.slice(0, -1), name };
}

function skipTemplateArguments(cursor: Cursor): void {
  let depth = 0;
  do {
    if (cursor.atEnd || cursor.is(';', '{', '}')) cursor.mistakes.abandon(cursor.peek(), '`>`');
    if (cursor.is('<')) depth += 1;
    if (cursor.is('>')) depth -= 1;
    if (cursor.is('(', '[')) cursor.balanced();
    else cursor.next();
  } while (depth > 0);
}

function parseParameters(cursor: Cursor): readonly Parameter[] {
  const open = cursor.expect('(');
  const parameters: Parameter[] = [];
  if (cursor.is('void') && cursor.peek(1).text === ')') cursor.next();
  if (cursor.accept(')')) return parameters;
  do parameters.push(parseParameter(cursor, parameters.length));
  while (cursor.accept(','));
  if (cursor.is(';', '}') || cursor.atEnd) cursor.mistakes.abandon(open, 'a `)` that closes it');
  cursor.expect(')', ' or `,` behind a parameter');
  return parameters;
}

function parseParameter(cursor: Cursor, index: number): Parameter {
  const position = cursor.peek();
  const attributes = new Map<string, string>();
  const bounds: string[] = [];
  const words: Token[] = [];
  const byDefault: Token[] = [];
  while (!cursor.is(',', ')', ';', '{', '}') && !cursor.atEnd) {
    if (startsAttribute(cursor)) takeAttribute(cursor, 'parameter', attributes);
    else if (cursor.is('=')) {
      while (!cursor.is(',', ')', ';') && !cursor.atEnd) byDefault.push(...cursor.balanced());
    } else if (cursor.is('<')) {
      const start = cursor.place;
      skipTemplateArguments(cursor);
      words.push(...cursor.since(start));
    } else {
      const taken = cursor.balanced();
      if (taken[0]?.text === '[') bounds.push(spell(taken.slice(1, -1)));
      words.push(...taken);
    }
  }
  if (words.length === 0) cursor.mistakes.abandon(cursor.peek(), 'a parameter');
  const { type, name } = split(words);
  return {
    position,
    type,
    declaration: spell(words),
    name: name ?? `argument${index}`,
    bounds,
    attributes,
    byDefault: byDefault.length > 0 ? ` ${spell(byDefault)}` : '',
  };
}

/** The words of a declarator, parted into type and name: the name is the last word before any bound. */
function split(words: readonly Token[]): { type: readonly Token[]; name?: string } {
  const end = words.findIndex(({ text }) => text === '[' || text === '(');
  const head = end === -1 ? words : words.slice(0, end);
  const last = head.at(-1);
  const before = head.at(-2);
  const typeStandsBefore = before !== undefined && before.text !== '::' && head.slice(0, -1).some(isTypeName);
  if (last?.kind !== 'word' || NOT_A_NAME.has(last.text) || !typeStandsBefore) return { type: head };
  return { type: head.slice(0, -1), name: last.text };
}

const isTypeName = ({ kind, text }: Token): boolean =>
  kind === 'word' && !/^(?:const|volatile|struct|class|enum|union|typename)$/.test(text);

/** What stands behind the parameters, through the `;`: `const`, `override`, `final`, `= 0`, and attributes. */
function parseTail(cursor: Cursor, attributes: Map<string, string>): ReadonlySet<string> {
  const tail = new Set<string>();
  while (!cursor.accept(';')) {
    const token = cursor.peek();
    if (takeAttribute(cursor, 'method', attributes)) continue;
    if (cursor.is('const', 'override', 'final', 'noexcept')) tail.add(cursor.next().text);
    else if (cursor.is('=') && cursor.peek(1).text === '0') {
      tail.add('= 0');
      cursor.next();
      cursor.next();
    } else if (cursor.is('{')) cursor.mistakes.abandon(token, '`;`: a body belongs into the .cpp');
    else cursor.mistakes.abandon(token, '`;`, `const`, `override`, `final`, `= 0` or an attribute');
  }
  return tail;
}
