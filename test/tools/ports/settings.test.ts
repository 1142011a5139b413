import { describe, expect, it } from 'vitest';
import { encodeWish, parseWish } from '../../../tools/model/client/settings.ts';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { fakeMachine } from '../../support/client/fake-surroundings.ts';

const FILE = '/Users/me/.config/multiport/ports.json';
const quad = (serial = 'MP000001') => new FakeAdapter(1, serial, [{ label: 'A', interface: 'en5' }, { label: 'B' }]);
const bytes = (name: string) => Buffer.from(encodeWish(parseWish(name))).toString('hex');

describe('the value of a setting', () => {
  it.each([
    ['label=Büro', '42c3bc726f'],
    ['mac=02:00:00:00:00:0A', '02000000000a'],
    ['mac=default', ''],
    ['mtu=1500', 'ea050000'],
    ['transfers=16', '10000000'],
    ['block=4096', '00100000'],
    ['allowed=no', '00'],
    ['allowed=yes', '01'],
  ])('%s is the bytes %s', (text, hex) => expect(bytes(text)).toBe(hex));

  it.each([
    ['mac=01:00:00:00:00:00', /multicast/],
    ['mac=00:00:00:00:00:00', /all zero/],
    ['mac=02-00-00-00-00-00', /no MAC address/],
    ['mtu=67', /from 68 to 65521/],
    ['mtu=1e3', /not a whole number/],
    ['slots=0', /from 1 to 1024/],
    ['block=2047', /from 2048 to 1048576/],
    [`label=${'ü'.repeat(32)}`, /1 to 63 bytes, this one 64/],
    ['label=a\u0007', /no control characters/],
    ['allowed=perhaps', /neither no nor yes/],
    ['label', /not NAME=VALUE/],
    ['=x', /not NAME=VALUE/],
    ['lable=x', /there is no setting lable/],
  ])('%s is refused', (text, words) => expect(() => parseWish(text)).toThrow(words));
});

