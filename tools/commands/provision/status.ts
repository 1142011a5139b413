import { parseArgs } from 'node:util';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { lookAtAll } from '../../plans/provision/apply.ts';
import { lookAround } from '../../plans/provision/look-around.ts';
import { openSetup, SETUP_OPTIONS, SETUP_USAGE } from '../../plans/provision/open-setup.ts';
import { stepsFor } from '../../plans/provision/steps.ts';
import { describeStatus, type Status } from '../../report/provision-status.ts';
import { wordsOf } from './plan.ts';

const USAGE = `usage: tools/provision status [options]

Says what of signing is on this machine (identities, profiles, Xcode, how the Mac is protected, its provisioning id), what
expires, what is missing and what comes next. Changes nothing. Ends with 1 as long as something is missing.

${SETUP_USAGE}`;

/** `tools/provision status`: 0 when everything for the purpose is there, 1 otherwise. */
export async function status(args: readonly string[], system: System = realSystem()): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: SETUP_OPTIONS });
  if (values.help) {
    system.out(USAGE);
    return EXIT.fine;
  }
  const setup = await openSetup(system, values);
  const rows = await lookAtAll(stepsFor(setup));
  const open = rows.filter(({ looked }) => looked.state !== 'done');
  const found: Status = {
    for: setup.wishes.purpose,
    ...(await lookAround(setup)),
    done: rows.length - open.length,
    missing: open.map((row) => ({ id: row.step.id, kind: row.step.kind, title: row.step.title, words: wordsOf(row) })),
    next: open.find(({ looked }) => looked.state === 'todo')?.step.how,
  };
  system.out(values.json ? JSON.stringify({ ...found, mac: found.mac ?? null }, undefined, 2) : describeStatus(found));
  return open.length === 0 ? EXIT.fine : EXIT.fixable;
}
