import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { lookAround } from '../../plans/provision/look-around.ts';
import { SETUP_USAGE } from '../../plans/provision/open-setup.ts';
import { describeStatus, type Status } from '../../report/provision-status.ts';
import { show, showJson } from '../../report/show.ts';
import { lookAtSteps, wordsOf } from './look-at-steps.ts';

const USAGE = `Usage: tools/provision status [options]

Says what of signing is on this machine (identities, profiles, Xcode, how the Mac is protected, its provisioning id), what
expires, what is missing and what comes next. Changes nothing. Ends with 1 as long as something is missing.

${SETUP_USAGE}`;

/** `tools/provision status`: 0 when everything for the purpose is there, 1 otherwise. */
export async function status(args: readonly string[], system: System = realSystem()): Promise<number> {
  const found = await lookAtSteps(args, system, 'tools/provision status', USAGE);
  if (!found) return EXIT.fine;
  const { json, setup, rows } = found;
  const open = rows.filter(({ looked }) => looked.state !== 'done');
  const seen: Status = {
    for: setup.wishes.purpose,
    ...(await lookAround(setup)),
    done: rows.length - open.length,
    missing: open.map((row) => ({ id: row.step.id, kind: row.step.kind, title: row.step.title, words: wordsOf(row) })),
    next: open.find(({ looked }) => looked.state === 'todo')?.step.how,
  };
  if (json) showJson(system, { ...seen, mac: seen.mac ?? null });
  else show(system, describeStatus(seen));
  return open.length === 0 ? EXIT.fine : EXIT.fixable;
}
