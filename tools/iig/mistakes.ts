import { describe, type Position, type Token } from './token.ts';

/** A mistake in a source: where, what was found there, and what was expected instead. */
export interface Mistake {
  readonly position: Position;
  readonly found: string;
  readonly expected: string;
}

/** Thrown to leave the declaration that has a mistake in it; the parser goes on behind it. One is enough: it says nothing. */
const ABANDON = new Error('a declaration is left because of a mistake');

/** Collects mistakes, so that one run reports several. */
export class Mistakes {
  readonly list: Mistake[] = [];

  add(position: Position, found: string, expected: string): void {
    this.list.push({ position, found, expected });
  }

  /** Notes what is wrong with `token` and leaves the declaration it stands in. */
  abandon(token: Token, expected: string, found = describe(token)): never {
    this.add(token, found, expected);
    throw ABANDON;
  }
}

/** Runs `parse`; false when it was left because of a mistake. */
export function survives(parse: () => void): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (error === ABANDON) return false;
    throw error;
  }
}

const MOST_SHOWN = 50;

/** One line for each mistake, `file:line:column: found …, expected …`, in the order of the source. */
export function reportMistakes(mistakes: readonly Mistake[]): string {
  const sorted = [...mistakes].sort(
    ({ position: a }, { position: b }) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
  const lines = sorted
    .slice(0, MOST_SHOWN)
    .map(
      ({ position: { file, line, column }, found, expected }) =>
        `${file}:${line}:${column}: found ${found}, expected ${expected}`,
    );
  if (sorted.length > MOST_SHOWN) lines.push(`… and ${sorted.length - MOST_SHOWN} more`);
  return lines.join('\n');
}
