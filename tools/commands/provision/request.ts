import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { NO_ADAPTER } from '../../checks/signing/claims.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { openSetup, SETUP_OPTIONS } from '../../plans/provision/open-setup.ts';
import { requestForm } from '../../plans/provision/request-form.ts';
import { readArguments } from '../arguments/read-arguments.ts';

const USAGE = `Usage: tools/provision request [--json]

Prints what to write into Apple's form for the DriverKit entitlements, for the adapters profiles/release.json names. Only the
Account Holder of a paid team can send it: https://developer.apple.com/system-extensions/`;

/** `tools/provision request`: the values and texts for Apple's entitlement request form. */
export async function request(args: readonly string[], system: System = realSystem()): Promise<number> {
  const read = readArguments(
    args,
    { command: 'tools/provision request', usage: USAGE, options: { json: SETUP_OPTIONS.json } },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const setup = await openSetup(system, { for: 'developer-id', offline: true });
  if (setup.devices.length === 0) throw new UserError(`Nothing to ask for: ${NO_ADAPTER.seen}`, NO_ADAPTER.fix);
  const form = requestForm(setup);
  system.out(
    values.json
      ? JSON.stringify({ form }, undefined, 2)
      : form.map(({ question, answer }) => `${question}\n${indent(answer)}`).join('\n\n'),
  );
  return EXIT.fine;
}

const indent = (text: string) => text.replaceAll(/^/gm, '    ');
