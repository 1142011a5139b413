import { conditionHolds, type Macro } from './condition.ts';
import { expand, MOST_TOKENS, placeOf } from './expand.ts';
import { lex } from './lex.ts';
import { Mistakes } from './mistakes.ts';
import { describe, type Token } from './token.ts';

/** An `#include` that is in force. `start` and `end` are the offsets of the directive. */
export interface Include {
  readonly token: Token;
  readonly name: string;
  readonly angled: boolean;
}

/** What is left of a source once its directives are obeyed. `tokens` hold no directives; the last is of kind `end`. */
export interface Preprocessed {
  readonly tokens: readonly Token[];
  readonly includes: readonly Include[];
}

/**
 * Obeys the directives in `tokens`: conditions, `#define` and `#undef` (into `macros`, which lives on from file to file),
 * and replaces macros. `follow` reads an included file before the tokens behind the directive.
 */
export function preprocess(
  tokens: readonly Token[],
  macros: Map<string, Macro>,
  mistakes: Mistakes,
  follow: (include: Include) => void,
): Preprocessed {
  const branches: Branch[] = [];
  const output: Token[] = [];
  const includes: Include[] = [];
  let plain: Token[] = []; // tokens since the last directive
  const flush = () => {
    expand(plain, macros, output, new Set());
    plain = [];
  };
  for (const token of tokens) {
    const active = branches.at(-1)?.active ?? true;
    if (token.kind !== 'directive') {
      if (active || token.kind === 'end') plain.push(token);
      continue;
    }
    flush();
    const directive = read(token);
    if (conditional(directive, branches, macros, mistakes) || !active) continue;
    if (directive.name === 'define') define(directive, macros, mistakes);
    if (directive.name === 'undef') macros.delete(directive.rest[0]?.text ?? '');
    const include = /^(?:include|import|include_next)$/.test(directive.name) ? included(directive) : undefined;
    if (include) {
      includes.push(include);
      follow(include);
    }
  }
  flush();
  const open = branches.at(-1);
  if (open) mistakes.add(open.token, describe(open.token), 'its `#endif` before the end of the file');
  const end = tokens.at(-1);
  if (end && output.at(-1) !== end) {
    mistakes.add(end, `more than ${MOST_TOKENS} words`, 'a smaller file, or macros that stand for less');
    output.push(end);
  }
  return { tokens: output, includes };
}

/** A directive: its name, the tokens behind it (the last of kind `end`), and the text behind the name. */
interface Directive {
  readonly token: Token;
  readonly name: string;
  readonly rest: readonly Token[];
  readonly text: string;
}

function read(token: Token): Directive {
  const head = /^#(?:\s|\\\r?\n)*(\w*)/.exec(token.text) ?? ['#', ''];
  const name = head[1] ?? '';
  const text = token.text.slice(head[0].length);
  // Marks that only other directives know (an #error's apostrophe, say) are nobody's mistake.
  const needed = /^(?:if|elif|ifdef|ifndef|define|undef|elifdef|elifndef)$/.test(name);
  const rest = needed
    ? lex(token.file, text, new Mistakes()).tokens.map((word) => ({ ...word, ...placeOf(token) }))
    : [];
  return { token, name, rest, text };
}

interface Branch {
  readonly token: Token;
  readonly outer: boolean;
  active: boolean;
  taken: boolean;
}

/** Follows `#if` and its kin; false when the directive is another one. */
function conditional(
  directive: Directive,
  branches: Branch[],
  macros: Map<string, Macro>,
  mistakes: Mistakes,
): boolean {
  const { token, name, rest } = directive;
  const isDefined = () => macros.has(rest[0]?.text ?? '');
  const holds = (): boolean => {
    if (name.endsWith('ifdef')) return isDefined();
    if (name.endsWith('ifndef')) return !isDefined();
    return conditionHolds(rest, macros, mistakes);
  };
  if (/^(?:if|ifdef|ifndef)$/.test(name)) {
    const outer = branches.at(-1)?.active ?? true;
    const active = outer && holds();
    branches.push({ token, outer, active, taken: active });
    return true;
  }
  if (!/^(?:elif|elifdef|elifndef|else|endif)$/.test(name)) return false;
  const branch = branches.at(-1);
  if (!branch) mistakes.add(token, describe(token), 'an `#if` before it');
  else if (name === 'endif') branches.pop();
  else {
    branch.active = branch.outer && !branch.taken && (name === 'else' || holds());
    branch.taken ||= branch.active;
  }
  return true;
}

function define({ token, rest, text }: Directive, macros: Map<string, Macro>, mistakes: Mistakes): void {
  const name = rest[0];
  if (name?.kind !== 'word') {
    mistakes.add(token, describe(token), 'the name of a macro behind `#define`');
    return;
  }
  const takesParameters = text.trimStart().startsWith(`${name.text}(`);
  if (!takesParameters) {
    macros.set(name.text, { body: rest.slice(1, -1) });
    return;
  }
  const close = rest.findIndex(({ text: word }) => word === ')');
  const parameters = rest.slice(2, close).filter(({ text: word }) => word !== ',');
  macros.set(name.text, { parameters: parameters.map(({ text: word }) => word), body: rest.slice(close + 1, -1) });
}

function included({ token, text }: Directive): Include | undefined {
  const match = /^\s*(?:<([^>\n]+)>|"([^"\n]+)")/.exec(text);
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? undefined : { token, name, angled: match?.[1] !== undefined };
}
