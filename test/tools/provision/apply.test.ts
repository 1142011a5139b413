import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { apply } from '../../../tools/commands/provision/apply.ts';
import { entitlements } from '../../../tools/commands/provision/entitlements.ts';
import { plan } from '../../../tools/commands/provision/plan.ts';
import { schemaErrors } from '../../support/schema.ts';
import { api, changes, DEXT_GRANTS, json, kinds, putDextProfile, run, start, states, system, UDID } from './stage.ts';

describe('tools/provision apply', () => {
  it('does on a Mac all that needs no portal, and leaves the dext profile to a person', async () => {
    await start('darwin', { hasKey: false });
    const { exitCode, out, err } = await run(apply);
    expect(exitCode).toBe(1);
    expect(kinds()).toEqual(['bundleIdCapabilities', 'bundleIds', 'bundleIds', 'certificates', 'devices', 'profiles']);
    expect(err).toContain('✔ Register the App ID org.multiport.Multiport: register it');
    expect(err).toContain('DriverKit App Development');
    expect(out).toContain('Make the provisioning profile of org.multiport.Multiport.driver');
  });

  it('is done, and ends with 0, once the dext profile is there', async () => {
    await start('darwin');
    await putDextProfile();
    expect((await run(apply)).exitCode).toBe(0);
    const again = await run(apply);
    expect(again).toMatchObject({ exitCode: 0, out: expect.stringContaining('0 done now') });
  });

  it('changes nothing the second time', async () => {
    await start('darwin');
    await run(apply);
    const before = changes().length;
    expect(before).toBe(6);
    await run(apply);
    expect(changes()).toHaveLength(before);
  });

  it.each([
    ['the capability', 'POST', '/v1/bundleIdCapabilities'],
    ['the device', 'POST', '/v1/devices'],
    ['the certificate', 'POST', '/v1/certificates'],
    ['the profile', 'POST', '/v1/profiles'],
  ])('goes on where it stopped when %s fails', async (_, method, path) => {
    await start('darwin');
    await putDextProfile();
    api.troubles.push({ method, path, answer: { status: 500, code: 'UNEXPECTED_ERROR' } });
    await expect(run(apply)).rejects.toThrow('trouble of its own');
    expect((await run(apply)).exitCode).toBe(0);
    expect(changes().filter((request) => request.startsWith(`${method} ${path}`))).toHaveLength(2);
    expect(kinds()).toEqual(['bundleIdCapabilities', 'bundleIds', 'bundleIds', 'certificates', 'devices', 'profiles']);
  });

  it.each(['/v1/bundleIds', '/v1/devices', '/v1/certificates', '/v1/profiles'])(
    'makes nothing twice at %s when the answer was lost',
    async (path) => {
      await start('darwin');
      await putDextProfile();
      api.troubles.push({ method: 'POST', path, answer: 'drop' });
      await expect(run(apply)).rejects.toThrow('does not answer');
      expect((await run(apply)).exitCode).toBe(0);
      expect(kinds()).toEqual([
        'bundleIdCapabilities',
        'bundleIds',
        'bundleIds',
        'certificates',
        'devices',
        'profiles',
      ]);
    },
  );

  it('takes what somebody else made in the meantime (409) and does not take it back later', async () => {
    await start('darwin');
    const { http } = realSystem();
    Object.assign(system, {
      http: async (request: Parameters<typeof http>[0]) => {
        const body = request.body ?? '';
        const late = request.method === 'POST' && body.includes('"org.multiport.Multiport"') && api.store.length === 0;
        if (late) api.put('bundleIds', { identifier: 'org.multiport.Multiport', name: 'x', platform: 'MAC_OS' });
        return http(request);
      },
    });
    await run(apply);
    expect(api.requests).toContain('POST /v1/bundleIds 409');
    await run(apply, '--undo');
    expect(api.store.filter(({ type }) => type === 'bundleIds').map(({ attributes }) => attributes.identifier)).toEqual(
      ['org.multiport.Multiport'],
    );
  });

  it('does not confuse an App ID with a longer one', async () => {
    await start('darwin');
    api.put('bundleIds', { identifier: 'org.multiport.MultiportOld', name: 'x', platform: 'MAC_OS' });
    expect((await states())['app-id-app']).toBe('did');
  });

  it('makes the profile again when it lacks this Mac', async () => {
    await start('darwin');
    await run(apply);
    await run(apply, '--device', '00008112-0000000000000001');
    const profiles = api.store.filter(({ type }) => type === 'profiles');
    expect(profiles).toHaveLength(1);
    const text = Buffer.from(String(profiles[0]?.attributes.profileContent), 'base64').toString();
    expect(text).toContain(UDID);
    expect(text).toContain('00008112-0000000000000001');
  });

  it('enables a device again that was disabled', async () => {
    await start('darwin');
    const device = api.put('devices', { udid: UDID, name: 'Mac', platform: 'MAC_OS' });
    Object.assign(device.attributes, { status: 'DISABLED' });
    await run(apply);
    expect(device.attributes.status).toBe('ENABLED');
  });

  it('looks and says, but changes nothing, in a dry run', async () => {
    await start('darwin', { hasKey: false });
    expect(Object.values(await states('--dry-run'))).not.toContain('did');
    const { err } = await run(apply, '--dry-run');
    expect(err).toContain('would register it');
    expect(changes()).toEqual([]);
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
    expect(system.commands.filter((command) => command.includes('import'))).toEqual([]);
  });

  it('says on Linux which steps need a Mac, and does the others', async () => {
    await start('linux');
    const { steps } = await json();
    const of = (id: string) => steps.find((step) => step.id === id);
    expect(of('xcode')).toMatchObject({ state: 'not seen', words: 'Xcode needs a Mac' });
    expect(of('keychain')).toMatchObject({ state: 'not seen', words: expect.stringContaining('needs a Mac') });
    expect(of('register-mac')).toMatchObject({ state: 'not seen', words: expect.stringContaining('--device') });
    expect(of('certificate')).toMatchObject({ state: 'did' });
    expect(system.commands).toEqual([]);
    expect((await states('--device', UDID))['register-mac']).toBe('did');
  });

  it('says what an id of a Mac looks like', async () => {
    await start('linux');
    await expect(run(apply, '--device', 'my Mac')).rejects.toMatchObject({
      exitCode: 2,
      message: 'my Mac is no provisioning id',
    });
  });

  it('writes entitlements and Info.plist that claim what is granted and no more', async () => {
    await start('linux');
    await putDextProfile({ ...DEXT_GRANTS, 'com.apple.developer.driverkit.family.hid.device': true });
    await run(apply);
    const folder = join(PROJECT_ROOT, 'build/signing/development');
    expect(await system.files.list(folder)).toEqual(['app.entitlements', 'dext-Info.plist', 'dext.entitlements']);
    const text = (await system.files.readText(join(folder, 'dext.entitlements'))) ?? '';
    expect(text).toContain('<string>*</string>');
    expect(text).not.toContain('hid.device');
    expect(text).not.toContain('<!--');
  });

  it('refuses to claim what the profile does not grant', async () => {
    await start('linux');
    const { 'com.apple.developer.driverkit.family.networking': _, ...grants } = DEXT_GRANTS;
    await putDextProfile(grants);
    const { exitCode, err } = await run(apply);
    expect(exitCode).toBe(1);
    expect(err).toContain(
      'refused, since more would be claimed than is granted: com.apple.developer.driverkit.family.networking',
    );
    expect(await system.files.list(join(PROJECT_ROOT, 'build/signing/development'))).toEqual([]);
    await expect(entitlements([], system)).rejects.toMatchObject({
      fix: expect.stringContaining('"(development)" capability'),
    });
  });

  it('keeps to its schema', async () => {
    await start('darwin');
    for (const [name, args] of [
      ['provision-plan', []],
      ['provision-apply', ['--dry-run']],
      ['provision-apply', []],
      ['provision-apply', ['--undo']],
    ] as const) {
      const { out, err } = await run(name === 'provision-plan' ? plan : apply, '--json', ...args);
      expect(schemaErrors(name, out), `${name} ${args}`).toEqual([]);
      expect(err).toBe('');
    }
  });
});
