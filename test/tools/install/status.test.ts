import { afterEach, describe, expect, it } from 'vitest';
import type { DriverFacts } from '../../../tools/checks/install/driver-facts.ts';
import { judge, type Outcome } from '../../../tools/checks/install/verdict.ts';
import { status } from '../../../tools/commands/install/status.ts';
import { parseExtensionsDatabase } from '../../../tools/model/apple/extensions-database.ts';
import { extensionState } from '../../../tools/model/apple/system-extension.ts';
import { parseSystemExtensionsList } from '../../../tools/model/apple/system-extensions-list.ts';
import { capture, capturesIn } from '../../support/captures.ts';
import { type MacState, type RecordedMac, recordedMac } from '../../support/recorded-mac.ts';
import { recordedSystem } from '../../support/recorded-system.ts';

let system: RecordedMac | undefined;
afterEach(() => system?.dispose());

async function see(state: Partial<MacState>) {
  system = await recordedMac(state);
  const exitCode = await status([], system);
  const lines = system.printed.out.trimEnd().split('\n');
  return { exitCode, lines, last: lines.findLast((line) => !line.startsWith('  ')) ?? '' };
}

const at = (...states: string[]) => ({ versions: states.map((state, index) => ({ build: String(9 - index), state })) });

/** Every word of db.plist, alone: what the last line says and how the command ends. */
const STATES: readonly (readonly [string, number, RegExp])[] = [
  ['activated_enabled', 0, /^✔ Version 1\.0 \(9\) is installed\. Plug an adapter in\.$/],
  ['activated_disabled', 1, /is switched off/],
  ['activated_waiting_for_user', 1, /macOS waits for you to allow/],
  ['activated_enabling', 1, /macOS is still at it: activated enabling/],
  ['activated_waiting_to_upgrade', 1, /waits for the old version to end/],
  ['activated_waiting_to_upgrade_on_reboot', 1, /waits for the old version to end/],
  ['terminated_waiting_to_uninstall_on_reboot', 1, /is removed, and goes away with the next restart/],
  ['terminating_for_uninstall', 1, /is being removed\./],
  ['terminating_for_uninstall_but_still_running', 1, /is being removed and still runs/],
  ['terminating_for_uninstall_via_delegate', 1, /is being removed and still runs/],
  ['terminating_for_upgrade_via_delegate', 1, /is being removed and still runs/],
  ['terminating_for_disable', 1, /is being removed\./],
  ['terminating_for_disable_but_still_running', 1, /is being removed and still runs/],
  ['realizing', 1, /still at it: realizing/],
  ['staging', 1, /still at it: staging/],
  ['validating', 1, /still at it: validating/],
  ['validating_by_category', 1, /still at it: validating by category/],
  ['uninstalling', 1, /is being removed\./],
  ['uninstalled', 1, /The driver is not installed/],
  ['activated_by_moonlight', 1, /a state this tool does not know: activated_by_moonlight/],
];

