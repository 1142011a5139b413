import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { install, upgrade } from '../../../tools/commands/install/install.ts';
import { BUILT, putApp } from '../../support/recorded-mac.ts';
import type { Recipe } from '../../support/signing/bundle.ts';
import { installedFiles, run, STAGED, start, system } from './stage.ts';

describe('what tools/install install refuses before anything is changed', () => {
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
