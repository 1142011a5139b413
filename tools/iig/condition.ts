import { type Mistakes, survives } from './mistakes.ts';
import { describe, type Token } from './token.ts';

/** A macro as `#define` gave it; `parameters` only when it takes any. */
export interface Macro {
  readonly parameters?: readonly string[];
  readonly body: readonly Token[];
}

const DEEPEST = 200;

// Binding strength of the binary operators in a condition (C++ [cpp.cond], [expr]).
const STRENGTH: Readonly<Record<string, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '+': 8,
  '-': 8,
  '*': 9,
  '/': 9,
  '%': 9,
};

/** Whether the condition of an `#if` or `#elif` holds. A condition nobody can read is noted and does not hold. */
export function conditionHolds(
  tokens: readonly Token[],
  macros: ReadonlyMap<string, Macro>,
  mistakes: Mistakes,
): boolean {
  let value = 0n;
  survives(() => {
    const condition = new Condition(tokens, macros, mistakes);
    value = condition.expression(0);
    const rest = condition.rest();
    if (rest) mistakes.abandon(rest, 'an operator or the end of the condition');
  });
  return value !== 0n;
}

class Condition {
  readonly #tokens: readonly Token[];
  readonly #macros: ReadonlyMap<string, Macro>;
  readonly #mistakes: Mistakes;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], macros: ReadonlyMap<string, Macro>, mistakes: Mistakes) {
    this.#tokens = tokens;
    this.#macros = macros;
    this.#mistakes = mistakes;
  }

  rest(): Token | undefined {
    return this.#at < this.#tokens.length - 1 ? this.#peek() : undefined;
  }

  expression(weakest: number): bigint {
    this.#depth += 1;
    if (this.#depth > DEEPEST) this.#abandon(this.#peek(), `a condition nested at most ${DEEPEST} deep`);
    const value = this.#choice(weakest);
    this.#depth -= 1;
    return value;
  }

  #choice(weakest: number): bigint {
    let left = this.#operand();
    for (;;) {
      const operator = this.#peek().text;
      const strength = STRENGTH[operator];
      if (strength === undefined || strength <= weakest) break;
      this.#at += 1;
      left = apply(operator, left, this.expression(strength));
    }
    if (weakest > 0 || !this.#accept('?')) return left;
    const yes = this.expression(0);
    this.#expect(':');
    const no = this.expression(0);
    return left !== 0n ? yes : no;
  }

  #operand(): bigint {
    this.#depth += 1;
    const token = this.#peek();
    if (this.#depth > DEEPEST) this.#abandon(token, `a condition nested at most ${DEEPEST} deep`);
    this.#at += 1;
    const value = this.#operandAt(token);
    this.#depth -= 1;
    return value;
  }

  #operandAt(token: Token): bigint {
    switch (token.text) {
      case '!':
        return this.#operand() === 0n ? 1n : 0n;
      case '-':
        return -this.#operand();
      case '+':
        return this.#operand();
      case '~':
        return ~this.#operand();
      case '(': {
        const value = this.expression(0);
        this.#expect(')');
        return value;
      }
      case 'defined':
        return this.#defined();
      default:
    }
    if (token.kind === 'number') return numberOf(token.text);
    if (token.kind === 'word') return this.#word(token);
    this.#at -= 1;
    return this.#abandon(token, 'a number, a macro or `defined`');
  }

  #defined(): bigint {
    const parenthesis = this.#accept('(');
    const name = this.#peek();
    if (name.kind !== 'word') this.#abandon(name, 'the name of a macro');
    this.#at += 1;
    if (parenthesis) this.#expect(')');
    return this.#macros.has(name.text) ? 1n : 0n;
  }

  /** A macro that is a number counts as it; every other name is 0, and so is a call such as `__has_feature(blocks)`. */
  #word(token: Token): bigint {
    if (this.#peek().text === '(') this.#skipCall();
    let name = token.text;
    for (let hops = 0; hops < DEEPEST; hops += 1) {
      const body: readonly Token[] = this.#macros.get(name)?.body ?? [];
      const only =
        body.length === 3 && body[0]?.text === '(' && body[2]?.text === ')'
          ? body[1]
          : body.length === 1
            ? body[0]
            : undefined;
      if (only === undefined) return name === 'true' ? 1n : 0n;
      if (only.kind === 'number') return numberOf(only.text);
      name = only.text;
    }
    return 0n;
  }

  #skipCall(): void {
    let depth = 0;
    do {
      const { kind, text } = this.#peek();
      if (kind === 'end') return;
      if (text === '(') depth += 1;
      if (text === ')') depth -= 1;
      this.#at += 1;
    } while (depth > 0);
  }

  #abandon(token: Token, expected: string): never {
    return this.#mistakes.abandon(token, expected, token.kind === 'end' ? 'the end of the line' : describe(token));
  }

  #peek(): Token {
    const token = this.#tokens[this.#at] ?? this.#tokens.at(-1);
    if (!token) throw new Error('a condition ends with an end token');
    return token;
  }

  #accept(text: string): boolean {
    if (this.#peek().text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#accept(text)) this.#abandon(this.#peek(), `\`${text}\` in the condition`);
  }
}

function numberOf(text: string): bigint {
  const digits = text.replaceAll("'", '').replace(/[uUlLzZ]+$/, '');
  const octal = /^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits;
  try {
    return BigInt(octal);
  } catch {
    return 0n;
  }
}

const truth = (value: boolean): bigint => (value ? 1n : 0n);

function apply(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '||':
      return truth(left !== 0n || right !== 0n);
    case '&&':
      return truth(left !== 0n && right !== 0n);
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '&':
      return left & right;
    case '==':
      return truth(left === right);
    case '!=':
      return truth(left !== right);
    case '<':
      return truth(left < right);
    case '>':
      return truth(left > right);
    case '<=':
      return truth(left <= right);
    case '>=':
      return truth(left >= right);
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? 0n : left / right;
    default:
      return right === 0n ? 0n : left % right;
  }
}
