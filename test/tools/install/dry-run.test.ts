import { describe, expect, it } from 'vitest';
import { install } from '../../../tools/commands/install/install.ts';
import { status } from '../../../tools/commands/install/status.ts';
import { APP, BUILT } from '../../support/recorded-mac.ts';
import { recordedSystem } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';
import { installedFiles, run, start, system } from './stage.ts';

describe('a dry run of tools/install install', () => {
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
