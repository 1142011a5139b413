import { afterEach, describe, expect, it } from 'vitest';
import { uninstall } from '../../../tools/commands/install/uninstall.ts';
import { explain } from '../../../tools/report/explain.ts';
import { APP, type MacState, putApp, type RecordedMac, recordedMac } from '../../support/recorded-mac.ts';
import { schemaErrors } from '../../support/schema.ts';

let system: RecordedMac;
afterEach(() => system.dispose());

const STAGED = { build: '5', state: 'activated_enabled' };
const releases = (mac: MacState) => {
  Object.assign(mac, { versions: [], matched: false, ports: [] });
  return { events: [{ event: 'completed' }] };
};
const IN_USE: Partial<MacState> = { adapters: 1, matched: true, ports: ['en5', 'en6'] };

async function start(state: Partial<MacState> = {}, withApp = true) {
  system = await recordedMac({ versions: [STAGED], app: { deactivate: releases }, ...state });
  if (withApp) await putApp(system, APP);
}

const run = async (...args: string[]) => {
  system.printed.out = '';
  system.printed.err = '';
  try {
    return { exitCode: await uninstall(args, system), text: system.printed.out, err: system.printed.err };
  } catch (error) {
    return { ...explain(error), err: system.printed.err };
  }
};
const appThere = async () => (await system.files.list('/Applications')).includes('Multiport.app');

