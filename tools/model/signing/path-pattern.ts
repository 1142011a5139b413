// path-pattern.ts — a rule's regular expression from CodeResources in, a matcher out that takes linear time.
//
// The expressions come from outside, so JavaScript's backtracking matcher could be made to run for ever. This one walks
// all alternatives at once (Thompson's construction). It knows what rules use: literals, `\x`, `.`, `[…]`, `(…|…)`,
// `*`, `+`, `?`, `^`, `$`.

import { FormatError } from './format-error.ts';

const MAX_LENGTH = 512;

type Test = (character: string) => boolean;
type Step =
  | { readonly kind: 'character'; readonly test: Test }
  | { readonly kind: 'start' | 'end' | 'found' }
  | { readonly kind: 'fork'; a: number; b: number };

/** Whether the expression occurs in the path. */
export type PathPattern = (path: string) => boolean;

/** Throws FormatError, with the offset in the expression, for what no rule uses. */
export function compilePattern(expression: string): PathPattern {
  if (expression.length > MAX_LENGTH) throw new FormatError(0, `a rule of ${expression.length} characters`);
  const steps = new Compiler(expression).compile();
  return (path) => run(steps, path);
}

class Compiler {
  readonly #text: string;
  readonly #steps: Step[] = [];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  compile(): readonly Step[] {
    this.#alternatives();
    if (this.#at < this.#text.length) throw this.#error('an unmatched )');
    this.#steps.push({ kind: 'found' });
    return this.#steps;
  }

  #alternatives(): void {
    if (this.#depth++ > 16) throw this.#error('groups are nested too deep');
    const start = this.#steps.length;
    this.#sequence();
    if (this.#text[this.#at] === '|') {
      this.#at++;
      this.#insertFork(start, start + 1, this.#steps.length + 2);
      const jump: Step = { kind: 'fork', a: 0, b: 0 };
      this.#steps.push(jump);
      this.#alternatives();
      jump.a = this.#steps.length;
      jump.b = jump.a;
    }
    this.#depth--;
  }

  #sequence(): void {
    while (this.#at < this.#text.length && !'|)'.includes(this.#text[this.#at] ?? '')) {
      const start = this.#steps.length;
      this.#atom();
      this.#repeat(start);
    }
  }

  #repeat(start: number): void {
    const sign = this.#text[this.#at];
    if (sign !== '*' && sign !== '+' && sign !== '?') return;
    this.#at++;
    if (sign !== '+') this.#insertFork(start, start + 1, this.#steps.length + (sign === '*' ? 2 : 1));
    if (sign === '*') this.#steps.push({ kind: 'fork', a: start, b: start });
    if (sign === '+') this.#steps.push({ kind: 'fork', a: start, b: this.#steps.length + 1 });
  }

  /** Puts a fork in front of the steps from `start`; the places they name move with them. */
  #insertFork(start: number, a: number, b: number): void {
    for (const step of this.#steps.slice(start)) {
      if (step.kind !== 'fork') continue;
      if (step.a >= start) step.a++;
      if (step.b >= start) step.b++;
    }
    this.#steps.splice(start, 0, { kind: 'fork', a, b });
  }

  #atom(): void {
    const character = this.#text[this.#at++] ?? '';
    switch (character) {
      case '(':
        this.#alternatives();
        if (this.#text[this.#at++] !== ')') throw this.#error('a ( without its )');
        return;
      case '^':
        this.#steps.push({ kind: 'start' });
        return;
      case '$':
        this.#steps.push({ kind: 'end' });
        return;
      case '.':
        this.#steps.push({ kind: 'character', test: () => true });
        return;
      case '[':
        this.#steps.push({ kind: 'character', test: this.#set() });
        return;
      case '\\':
        this.#literal(this.#escaped());
        return;
      default:
        if ('*+?{'.includes(character)) throw this.#error(`a ${character} no rule uses`);
        this.#literal(character);
    }
  }

  /** `\.` is a dot; `\d` and its kin are nothing rules use. */
  #escaped(): string {
    const character = this.#text[this.#at++] ?? '';
    if (character === '' || /[A-Za-z0-9]/.test(character)) throw this.#error('an escape no rule uses');
    return character;
  }

  #literal(character: string): void {
    this.#steps.push({ kind: 'character', test: (candidate) => candidate === character });
  }

  #set(): Test {
    const negated = this.#text[this.#at] === '^';
    if (negated) this.#at++;
    const end = this.#text.indexOf(']', this.#at + 1);
    if (end < 0) throw this.#error('a [ without its ]');
    const body = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    const ranges = [...body.matchAll(/([\s\S])-([\s\S])|[\s\S]/g)].map(
      ([whole, from, to]) => [from ?? whole, to ?? whole] as const,
    );
    return (candidate) => ranges.some(([from, to]) => candidate >= from && candidate <= to) !== negated;
  }

  #error(what: string): FormatError {
    return new FormatError(this.#at, `${what} in the rule ${JSON.stringify(this.#text)}`);
  }
}

function run(steps: readonly Step[], path: string): boolean {
  let places = new Set<number>();
  for (let at = 0; at <= path.length; at++) {
    if (settle(steps, places, 0, at, path.length)) return true;
    const character = path[at];
    const next = new Set<number>();
    if (character === undefined) return false;
    for (const place of places) {
      const step = steps[place];
      if (step?.kind === 'character' && step.test(character) && settle(steps, next, place + 1, at + 1, path.length))
        return true;
    }
    places = next;
  }
  return false;
}

/** Adds a place and all it leads to without reading a character; true when that is the end. */
function settle(steps: readonly Step[], places: Set<number>, from: number, at: number, length: number): boolean {
  const open = [from];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (places.has(place)) continue;
    places.add(place);
    const step = steps[place];
    if (step?.kind === 'found') return true;
    if (step?.kind === 'fork') open.push(step.a, step.b);
    if ((step?.kind === 'start' && at === 0) || (step?.kind === 'end' && at === length)) open.push(place + 1);
  }
  return false;
}
