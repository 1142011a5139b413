import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { install, upgrade } from '../../../tools/commands/install/install.ts';
import { status } from '../../../tools/commands/install/status.ts';
import { explain } from '../../../tools/report/explain.ts';
import {
  type Answer,
  APP,
  BUILT,
  DEXT,
  type MacState,
  putApp,
  type RecordedMac,
  recordedMac,
} from '../../support/recorded-mac.ts';
import { recordedSystem } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';
import type { Recipe } from '../../support/signing/bundle.ts';

let system: RecordedMac;
afterEach(() => system.dispose());

const STAGED = { build: '5', state: 'activated_enabled' };
/** macOS takes the driver at once, and it serves the adapter that is plugged in. */
const accepts = (mac: MacState) => {
  mac.versions = [STAGED, ...mac.versions.filter(({ build }) => build !== '5')];
  mac.matched = mac.adapters > 0;
  mac.ports = mac.matched ? ['en5', 'en6'] : [];
  return { events: [{ event: 'completed' }] };
};

async function start(state: Partial<MacState> = {}, programs = {}) {
  system = await recordedMac({ app: { activate: accepts }, ...state }, programs);
  await putApp(system, BUILT);
}

const run = async (command: typeof install, ...args: string[]) => {
  system.printed.out = '';
  system.printed.err = '';
  try {
    const exitCode = await command([...(command === status ? [] : [BUILT]), ...args], system);
    return { exitCode, last: system.printed.out.trimEnd().split('\n').at(-1) ?? '', ...system.printed };
  } catch (error) {
    const { text, exitCode } = explain(error);
    return { exitCode, last: text, ...system.printed };
  }
};
const installedFiles = () => system.files.list('/Applications');

