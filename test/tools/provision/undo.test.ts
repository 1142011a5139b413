import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { apply } from '../../../tools/commands/provision/apply.ts';
import { api, KEY, kinds, putDextProfile, run, start, system } from './stage.ts';

describe('tools/provision apply --undo', () => {
  it('takes back what it made, newest first, and what it did not make stays', async () => {
    await start('darwin', { hasKey: false });
    api.put('bundleIds', { identifier: 'org.example.other', name: 'x', platform: 'MAC_OS' });
    await putDextProfile();
    await run(apply);
    const { exitCode, err } = await run(apply, '--undo');
    expect(exitCode).toBe(0);
    expect(api.store.map(({ type, attributes }) => `${type} ${attributes.identifier ?? attributes.status}`)).toEqual([
      'bundleIds org.example.other',
      'devices DISABLED',
    ]);
    expect(err.indexOf('Take back the profile')).toBeLessThan(err.indexOf('Take back the App ID'));
    expect(await system.files.list('/Users/me/.multiport')).toEqual([]);
    expect(existsSync(join(system.root, PROJECT_ROOT, 'profiles/dext.provisionprofile'))).toBe(true);
    expect(system.commands.some((command) => command.startsWith('security delete-identity -Z'))).toBe(true);
  });

  it('undoes also after a failure in the middle', async () => {
    await start('darwin');
    api.troubles.push({ method: 'POST', path: '/v1/profiles', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    await expect(run(apply)).rejects.toThrow('may not do this');
    await run(apply, '--undo');
    expect(kinds()).toEqual(['devices']);
  });

  it('keeps in the list what it could not take back', async () => {
    await start('darwin');
    await run(apply);
    api.troubles.push({ method: 'DELETE', path: '/v1/profiles', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    expect((await run(apply, '--undo')).exitCode).toBe(1);
    expect((await run(apply, '--undo')).exitCode).toBe(0);
    expect(kinds()).toEqual(['devices']);
  });

  it('never revokes a Developer ID certificate', async () => {
    await start('darwin');
    await run(apply, '--for', 'developer-id');
    expect(api.store.find(({ type }) => type === 'certificates')?.attributes.certificateType).toBe(
      'DEVELOPER_ID_APPLICATION_G2',
    );
    await run(apply, '--for', 'developer-id', '--undo');
    expect(kinds()).toEqual(['certificates']);
    expect(await system.files.list('/Users/me/.multiport')).toContain('developer-id.key.pem');
    expect(system.commands).toContain(
      `xcrun notarytool store-credentials multiport --key ${KEY} --key-id ${api.keyId} --issuer ${api.issuer}`,
    );
  });
});
