/** One thing that was measured: how it compares with something measured in the same run, and the limit it must hold. */
export interface Measure {
  readonly bench: string;
  /** What is compared with what. */
  readonly name: string;
  readonly value: number;
  /** '×' for a ratio. */
  readonly unit: '×' | 'MiB' | 'ms' | 'a frame';
  /** Missing: shown, but no promise. */
  readonly limit?: { readonly atLeast: number } | { readonly atMost: number };
  /** The figures behind it. They say something of this machine at this moment, and are no promise. */
  readonly figures: string;
}

export type Outcome = 'ok' | 'MISSED' | '-';

export function outcomeOf({ value, limit }: Measure): Outcome {
  if (!limit) return '-';
  // A value that could not be computed holds no limit.
  const holds = 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost;
  return holds ? 'ok' : 'MISSED';
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
