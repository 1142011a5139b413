import { expect, it } from 'vitest';
import { install } from '../../../tools/commands/install/install.ts';
import { uninstall } from '../../../tools/commands/install/uninstall.ts';
import { capture } from '../../support/captures.ts';
import { APP, BUILT, type MacState, putApp, recordedMac } from '../../support/recorded-mac.ts';

const REMOVED = 'terminated_waiting_to_uninstall_on_reboot';
/** As macOS does it: what was active goes away at the next boot, everything else stays what it is. */
const ended = ({ versions }: MacState) =>
  versions.map((version) => (/^activated/.test(version.state) ? { ...version, state: REMOVED } : version));

const activate = (mac: MacState) => {
  mac.versions = [{ build: '5', state: 'activated_enabled' }, ...ended(mac)];
  return { events: [{ event: 'completed' }] };
};
const deactivate = (mac: MacState) => {
  mac.versions = ended(mac);
  return { events: [{ event: 'completed' }] };
};

const RUNS = 'Version 1.0 (5) is installed. Plug an adapter in.';
const OLD_RUNS = 'Version 1.0 (5) is installed, and Version 1.0 (4) still runs.';
const GONE = 'Version 1.0 (4) is removed, and goes away with the next restart.';
const LEAVES = 'Version 1.0 (4) is being removed.';
const LEAVES_RUNNING = 'Version 1.0 (4) is being removed and still runs.';
const atIt = (word: string) => `macOS is still at it: ${word}.`;

/** Build 4 is in that state: how installing build 5, and how uninstalling, ends. */
const STATES: readonly (readonly [
  state: string,
  installing: readonly [number, string],
  removing: readonly [number, string],
])[] = [
  ['activated_enabled', [0, RUNS], [0, GONE]],
  ['activated_disabled', [0, RUNS], [0, GONE]],
  ['activated_waiting_for_user', [0, RUNS], [0, GONE]],
  ['activated_enabling', [0, RUNS], [0, GONE]],
  ['activated_waiting_to_upgrade', [0, RUNS], [0, GONE]],
  ['activated_waiting_to_upgrade_on_reboot', [0, RUNS], [0, GONE]],
  [REMOVED, [0, RUNS], [0, GONE]],
  ['terminating_for_uninstall', [0, RUNS], [1, LEAVES]],
  ['terminating_for_uninstall_but_still_running', [1, OLD_RUNS], [1, LEAVES_RUNNING]],
  ['terminating_for_uninstall_via_delegate', [1, OLD_RUNS], [1, LEAVES_RUNNING]],
  ['terminating_for_upgrade_via_delegate', [1, OLD_RUNS], [1, LEAVES_RUNNING]],
  ['terminating_for_disable', [0, RUNS], [1, LEAVES]],
  ['terminating_for_disable_but_still_running', [1, OLD_RUNS], [1, LEAVES_RUNNING]],
  ['realizing', [0, RUNS], [1, atIt('realizing')]],
  ['staging', [0, RUNS], [1, atIt('staging')]],
  ['validating', [0, RUNS], [1, atIt('validating')]],
  ['validating_by_category', [0, RUNS], [1, atIt('validating by category')]],
  ['uninstalling', [0, RUNS], [1, LEAVES]],
  ['uninstalled', [0, RUNS], [0, 'The driver is not installed.']],
];

async function end(command: typeof install, state: string, ...args: string[]) {
  const versions = [{ build: '4', state }];
  const system = await recordedMac({ versions, app: { activate, deactivate } });
  try {
    await putApp(system, command === install ? BUILT : APP);
    const exitCode = await command(args, system);
    const last = system.printed.out.split('\n').findLast((line) => /^[✔○✖]/.test(line)) ?? '';
    return [exitCode, last.slice(2)];
  } finally {
    system.dispose();
  }
}

it.each(STATES)('install over %s ends with the right last line and exit status', async (state, installing) => {
  expect(await end(install, state, BUILT, '--wait', '1')).toEqual(installing);
});

it.each(STATES)('uninstall of %s does, too', async (state, _, removing) => {
  expect(await end(uninstall, state)).toEqual(removing);
});

it('knows every state of the captures', () => {
  const states = capture('systemextensionsctl/states.txt').trim().split('\n');
  expect(STATES.map(([state]) => state)).toEqual(states);
});
