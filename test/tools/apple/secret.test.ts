import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { deleteIdentity, importProtected, signingIdentities } from '../../../tools/adapters/apple/security.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { Secret, withoutSecrets } from '../../../tools/model/secret.ts';
import { explain } from '../../../tools/report/explain.ts';
import { recordedSystem } from '../../support/recorded-system.ts';

const PASSWORD = 'correct horse "battery" \\ staple';
const secret = new Secret(PASSWORD);

describe('a secret', () => {
  it('prints as stars, however it is printed', () => {
    const shown = [
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect({ deep: [secret] }),
      new Error(`${secret}`).stack,
    ];
    for (const text of shown) {
      expect(text).toContain('***');
      expect(text).not.toContain('horse');
    }
    expect(Object.keys(secret)).toEqual([]);
  });

  it('is taken out of what other programs print', () => {
    expect(withoutSecrets(`bad password: ${PASSWORD}!`, [secret])).toBe('bad password: ***!');
    expect(withoutSecrets('all well', [new Secret('')])).toBe('all well');
  });

  it('reaches a real program by standard input alone, and no error repeats it', async () => {
    const { execute } = realSystem();
    const ran = await execute('cat', [], { input: secret });
    expect(ran.stdout).toBe(PASSWORD);
    const missing: unknown = await execute('no-such-program', ['--x'], { input: secret }).catch(
      (error: unknown) => error,
    );
    expect(explain(missing)).toMatchObject({
      exitCode: 1,
      text: expect.stringContaining('no-such-program cannot be started'),
    });
    expect(inspect(missing, { depth: 9 })).not.toContain('horse');
  });

  it('does not stand on the command line of `security`, nor in its error', async () => {
    const programs = {
      security: (_: readonly string[], input: string) => ({
        exitCode: 1,
        stderr: `SecKeychainItemImport: wrong: ${input}`,
      }),
    };
    const system = recordedSystem({ programs });
    const error: unknown = await importProtected(system, '/tmp/a.p12', new Secret('hunter22')).catch(
      (thrown: unknown) => thrown,
    );
    expect(system.commands).toEqual(['security -i']);
    expect(system.inputs[0]).toContain('"hunter22"');
    expect(inspect(error, { depth: 9 })).not.toContain('hunter22');
    expect(inspect(error, { depth: 9 })).toContain('***');
    system.dispose();
  });

  it('with quotes in it still is one word for `security`', async () => {
    const system = recordedSystem({ programs: { security: '1 key imported.' } });
    await importProtected(system, '/tmp/a b.p12', secret);
    expect(system.inputs[0]).toContain('"/tmp/a b.p12"');
    expect(system.inputs[0]).toContain('"correct horse \\"battery\\" \\\\ staple"');
    system.dispose();
  });
});

describe('a step that only a Mac can do', () => {
  it('says so on another system, and starts nothing', async () => {
    const system = recordedSystem({ platform: 'linux', programs: { security: 'never' } });
    await expect(signingIdentities(system)).rejects.toMatchObject({
      message: 'Reading the keychain needs a Mac',
      exitCode: 1,
    });
    await expect(deleteIdentity(system, 'AB')).rejects.toThrow('needs a Mac');
    await expect(importProtected(system, 'a', secret)).rejects.toThrow('needs a Mac');
    expect(system.commands).toEqual([]);
    system.dispose();
  });
});