describe('tools/ports set, settings, restore, allow and deny', () => {
  it('tells the driver and remembers it, and says when it takes effect', async () => {
    const adapter = quad();
    const machine = fakeMachine(new FakeDriver(adapter));
    const { exitCode, out } = await machine.run('set', 'en5', 'label=Printer', 'transfers=16');
    expect({ exitCode, out }).toEqual({
      exitCode: 0,
      out: 'port 1 (A): label is Printer now\nport 1 (A): transfers is 16 at the next plug-in\n',
    });
    expect(JSON.parse((await machine.system.files.readText(FILE)) ?? '')).toEqual({
      version: 1,
      adapters: { MP000001: { '1': { label: 'Printer', transfers: '16' } } },
    });
    expect((await machine.system.files.facts(FILE))?.mode).toBe(0o600);
  });

  it('forgets what is set back, and the adapter with the last of it', async () => {
    const machine = fakeMachine(new FakeDriver(quad()));
    await machine.run('set', '1', 'label=Printer', 'mtu=9000');
    await machine.run('set', '1', 'mtu=default');
    expect(await machine.system.files.readText(FILE)).not.toContain('mtu');
    await machine.run('set', '1', 'label=default');
    expect(JSON.parse((await machine.system.files.readText(FILE)) ?? '').adapters).toEqual({});
  });

  it('remembers nothing the driver refuses', async () => {
    const adapter = quad();
    adapter.refuses.add('mtu');
    const machine = fakeMachine(new FakeDriver(adapter));
    const { exitCode, err } = await machine.run('set', '1', 'mtu=60000');
    expect([exitCode, err]).toEqual([
      1,
      expect.stringContaining('does not accept this value (0xe00002c2, kIOReturnBadArgument)'),
    ]);
    expect(await machine.system.files.readText(FILE)).toBeUndefined();
  });

  it('denies and allows a port, or a whole adapter by its serial number', async () => {
    const adapter = quad();
    const machine = fakeMachine(new FakeDriver(adapter));
    expect((await machine.run('deny', '2')).out).toBe('port 2 (B): allowed is no now\n');
    expect((await machine.run('deny', 'MP000001')).out).toBe('the adapter MP000001: allowed is no now\n');
    expect((await machine.run('allow', 'MP000001')).exitCode).toBe(0);
    expect([...adapter.settings].map(([key, value]) => [key, value[0]])).toEqual([
      ['1 allowed', 0],
      ['device allowed', 1],
    ]);
  });

  it('restores each adapter by its serial number, or by its place when it has none', async () => {
    const adapter = quad('');
    const machine = fakeMachine(new FakeDriver(adapter));
    await machine.run('set', '2', 'label=Roof');
    adapter.settings.clear();
    expect(await machine.run('restore')).toEqual({
      exitCode: 0,
      out: 'location 14200001: 1 settings restored\n',
      err: '',
    });
    expect(adapter.settings.has('1 label')).toBe(true);
  });

  it('restores the rest when the driver refuses one, and ends with 1', async () => {
    const adapter = quad();
    const machine = fakeMachine(new FakeDriver(adapter));
    await machine.run('set', '1', 'mac=02:00:00:00:00:09', 'label=Roof');
    await machine.system.files.write(
      FILE,
      JSON.stringify({
        version: 1,
        adapters: { MP000001: { '1': { mac: '02:00:00:00:00:09', label: 'Roof' }, '7': { label: 'x' } } },
      }),
    );
    adapter.settings.clear();
    adapter.refuses.add('mac');
    const { exitCode, out } = await machine.run('restore');
    expect(exitCode).toBe(1);
    expect(out).toContain('MP000001: 1 settings restored');
    expect(out).toContain('✖ port 7: label=x: it has no such port');
    expect([...adapter.settings.keys()]).toEqual(['0 label']);
  });

  it.each([
    ['{', 'is no JSON'],
    ['{"version":2}', 'version 2 instead of 1'],
    ['{"version":1}', 'adapters is no object'],
    ['{"version":1,"adapters":{"S":{"0":{}}}}', 'S 0: no port'],
    ['{"version":1,"adapters":{"S":{"1":{"mac":"x"}}}}', 'S 1 mac: x is no MAC address'],
    ['{"version":1,"adapters":{"S":{"1":{"colour":"red"}}}}', 'S 1 colour: no setting'],
  ])('names the place in a file that cannot be read: %s', async (text, words) => {
    const adapter = quad();
    const machine = fakeMachine(new FakeDriver(adapter));
    await machine.system.files.write(FILE, text);
    const { exitCode, err } = await machine.run('set', '1', 'label=x');
    expect({ exitCode, err }).toEqual({
      exitCode: 2,
      err: `${FILE}: ${words}\n  Mend it, or delete it: then nothing is restored.`,
    });
    expect(adapter.settings.size).toBe(0);
  });

  it('shows what is set now and where the rest is kept', async () => {
    const machine = fakeMachine(new FakeDriver(quad()));
    await machine.run('set', '1', 'label=Printer');
    expect((await machine.run('settings')).out).toContain('  port 1 (A): label=Printer\n  port 2 (B): nothing set\n');
    expect(JSON.parse((await machine.run('settings', '--json')).out).saved).toEqual({
      MP000001: { '1': [{ name: 'label', value: 'Printer' }] },
    });
  });

  it('keeps them where macOS keeps such files', async () => {
    const machine = fakeMachine(new FakeDriver(quad()), { platform: 'darwin' });
    await machine.run('set', '1', 'label=Printer');
    expect(await machine.system.files.list('/Users/me/Library/Application Support/Multiport')).toEqual(['ports.json']);
  });

  it('resets a port', async () => {
    const adapter = quad();
    expect((await fakeMachine(new FakeDriver(adapter)).run('reset', '2')).out).toBe('port 2 (B) is set up again.\n');
    expect(adapter.calls).toContain('reset 1');
  });
});