describe('tools/install uninstall', () => {
  it('deactivates first and then removes the app', async () => {
    await start(IN_USE);
    const { exitCode, text, err } = await run();
    expect({ exitCode, last: text.trimEnd().split('\n').at(-2) }).toEqual({
      exitCode: 0,
      last: '○ The driver is not installed.',
    });
    expect(err.indexOf('Deactivate the driver')).toBeLessThan(err.indexOf('Remove the app'));
    expect(await appThere()).toBe(false);
  });

  it.each<[string, Partial<MacState>, string]>([
    ['a connected client', { clients: ['pid 812, ports'] }, 'ports (process 812) is connected to the driver'],
    ['a configured address', { addresses: { en5: ['192.168.7.2'] } }, 'en5 has the address 192.168.7.2'],
    ['a global IPv6 address', { addresses: { en6: ['2001:db8::7'] } }, 'en6 has the address 2001:db8::7'],
    [
      'a connection through a port',
      { addresses: { en5: ['169.254.53.68'] }, connections: 'p4711\ncssh\nf3\nn169.254.53.68:50022->169.254.1.1:22\n' },
      'ssh (process 4711) is connected to 169.254.1.1:22',
    ],
    [
      'an IPv6 connection',
      { addresses: { en5: ['fe80::1'] }, connections: 'p4711\ncssh\nf3\nn[fe80::1%en5]:50022->[fe80::2%en5]:22\n' },
      'ssh (process 4711) is connected to [fe80::2%en5]:22',
    ],
  ])('refuses while there is %s, and says who', async (_, state, who) => {
    await start({ ...IN_USE, ...state });
    const refused = await run();
    expect(refused.exitCode).toBe(1);
    expect(refused.text).toContain(who);
    expect(refused.text).toContain('--force');
    expect(await appThere()).toBe(true);
    expect(system.commands.some((command) => command.includes('--deactivate'))).toBe(false);
    expect((await run('--force')).exitCode).toBe(0);
  });

  it.each<[string, Partial<MacState>]>([
    ['self-assigned addresses', { addresses: { en5: ['169.254.53.68', 'fe80::f7:b71:b3c7:eeae'] } }],
    [
      'addresses of other interfaces',
      { addresses: { en0: ['192.168.1.5'] }, connections: 'p1\ncx\nn192.168.1.5:1->1.1.1.1:443\n' },
    ],
    [
      'sockets that only listen',
      { addresses: { en5: ['169.254.53.68'] }, connections: 'p1\ncx\nn169.254.53.68:80\nn*:443\n' },
    ],
  ])('is not kept by %s', async (_, state) => {
    await start({ ...IN_USE, ...state });
    expect((await run()).exitCode).toBe(0);
  });

  it('says that a restart is needed when macOS waits for the device', async () => {
    const deactivate = (mac: MacState) => {
      mac.versions = [{ build: '5', state: 'terminating_for_uninstall_but_still_running' }];
      return { events: [{ event: 'willCompleteAfterReboot' }], exitCode: 3 };
    };
    await start({ ...IN_USE, app: { deactivate } });
    const { exitCode, text } = await run();
    expect(exitCode).toBe(1);
    expect(text).toContain('○ Version 1.0 (5) is being removed and still runs.\n  Unplug all adapters');
    expect(await appThere()).toBe(false);
  });

  it('leaves everything as it was when nobody confirms', async () => {
    const failed = {
      event: 'failed',
      domain: 'OSSystemExtensionErrorDomain',
      code: 13,
      message: 'Authorization required.',
    };
    await start({ app: { deactivate: () => ({ events: [{ event: 'needsApproval' }, failed], exitCode: 1 }) } });
    const { exitCode, text, err } = await run();
    expect(exitCode).toBe(1);
    expect(text).toContain('authorizationRequired (13)');
    expect(err).toContain('password of an administrator');
    expect(await appThere()).toBe(true);
  });

  it('stops waiting for an administrator who does not come', async () => {
    await start({ app: { deactivate: () => ({ events: [{ event: 'needsApproval' }], exitCode: 124 }) } });
    expect((await run('--wait', '5')).exitCode).toBe(1);
    expect(await appThere()).toBe(true);
  });

  it('takes "not found" for done', async () => {
    const failed = { event: 'failed', domain: 'OSSystemExtensionErrorDomain', code: 4, message: '' };
    const deactivate = (mac: MacState) => {
      mac.versions = [];
      return { events: [failed], exitCode: 1 };
    };
    await start({ app: { deactivate } });
    expect((await run()).exitCode).toBe(0);
    expect(await appThere()).toBe(false);
  });

  it('activates the driver again when macOS keeps it active', async () => {
    const log: string[] = [];
    const completed = (name: string) => () => {
      log.push(name);
      return { events: [{ event: 'completed' }] };
    };
    await start({ app: { deactivate: completed('deactivate'), activate: completed('activate') } });
    const { exitCode, err } = await run();
    expect(exitCode).toBe(1);
    expect(log).toEqual(['deactivate', 'activate']);
    expect(err).toContain('↩ taken back: the driver is activated again');
    expect(await appThere()).toBe(true);
  });

  it('says what to do when the app was deleted first', async () => {
    await start({}, false);
    expect(await run()).toMatchObject({ exitCode: 1, text: expect.stringContaining('F74') });
  });

  it('removes an app whose driver is gone already', async () => {
    await start({ versions: [{ build: '5', state: 'terminated_waiting_to_uninstall_on_reboot' }] });
    expect((await run()).exitCode).toBe(0);
    expect(await appThere()).toBe(false);
    expect(system.commands.some((command) => command.includes('--deactivate'))).toBe(false);
  });

  it('is fine where nothing is installed', async () => {
    await start({ versions: [] }, false);
    expect((await run()).exitCode).toBe(0);
  });

  it('shows all of it in a dry run, also who would be cut off', async () => {
    await start({ ...IN_USE, addresses: { en5: ['192.168.7.2'] } });
    expect((await run('--dry-run', '--force')).err).toContain('removed all the same: en5 has the address 192.168.7.2');
    expect((await run('--dry-run')).exitCode).toBe(1);
    expect(await appThere()).toBe(true);
  });

  it('keeps to its schema', async () => {
    await start(IN_USE);
    expect(schemaErrors('install', (await run('--json')).text)).toEqual([]);
  });
});
