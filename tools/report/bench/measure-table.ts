import { type Measure, outcomeOf } from '../../model/bench/measure.ts';
import { formatTable } from '../table.ts';

/** Measures as a table, one string a line: every limit with `ok` or `MISSED`. */
export const measureTable = (measures: readonly Measure[]): string[] =>
  formatTable(
    ['', 'BENCH', 'WHAT', 'RATIO', 'LIMIT', 'FIGURES'],
    measures.map((measure) => [
      outcomeOf(measure),
      measure.bench,
      measure.name,
      `${measure.value.toFixed(measure.value < 0.1 ? 4 : 2)} ${measure.unit}`,
      limitWords(measure.limit),
      measure.figures,
    ]),
  );

function limitWords(limit: Measure['limit']): string {
  if (!limit) return '';
  return 'atLeast' in limit ? `≥ ${limit.atLeast}` : `≤ ${limit.atMost}`;
}

/** The document of `npm run bench -- --json`. */
export const measuresJson = (measures: readonly Measure[]) => ({
  version: 1,
  measures: measures.map((measure) => ({ ...measure, outcome: outcomeOf(measure) })),
});
