import { describe, expect, it } from 'vitest';
import { install, upgrade } from '../../../tools/commands/install/install.ts';
import { type Answer, APP, DEXT, type MacState, putApp } from '../../support/recorded-mac.ts';
import { accepts, installedFiles, run, STAGED, start, system } from './stage.ts';

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
