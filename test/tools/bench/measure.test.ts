import { describe, expect, it } from 'vitest';
import { type Measure, median, outcomeOf } from '../../../tools/model/bench/measure.ts';
import { measuresJson, measureTable } from '../../../tools/report/bench/measure-table.ts';
import { schemaErrors } from '../../support/schema.ts';

const measure = (value: number, limit?: Measure['limit']): Measure => ({
  bench: 'path',
  name: 'TCP to the device',
  value,
  unit: '×',
  figures: '2.40 to 1.20',
  ...(limit && { limit }),
});

describe('what a bench says of a limit', () => {
  it.each([
    [0.8, { atLeast: 0.8 }, 'ok'],
    [0.79, { atLeast: 0.8 }, 'MISSED'],
    [1.3, { atMost: 1.3 }, 'ok'],
    [1.31, { atMost: 1.3 }, 'MISSED'],
    [Number.NaN, { atLeast: 0 }, 'MISSED'],
    [Number.NaN, { atMost: 1 }, 'MISSED'],
    [7, undefined, '-'],
  ] as const)('%f against %j is %s', (value, limit, outcome) => {
    expect(outcomeOf(measure(value, limit))).toBe(outcome);
  });

  it('is in the first column of the table, and in the document', () => {
    const measures = [measure(2, { atLeast: 0.8 }), measure(0.5, { atLeast: 0.8 }), measure(1)];
    expect(
      measureTable(measures)
        .slice(1)
        .map((line) => line.trim().split(/\s+/)[0]),
    ).toEqual(['ok', 'MISSED', '-']);
    expect(measuresJson(measures).measures.map(({ outcome }) => outcome)).toEqual(['ok', 'MISSED', '-']);
  });
});

it('the document keeps to its schema, also where a value could not be computed', () => {
  const measures = [measure(2, { atLeast: 0.8 }), measure(Number.NaN, { atMost: 4 }), measure(1)];
  expect(schemaErrors('bench', JSON.stringify(measuresJson(measures)))).toEqual([]);
});

it.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[], Number.NaN],
])('the median of %j is %f', (values, expected) => {
  expect(median(values)).toBe(expected);
});
