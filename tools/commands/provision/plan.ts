import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import type { Row } from '../../plans/provision/apply.ts';
import { SETUP_USAGE } from '../../plans/provision/open-setup.ts';
import { show, showJson } from '../../report/show.ts';
import { lookAtSteps, wordsOf } from './look-at-steps.ts';

const USAGE = `Usage: tools/provision plan [options]

Lists every step to a signed driver in the order in which they can be done, what is done already, and how to do the rest.
Each is marked api (tools/provision apply does it), portal (a person does it in a browser) or mac (needs a Mac). Changes nothing.

${SETUP_USAGE}`;

/** `tools/provision plan`: the ordered to-do list. */
export async function plan(args: readonly string[], system: System = realSystem()): Promise<number> {
  const found = await lookAtSteps(args, system, 'tools/provision plan', USAGE);
  if (!found) return EXIT.fine;
  const { json, setup, rows } = found;
  const { purpose } = setup.wishes;
  if (json) showJson(system, { for: purpose, steps: rows.map(rowJson) });
  else show(system, planText(purpose, rows));
  return EXIT.fine;
}

const rowJson = (row: Row) => {
  const { id, kind, title, how, link } = row.step;
  return {
    id,
    kind,
    title,
    state: row.looked.state,
    words: wordsOf(row),
    how,
    ...(link === undefined ? {} : { link }),
  };
};

const MARKS = { done: '✔', todo: '○', unknown: '?' } as const;

function planText(purpose: string, rows: readonly Row[]): string {
  const count = (state: Row['looked']['state']) => rows.filter(({ looked }) => looked.state === state).length;
  const head = `Signing for ${purpose}: ${count('done')} done, ${count('todo')} to do, ${count('unknown')} not to be seen from here`;
  const lines = rows.map((row, index) => {
    const { kind, title, how, link } = row.step;
    const first = `${MARKS[row.looked.state]} ${String(index + 1).padStart(2)} ${kind.padEnd(6)}  ${title}: ${wordsOf(row)}`;
    if (row.looked.state === 'done') return first;
    return [first, how, ...(link === undefined ? [] : [link])].join('\n             ');
  });
  return [head, '', ...lines].join('\n');
}