describe('tools/install status', () => {
  it.each(STATES)('%s: ends with %i', async (state, exitCode, words) => {
    const seen = await see(at(state));
    expect(seen.last).toMatch(words);
    expect(seen.exitCode).toBe(exitCode);
  });

  it('was shown every state of the captures', () => {
    const states = capture('systemextensionsctl/states.txt').trim().split('\n');
    expect(STATES.map(([state]) => state)).toEqual(expect.arrayContaining(states));
  });

  it.each<[string, Partial<MacState>, number, RegExp]>([
    ['nothing is installed', {}, 1, /The driver is not installed/],
    ['an adapter it does not serve', { ...at('activated_enabled'), adapters: 1 }, 1, /does not serve the adapter/],
    ['a controller without ports', { ...at('activated_enabled'), adapters: 1, matched: true }, 1, /no port came up/],
    [
      'a port without interface',
      { ...at('activated_enabled'), adapters: 1, matched: true, ports: ['en5', undefined] },
      1,
      /1 of 2 ports have an interface/,
    ],
    [
      'all ports',
      { ...at('activated_enabled'), adapters: 1, matched: true, ports: ['en5', 'en6'] },
      0,
      /runs: en5 up, en6 up/,
    ],
    [
      'an old version on its way out',
      at('activated_enabled', 'terminating_for_upgrade_via_delegate'),
      1,
      /Version 1\.0 \(9\) is installed, and Version 1\.0 \(8\) still runs/,
    ],
    [
      'an old version that goes at the next restart',
      at('activated_enabled', 'terminated_waiting_to_uninstall_on_reboot'),
      0,
      /is installed\. Plug/,
    ],
    [
      'a process of an old version',
      { ...at('activated_enabled'), processes: ['7'] },
      1,
      /an old version still runs as process 700/,
    ],
    ['two active versions', at('activated_enabled', 'activated_enabled'), 1, /2 active versions \(F72\)/],
    [
      'a new version that waits for the user beside an old one',
      at('activated_waiting_for_user', 'activated_enabled'),
      1,
      /allow Version 1\.0 \(9\)/,
    ],
    ['only a list, no database', { ...at('activated_enabled'), database: false }, 0, /is installed\. Plug/],
  ])('%s', async (_, state, exitCode, words) => {
    const seen = await see(state);
    expect(seen.last).toMatch(words);
    expect(seen.exitCode).toBe(exitCode);
  });

  it('shows the four levels separately: staged is not running', async () => {
    const { lines } = await see({ ...at('activated_enabled'), adapters: 1 });
    expect(lines.slice(0, 4)).toEqual([
      '✔ staged     1.0 (9) activated enabled',
      '○ matched    0 of 1 plugged adapters',
      '○ started    0 ports',
      '○ interface  none',
    ]);
  });

  it('counts an adapter behind a hub once', async () => {
    const { lines } = await see({ ...at('activated_enabled'), adapters: 2, matched: true, ports: ['en5'] });
    expect(lines[1]).toBe('✔ matched    1 of 2 plugged adapters');
    expect(lines[2]).toBe('✔ started    1 ports');
  });

  it('falls back to the list when the database is no property list', async () => {
    system = await recordedMac(at('activated_waiting_for_user'));
    await system.files.write('/Library/SystemExtensions/db.plist', '<plist><dict>');
    expect(await status([], system)).toBe(1);
    expect(system.printed.out).toContain('macOS waits for you');
  });

  it('needs a Mac, and says so', async () => {
    const linux = recordedSystem({ platform: 'linux' });
    await linux.files.write(`${process.cwd()}/profiles/development.json`, '{}');
    await expect(status(['--nonsense'], linux)).rejects.toMatchObject({
      exitCode: 2,
    });
    linux.dispose();
    system = await recordedMac();
    Object.assign(system, { platform: 'linux' });
    await expect(status([], system)).rejects.toThrow('Reading the I/O registry needs a Mac');
  });
});

describe('every extension in the captures', () => {
  const facts = (versions: DriverFacts['versions']): DriverFacts => ({
    versions,
    adapters: 0,
    services: [],
    processes: [],
    interfaces: [],
    labels: new Map(),
    clients: [],
    connections: [],
  });
  const EXPECTED: Readonly<Record<string, Outcome>> = {
    staged: 'ready',
    disabled: 'disabled',
    'waits-for-user': 'waits-for-user',
    'gone-after-reboot': 'absent',
    'still-running': 'leaving',
  };

  it('gets a verdict', () => {
    const rows = capturesIn('systemextensionsctl')
      .filter((path) => path.includes('/list-'))
      .flatMap((path) => parseSystemExtensionsList(capture(path)).extensions)
      .map((row) => ({ ...row, uniqueId: undefined, cdhashes: [] as string[] }));
    rows.push(
      ...parseExtensionsDatabase(capture('systemextensionsctl/db-plist-defaults-read.txt')).extensions.map((row) => ({
        ...row,
        name: '',
        enabled: true,
        active: true,
        cdhashes: [...row.cdhashes],
        uniqueId: undefined,
      })),
    );
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows)
      expect(judge(facts([row])).outcome, `${row.identifier} ${row.state.word}`).toBe(EXPECTED[row.state.phase]);
  });

  it('never is taken for running by its state alone', () => {
    for (const word of capture('systemextensionsctl/states.txt').trim().split('\n')) {
      const version = {
        identifier: 'a',
        version: { short: '1', build: '1' },
        state: extensionState(word),
        team: undefined,
        category: undefined,
        uniqueId: undefined,
        cdhashes: [],
      };
      expect(judge(facts([version])).outcome).not.toBe('running');
    }
  });
});