describe('tools/install install', () => {
  it('ends with the interfaces when an adapter is plugged in', async () => {
    await start({ adapters: 1 });
    const { exitCode, last, out } = await run(install);
    expect({ exitCode, last }).toEqual({ exitCode: 0, last: '✔ Version 1.0 (5) runs: en5 up, en6 up.' });
    expect(out).toContain('✔ staged     1.0 (5) activated enabled');
    expect(out).toContain('✔ matched    1 of 1 plugged adapters');
    expect(out).toContain('✔ started    2 ports');
    expect(out).toContain('✔ interface  en5 (Gadget, Port 1), en6 (Gadget, Port 2)');
    expect(out).toMatch(/· cdhash {5}built ([0-9a-f]{40}), staged \1\n/);
  });

  it('is content without an adapter', async () => {
    await start();
    expect(await run(install)).toMatchObject({
      exitCode: 0,
      last: '✔ Version 1.0 (5) is installed. Plug an adapter in.',
    });
  });

  it('does nothing the second time', async () => {
    await start();
    await run(install);
    const before = system.commands.length;
    expect(await run(install)).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('Version 1.0 (5) is installed already'),
    });
    expect(system.commands.slice(before).filter((command) => command.includes('--activate'))).toEqual([]);
  });

  it('asks for the approval with the way there, and goes on when it comes', async () => {
    const app = { activate: (mac: MacState) => ({ events: [{ event: 'needsApproval' }, ...accepts(mac).events] }) };
    await start({ app });
    const { exitCode, err } = await run(install);
    expect(exitCode).toBe(0);
    expect(err).toContain('Login Items & Extensions > Driver Extensions');
    expect(err).toContain(
      'x-apple.systempreferences:com.apple.ExtensionsPreferences?extensionPointIdentifier=com.apple.system_extension.driver_extension.extension-point',
    );
  });

  it('stops waiting for an approval that does not come, and keeps the request and the app', async () => {
    const activate = (mac: MacState) => {
      mac.versions = [{ build: '5', state: 'activated_waiting_for_user' }];
      return { events: [{ event: 'needsApproval' }], exitCode: 124 };
    };
    await start({ app: { activate } });
    const { exitCode, out } = await run(install);
    expect(exitCode).toBe(1);
    expect(out).toContain('○ macOS waits for you to allow Version 1.0 (5).');
    expect(await installedFiles()).toEqual(['Multiport.app']);
  });

  it.each([
    [2, 'missingEntitlement', 'F44'],
    [3, 'unsupportedParentBundleLocation', 'F30'],
    [4, 'extensionNotFound', 'F32'],
    [8, 'codeSignatureInvalid', 'F42'],
    [9, 'validationFailed', 'F40'],
    [10, 'forbiddenBySystemPolicy', 'F45'],
    [12, 'requestSuperseded', 'F46'],
  ])('explains code %i and takes the copy back', async (code, name, entry) => {
    const failed = {
      event: 'failed',
      domain: 'OSSystemExtensionErrorDomain',
      code,
      message: 'The operation could not be completed.',
    };
    await start({ app: { activate: () => ({ events: [failed], exitCode: 1 }) } });
    const { exitCode, last, err } = await run(install);
    expect(exitCode).toBe(1);
    expect(last).toContain(`macOS refuses: ${name} (${code})`);
    expect(last).toContain(entry);
    expect(err).toContain('↩ taken back: the copy is removed');
    expect(await installedFiles()).toEqual([]);
  });

  it('recognises an app that macOS kills before it can say a word', async () => {
    await start({}, { [`${APP}/Contents/MacOS/Multiport --activate`]: { exitCode: 137 } });
    expect(await run(install)).toMatchObject({ exitCode: 1, last: expect.stringContaining('Killed: 9 (137)') });
    expect(await installedFiles()).toEqual([]);
  });

  it.each<[string, (mac: MacState) => Answer]>([
    ['although macOS takes the driver', accepts],
    ['while it waits for the approval, which ends the app that asked as well', () => ({ events: [], exitCode: 130 })],
  ])('takes the copy back at Ctrl-C %s', async (_, answer) => {
    const activate = (mac: MacState) => {
      system.interrupt();
      return answer(mac);
    };
    await start({ app: { activate } });
    const { exitCode, last, err } = await run(install);
    expect({ exitCode, last }).toEqual({ exitCode: 130, last: 'Interrupted\n  Run it again when you like.' });
    expect(err).toContain('↩ taken back: the copy is removed');
    expect(await installedFiles()).toEqual([]);
  });

  it('brings the former app back when the new one is refused', async () => {
    const failed = { event: 'failed', domain: 'OSSystemExtensionErrorDomain', code: 8, message: '' };
    await start({
      versions: [{ build: '4', state: 'activated_enabled' }],
      app: { activate: () => ({ events: [failed], exitCode: 1 }) },
    });
    await putApp(system, APP, { build: '4' });
    expect(await run(install)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('↩ taken back: the former app is back'),
    });
    expect(await system.files.readText(`${APP}/Contents/Info.plist`)).toContain('<string>4</string>');
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
  });

  it('deactivates again when macOS staged another build than the one that was built', async () => {
    const activate = (mac: MacState) => {
      mac.versions = [{ ...STAGED, cdhashes: ['a'.repeat(40)] }];
      return { events: [{ event: 'completed' }] };
    };
    const deactivate = (mac: MacState) => {
      mac.versions = [];
      return { events: [{ event: 'completed' }] };
    };
    await start({ app: { activate, deactivate } });
    const { exitCode, last, err } = await run(install);
    expect({ exitCode, last }).toMatchObject({ exitCode: 1, last: expect.stringContaining('F55') });
    expect(err.indexOf('the driver is deactivated')).toBeLessThan(err.indexOf('the copy is removed'));
    expect(err.indexOf('the driver is deactivated')).toBeGreaterThan(0);
    expect(system.mac.versions).toEqual([]);
    expect(await installedFiles()).toEqual([]);
  });

  it('says when macOS accepted the driver and does not have it', async () => {
    await start({ app: { activate: () => ({ events: [{ event: 'completed' }] }) } });
    expect(await run(install)).toMatchObject({
      exitCode: 1,
      last: expect.stringContaining('does not have it after 30 s'),
    });
    expect(await installedFiles()).toEqual([]);
  });

  it('waits while macOS is at it', async () => {
    let asked = 0;
    const words = ['realizing', 'staging', 'validating_by_category', 'activated_enabling', 'activated_enabled'];
    const activate = (mac: MacState) => {
      mac.database = false; // the list is asked instead, each time anew
      return { events: [{ event: 'completed' }] };
    };
    const list = () =>
      `*\t*\tABCDE12345\t${DEXT} (1.0/5)\tM\t[${(words[asked++] ?? 'activated_enabled').replaceAll('_', ' ')}]`;
    await start(
      { app: { activate } },
      { 'systemextensionsctl list': () => (system.mac.database ? '0 extension(s)\n' : list()) },
    );
    expect(await run(install)).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('Wait until macOS has staged it: activated enabled'),
    });
    expect(asked).toBeGreaterThanOrEqual(words.length);
  });

  it('is no success when macOS finishes at the next restart', async () => {
    const activate = (mac: MacState) => {
      mac.versions = [STAGED, { build: '4', state: 'terminating_for_upgrade_via_delegate' }];
      return {
        events: [
          { event: 'replacing', existing: { version: '1.0', build: '4' }, new: { version: '1.0', build: '5' } },
          { event: 'willCompleteAfterReboot' },
        ],
        exitCode: 3,
      };
    };
    await start({
      versions: [{ build: '4', state: 'activated_enabled' }],
      adapters: 1,
      matched: true,
      ports: ['en5'],
      app: { activate },
    });
    await putApp(system, APP, { build: '4' });
    const { exitCode, out } = await run(upgrade);
    expect(exitCode).toBe(1);
    expect(out).toContain(
      '○ Version 1.0 (5) is installed, and Version 1.0 (4) still runs.\n  Unplug all adapters of this driver and plug them in again, or restart the Mac.',
    );
    expect(await system.files.readText(`${APP}/Contents/Info.plist`)).toContain('<string>5</string>');
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
  });

  it('reports how far the driver got when no port comes up, and takes nothing back', async () => {
    const activate = (mac: MacState) => {
      accepts(mac);
      mac.ports = [];
      return { events: [{ event: 'completed' }] };
    };
    await start({ adapters: 1, app: { activate } });
    expect(await run(install)).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('○ Version 1.0 (5) matched the adapter, and no port came up.'),
    });
    expect(await installedFiles()).toEqual(['Multiport.app']);
  });

  it('clears a quarantine mark, and names other copies', async () => {
    await start({}, { 'xattr -p': '0081;', mdfind: `${APP}\n/Users/me/Downloads/Multiport.app\n` });
    const { err } = await run(install);
    expect(err).toContain('Clear the quarantine mark of the copy: removed');
    expect(err).toContain('(F33): /Users/me/Downloads/Multiport.app');
    expect(system.commands).toContain(`xattr -rd com.apple.quarantine ${APP}`);
  });

  it('takes the app from /Applications where it lies there already', async () => {
    await start();
    await putApp(system, APP);
    expect(await install([APP], system)).toBe(0);
    expect(await installedFiles()).toEqual(['Multiport.app']);
  });
});

