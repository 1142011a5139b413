import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT } from '../../model/user-error.ts';
import { type Applied, apply as applySteps, type Undone, undo } from '../../plans/provision/apply.ts';
import { openSetup, SETUP_OPTIONS, SETUP_USAGE } from '../../plans/provision/open-setup.ts';
import { show, showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';

const USAGE = `Usage: tools/provision apply [--dry-run] [--undo] [options]

Does what can be done without the portal: App IDs, the app's capability, this Mac, a key and its certificate, the app's
provisioning profile, the keychain, and the entitlements to sign with. Looks first: run it as often as you like, also after
it failed half-way. Ends with 1 as long as something is left to you.

  --dry-run        look, change nothing, say what would be done
  --undo           take back what earlier runs made, newest first
${SETUP_USAGE}`;

/** `tools/provision apply`: 0 when nothing is left to do, 1 when something is left to the user. */
export async function apply(args: readonly string[], system: System = realSystem()): Promise<number> {
  const read = readArguments(
    args,
    {
      command: 'tools/provision apply',
      usage: USAGE,
      options: {
        ...SETUP_OPTIONS,
        'dry-run': { type: 'boolean', default: false },
        undo: { type: 'boolean', default: false },
      },
    },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const setup = await openSetup(system, values);
  const options = { dryRun: values['dry-run'], silent: values.json };
  if (values.undo) {
    const undone = await undo(setup, options);
    if (values.json) showJson(system, { for: setup.wishes.purpose, undone });
    else show(system, undoneText(undone));
    return undone.every(({ why }) => why === undefined) ? EXIT.fine : EXIT.fixable;
  }
  const applied = await applySteps(setup, options);
  if (values.json) showJson(system, { for: setup.wishes.purpose, steps: applied });
  else show(system, appliedText(applied));
  return left(applied).length === 0 ? EXIT.fine : EXIT.fixable;
}

const left = (applied: readonly Applied[]) => applied.filter(({ state }) => state !== 'was done' && state !== 'did');

function appliedText(applied: readonly Applied[]): string {
  const count = (state: Applied['state']) => applied.filter((one) => one.state === state).length;
  const rest = left(applied);
  const head = `${count('did')} done now, ${count('was done')} were done, ${rest.length} left`;
  return rest.length === 0
    ? head
    : [
        `${head}:`,
        ...rest.map(({ kind, title }) => `  ${kind.padEnd(6)}  ${title}`),
        'tools/provision plan says how.',
      ].join('\n');
}

function undoneText(undone: readonly Undone[]): string {
  const stuck = undone.filter(({ why }) => why !== undefined);
  const head = `${undone.length - stuck.length} taken back, ${stuck.length} left`;
  return [head, ...stuck.map(({ title, why }) => `  ${title}: ${why}`)].join('\n');
}
