import { describe, expect, it } from 'vitest';
import { plan } from '../../../tools/commands/provision/plan.ts';
import { api, changes, run, start, system } from './stage.ts';

describe('tools/provision plan', () => {
  it('lists the same steps in the same order on any system, each with its kind and how', async () => {
    await start('linux');
    const onLinux = JSON.parse((await run(plan, '--json')).out);
    system.dispose();
    await start('darwin');
    const onMac = JSON.parse((await run(plan, '--json')).out);
    const shape = ({ steps }: { steps: { id: string; kind: string; how: string }[] }) =>
      steps.map(({ id, kind, how }) => [id, kind, how.length > 10]);
    expect(shape(onLinux)).toEqual(shape(onMac));
    expect(new Set(onMac.steps.map(({ kind }: { kind: string }) => kind))).toEqual(new Set(['api', 'portal', 'mac']));
    expect(changes()).toEqual([]);
  });

  it('tells without any key what would be done in the portal', async () => {
    await start('linux');
    expect(await plan([], system)).toBe(0);
    expect(system.printed.out).toContain('○  2 portal  Make an App Store Connect API key');
    expect(system.printed.out).toContain(
      '?  4 api     Register the App ID org.multiport.Multiport: no API key was found',
    );
    expect(system.printed.out).toContain('explicit bundle id org.multiport.Multiport.');
  });

  it('asks for the request and the notary when it is for everybody', async () => {
    await start('darwin');
    const { steps } = JSON.parse((await run(plan, '--json', '--for', 'developer-id')).out) as {
      steps: { id: string }[];
    };
    const ids = steps.map(({ id }) => id);
    expect(ids).toContain('request');
    expect(ids).toContain('notary-credentials');
    expect(ids).not.toContain('register-mac');
  });

  it('goes on looking when the account cannot be asked', async () => {
    await start('darwin');
    for (let n = 0; n < 2; n++)
      api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer: { status: 401, code: 'NOT_AUTHORIZED' } });
    const { out } = await run(plan);
    expect(out).toContain('does not accept the API key');
    expect(out).toContain('Install Xcode with the DriverKit SDK: Xcode 16.2, DriverKit 24.2');
  });

  it.each([[['--for', 'fun']], [['--key', '/nowhere.p8', '--key-id', 'AAAAAAAAAA']]])(
    'refuses %j as unusable',
    async (args) => {
      await start('linux');
      await expect(plan(args, system)).rejects.toMatchObject({ exitCode: 2 });
    },
  );
});
