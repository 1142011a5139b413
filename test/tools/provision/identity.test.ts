import { execFileSync } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { apply } from '../../../tools/commands/provision/apply.ts';
import { certificateRequest } from '../../../tools/model/apple/certificate-request.ts';
import { explain } from '../../../tools/report/explain.ts';
import { api, kinds, PASSWORD, run, setExportedHash, start, states, system } from './stage.ts';

describe('the identity tools/provision apply signs with', () => {
  it('takes no certificate whose key is not here', async () => {
    await start('darwin');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    api.put('certificates', {
      certificateType: 'DEVELOPMENT',
      csrContent: certificateRequest(privateKey, 'Somebody else'),
    });
    expect((await states()).certificate).toBe('did');
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(2);
  });

  /** A certificate of the account whose key is not in our file. */
  const putCertificate = () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const attributes = { certificateType: 'DEVELOPMENT', csrContent: certificateRequest(privateKey, 'Made by Xcode') };
    const { certificateContent } = api.put('certificates', attributes).attributes;
    return createHash('sha1')
      .update(Buffer.from(String(certificateContent), 'base64'))
      .digest('hex')
      .toUpperCase();
  };

  it('takes the identity the keychain has already, and asks for no other certificate', async () => {
    await start('darwin', { hasKey: false, inKeychain: putCertificate() });
    expect(await states()).toMatchObject({ certificate: 'was done', keychain: 'was done', 'profile-app': 'did' });
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(1);
  });

  it('imports an exported identity, and its password shows nowhere', async () => {
    await start('darwin', { hasKey: false });
    setExportedHash(putCertificate());
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', `${PASSWORD}\n`, 0o600);
    const { out, err } = await run(apply, '--p12', '/keys/team.p12', '--p12-password', '/keys/password');
    expect(err).toContain('✔ Import team.p12 into the keychain: import it');
    expect(kinds().filter((type) => type === 'certificates')).toHaveLength(1);
    expect(system.commands).toContain('security -i');
    expect([out, err, ...system.commands].join('\n')).not.toContain(PASSWORD);
  });

  it('repeats nothing of a password that is wrong', async () => {
    await start('darwin', { hasKey: false });
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', 'hunter22', 0o600);
    const error: unknown = await run(apply, '--p12', '/keys/team.p12', '--p12-password', '/keys/password').catch(
      (thrown: unknown) => thrown,
    );
    expect(inspect(error, { depth: 9 })).toContain('wrong password in');
    expect(inspect(error, { depth: 9 })).not.toContain('hunter22');
    expect(system.printed.err + system.printed.out).not.toContain('hunter22');
  });

  it.each([
    [['--p12', '/keys/team.p12'], 'needs --p12-password'],
    [['--p12', '/keys/team.p12', '--p12-password', '/keys/open'], 'can be read by others'],
    [['--p12', '/keys/none.p12', '--p12-password', '/keys/password'], 'none.p12 is no file'],
    [['--p12', '/keys/team.p12', '--p12-password', '/keys/none'], 'none is no file'],
  ])('refuses %j', async (args, words) => {
    await start('darwin');
    await system.files.write('/keys/team.p12', 'a p12');
    await system.files.write('/keys/password', PASSWORD, 0o600);
    await system.files.write('/keys/open', PASSWORD, 0o644);
    await expect(run(apply, ...args)).rejects.toThrow(words);
  });
});

describe('the keys', () => {
  it('are private files that never show', async () => {
    await start('darwin', { hasKey: false });
    const outputs: string[] = [];
    for (const args of [[], ['--json'], ['--dry-run'], ['--undo']]) {
      const { out, err } = await run(apply, ...args);
      outputs.push(out, err);
      const key = await system.files.facts('/Users/me/.multiport/development.key.pem');
      if (key) expect(key.mode).toBe(0o600);
    }
    api.troubles.push({ method: 'GET', path: '/v1', answer: { status: 403, code: 'FORBIDDEN_ERROR' } });
    outputs.push(explain(await run(apply).catch((error: unknown) => error)).text);
    const shown = [...outputs, ...system.commands].join('\n');
    const body = api.privateKey.split('\n').filter((line) => line.length > 20 && !line.startsWith('-'));
    expect(body.length).toBeGreaterThan(0);
    for (const line of body) expect(shown).not.toContain(line);
    expect(shown).not.toMatch(/eyJ[\w-]{10,}\.|PRIVATE KEY|Bearer/);
  });

  it('are refused when others can read the signing key', async () => {
    await start('linux');
    await run(apply);
    execFileSync('chmod', ['644', join(system.root, '/Users/me/.multiport/development.key.pem')]);
    await expect(run(apply)).rejects.toThrow('can be read by others');
  });
});