describe('what is refused before anything is changed', () => {
  const withDext = (change: Partial<Recipe['dext']>) => (recipe: Recipe) => ({
    ...recipe,
    dext: { ...recipe.dext, ...change },
  });
  const without = (key: string) => (recipe: Recipe) =>
    withDext({ info: Object.fromEntries(Object.entries(recipe.dext.info).filter(([name]) => name !== key)) })(recipe);

  it.each<[string, (recipe: Recipe) => Recipe, string]>([
    [
      'a dext not named after its bundle id',
      withDext({ folder: 'Contents/Library/SystemExtensions/Driver.dext' }),
      'F32',
    ],
    ['no usage description', without('OSBundleUsageDescription'), 'F40'],
    ['no version', without('CFBundleVersion'), 'F35'],
    ['an unsigned dext', withDext({ signature: null }), 'F09'],
    [
      'a claim nobody granted',
      (recipe) =>
        withDext({
          entitlements: { ...recipe.dext.entitlements, 'com.apple.developer.driverkit.family.hid.device': true },
        })(recipe),
      'F02',
    ],
    [
      'a profile for other Macs',
      (recipe) =>
        withDext({
          profile: recipe.dext.profile && { ...recipe.dext.profile, devices: ['00008112-0000000000000001'] },
        })(recipe),
      'F26',
    ],
    [
      'a file that changed after signing',
      (recipe) => ({
        ...recipe,
        after: (files) => void files.set('Contents/Resources/app.icns', Buffer.from('another')),
      }),
      'F07',
    ],
  ])('%s', async (_, change, entry) => {
    await start();
    await system.files.remove(BUILT);
    await putApp(system, BUILT, { change });
    expect(await run(install)).toMatchObject({ exitCode: 1, last: expect.stringContaining(entry) });
    expect(await installedFiles()).toEqual([]);
  });

  it('an app with the driver of somebody else', async () => {
    await start();
    const path = join(PROJECT_ROOT, 'profiles/development.json');
    await system.files.write(
      path,
      ((await system.files.readText(path)) ?? '').replaceAll('org.multiport', 'org.example'),
    );
    expect(await run(install)).toMatchObject({
      exitCode: 1,
      last: expect.stringContaining('not org.example.Multiport.driver (F38)'),
    });
  });

  it('the same number on another build', async () => {
    await start({ versions: [{ ...STAGED, cdhashes: ['b'.repeat(40)] }] });
    expect(await run(install)).toMatchObject({ exitCode: 1, last: expect.stringContaining('Raise CFBundleVersion') });
  });

  it('an older build', async () => {
    await start({ versions: [{ build: '10', state: 'activated_enabled' }] });
    expect(await run(install)).toMatchObject({ exitCode: 1, last: expect.stringContaining('newer than 1.0 (5)') });
  });

  it('an upgrade of nothing', async () => {
    await start();
    expect(await run(upgrade)).toMatchObject({ exitCode: 1, last: expect.stringContaining('no version to upgrade') });
    expect(await installedFiles()).toEqual([]);
  });

  it.each([[['a', 'b.app']], [['folder']], [['x.app', '--wait', 'soon']]])('%j', async (args) => {
    await start();
    await expect(install(args, system)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('something that is no app', async () => {
    await start();
    await expect(install(['/nowhere/X.app'], system)).rejects.toMatchObject({
      exitCode: 2,
      message: '/nowhere/X.app is no app',
    });
  });
});

describe('a dry run', () => {
  it('shows every step on a Mac and changes nothing', async () => {
    await start({ versions: [{ build: '4', state: 'activated_enabled' }] });
    const { exitCode, last, err } = await run(install, '--dry-run');
    expect({ exitCode, last }).toEqual({ exitCode: 0, last: 'Nothing was changed.' });
    expect(err).toContain(`would copy ${BUILT} to ${APP}`);
    expect(err).toContain('would ask macOS through the app');
    expect(await installedFiles()).toEqual([]);
    expect(system.commands.some((command) => command.includes('--activate'))).toBe(false);
  });

  it('shows every step before anything is built', async () => {
    await start();
    await system.files.remove(BUILT);
    const exitCode = await install(['--dry-run'], system);
    expect(exitCode).toBe(0);
    expect(system.printed.err).toContain('nothing is built yet, tools/install build does that');
    expect(system.printed.err).toContain('would ask macOS through the app');
    await expect(install([], system)).rejects.toThrow('is no app');
  });

  it('shows every step on Linux, and starts nothing', async () => {
    await start();
    const linux = recordedSystem({ platform: 'linux' });
    Object.assign(system, { platform: 'linux', execute: linux.execute });
    expect(await run(install, '--dry-run')).toMatchObject({
      exitCode: 0,
      err: expect.stringContaining('would ask macOS through the app'),
    });
    expect(linux.commands).toEqual([]);
    expect(await run(install)).toMatchObject({
      exitCode: 1,
      last: expect.stringContaining('Installing a driver needs a Mac'),
    });
    linux.dispose();
  });
});

describe('JSON', () => {
  it('keeps to its schema and prints nothing else', async () => {
    await start({ adapters: 1 });
    for (const [command, args] of [
      [status, []],
      [install, ['--dry-run']],
      [install, []],
      [status, []],
      [install, []],
    ] as const) {
      const { out, err } = await run(command, '--json', ...args);
      expect(schemaErrors('install', out)).toEqual([]);
      expect(err).toBe('');
    }
  });
});
