import type { Macro } from './condition.ts';
import type { Token } from './token.ts';

export type Macros = ReadonlyMap<string, Macro>;

// The attributes are words of the language, not macros, whatever a header defines them as for other readers.
const ATTRIBUTE =
  /^(?:IIG_)?(?:KERNEL|NATIVE|LOCAL|LOCALONLY|LOCALHOST|REMOTE|INVOKEREPLY|REPLY|PORTMAKESEND|PORTCOPYSEND|TARGET|TYPE|EXTENDS|SERIALIZABLE|QUEUENAME|CONCRETE)$/;

/** Most words that the macros of a file may make of it. */
export const MOST_TOKENS = 150_000;
const DEEPEST = 100;
const LONGEST_CALL = 1000;

/**
 * Appends `tokens` to `output`, macros replaced by what they stand for; everything of a macro then stands where its name stood.
 * `within`: the macros that are being replaced (C++ [cpp.rescan]: they are not replaced again); it comes back as it was.
 */
export function expand(tokens: readonly Token[], macros: Macros, output: Token[], within: Set<string>): void {
  for (let at = 0; at < tokens.length && output.length <= MOST_TOKENS; at += 1) {
    const token = tokens[at];
    if (!token) return;
    const macro =
      token.kind === 'word' && !ATTRIBUTE.test(token.text) && !within.has(token.text)
        ? macros.get(token.text)
        : undefined;
    const call = macro?.parameters ? argumentsAt(tokens, at + 1) : undefined;
    if (!macro || (macro.parameters && !call) || within.size > DEEPEST) {
      output.push(token);
      continue;
    }
    const body = call ? substitute(macro, call.values) : macro.body;
    const place = { ...placeOf(token), file: token.file };
    const here = body.map((word) => ({ ...word, ...place }));
    within.add(token.text);
    expand(here, macros, output, within);
    within.delete(token.text);
    if (call) at = call.end;
  }
}

/** The arguments of a call whose `(` is at `start`, and where its `)` is; undefined when there is no whole call. */
function argumentsAt(tokens: readonly Token[], start: number): { values: Token[][]; end: number } | undefined {
  if (tokens[start]?.text !== '(') return undefined;
  const values: Token[][] = [[]];
  let depth = 0;
  for (let at = start; at < tokens.length && at - start < LONGEST_CALL; at += 1) {
    const token = tokens[at];
    if (!token) return undefined;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    if (depth === 0) return { values, end: at };
    if (depth === 1 && token.text === ',') values.push([]);
    else if (at > start) values.at(-1)?.push(token);
  }
  return undefined;
}

/** The body of a macro with its parameters replaced. `#` and `##` are nothing that a declaration needs; they stay. */
const substitute = ({ parameters = [], body }: Macro, values: readonly Token[][]): readonly Token[] =>
  body.flatMap((token) => {
    const index = token.kind === 'word' ? parameters.indexOf(token.text) : -1;
    return index === -1 ? [token] : (values[index] ?? []);
  });

/** Where a token stands, for tokens that take its place. */
export const placeOf = ({ start, end, line, column }: Token) => ({ start, end, line, column });
