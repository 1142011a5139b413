import { describe, expect, it } from 'vitest';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { FakeTerminal, fakeMachine } from '../../support/client/fake-surroundings.ts';
import { schemaErrors } from '../../support/schema.ts';

const quad = () =>
  new FakeAdapter(1, 'MP000001', [
    { label: 'Printer', interface: 'en5' },
    { label: 'NAS, upstairs', interface: 'en6' },
    { label: '', interface: 'en7', linkUp: false },
  ]);

describe('tools/ports', () => {
  it('shows what a person wants to know of every port', async () => {
    const adapter = quad();
    const machine = fakeMachine(new FakeDriver(adapter), { addresses: { en5: ['10.0.0.7', 'fe80::1'], en6: [] } });
    machine.onWait = (milliseconds) => {
      adapter.count(0, { receivedByPort: { frames: milliseconds, bytes: milliseconds * 1000, drops: { 4: 1 } } });
      adapter.count(1, { transmittedByPort: { frames: 1, bytes: milliseconds * 125 } });
    };
    const { exitCode, out } = await machine.run();
    expect(exitCode).toBe(0);
    expect(out.trimEnd().split('\n')).toEqual([
      'Multiport Simulated Quad, serial MP000001, USB 5 Gbit/s',
      'PORT  LABEL          INTERFACE  MAC                LINK  SPEED       ADDRESSES         RECEIVING  TRANSMITTING  DROPPED',
      '1     Printer        en5        02:00:5e:10:00:01  up    2.5 Gbit/s  10.0.0.7 fe80::1  8 Mbit/s   0 bit/s       3',
      '2     NAS, upstairs  en6        02:00:5e:10:00:02  up    2.5 Gbit/s  –                 0 bit/s    1 Mbit/s      0',
      '3                    en7        02:00:5e:10:00:03  down  –           –                 0 bit/s    0 bit/s       0',
      '  port 1 dropped: 3 no free packet in the OS',
    ]);
  });

  it('adds up what a frame is dropped for by whoever dropped it', async () => {
    const adapter = quad();
    adapter.count(1, {
      receivedByController: { drops: { 1: 5, 2: 1 } },
      receivedByPort: { drops: { 5: 2 } },
      transmittedByPort: { drops: { 1: 3 } },
      transmittedByController: { drops: { 7: 4 } },
    });
    const { out } = await fakeMachine(new FakeDriver(adapter)).run();
    expect(out).toContain(
      "  port 2 dropped: 8 port too slow, its ring is full; 1 frame too long; 2 the OS's queue is full; 4 transfer failed",
    );
  });

  it('puts each adapter under its own name, and shows no control character of it', async () => {
    const other = new FakeAdapter(2, '', [{ label: 'Wall\u001b[31m', interface: 'en9' }]);
    const { out } = await fakeMachine(new FakeDriver(quad(), other)).run();
    expect(out).toContain('\n\nMultiport Simulated Quad, no serial number, USB 5 Gbit/s\n');
    expect(out).toContain('Wall\\u001b[31m');
  });

  it.each([
    [60, 'MAC'],
    [110, 'MAC'],
    [90, 'ADDRESSES'],
  ])('leaves columns out where there are only %i of them: first of all %s', async (columns, absent) => {
    const machine = fakeMachine(new FakeDriver(quad()), { terminal: new FakeTerminal(columns) });
    const { out } = await machine.run();
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(out).not.toContain(absent);
    expect(out).toContain('en7');
  });

  it('shows the counters of a controller that does not publish any more', async () => {
    const adapter = quad();
    adapter.count(0, { receivedByPort: { drops: { 3: 9 } } });
    adapter.stopWriting(1);
    const { exitCode, out } = await fakeMachine(new FakeDriver(adapter)).run();
    expect([exitCode, out.includes('9 frame too short')]).toEqual([0, true]);
  });

  it('says what to do when no adapter is there', async () => {
    const { exitCode, err } = await fakeMachine(new FakeDriver()).run();
    expect({ exitCode, err }).toEqual({
      exitCode: 1,
      err: 'No adapter of this driver is plugged in\n  Plug one in with: tools/host plug',
    });
  });

  it('leaves out an adapter that is pulled while it is asked', async () => {
    const [adapter, other] = [quad(), new FakeAdapter(2, 'MP000002', [{ interface: 'en9' }])];
    const driver = new FakeDriver(adapter, other);
    other.port = async () => {
      driver.unplug(other);
      return FakeAdapter.prototype.port.call(other, 0);
    };
    const { exitCode, out } = await fakeMachine(driver).run();
    expect([exitCode, out.includes('MP000001'), out.includes('MP000002')]).toEqual([0, true, false]);
  });

  it('keeps to its schema as JSON, without a word beside it', async () => {
    const machine = fakeMachine(new FakeDriver(quad()), { addresses: { en5: ['10.0.0.7'] } });
    const { exitCode, out, err } = await machine.run('--json');
    expect({ exitCode, err, errors: schemaErrors('ports', out) }).toEqual({ exitCode: 0, err: '', errors: [] });
    expect(JSON.parse(out).adapters[0].ports[0]).toMatchObject({
      number: 1,
      interface: 'en5',
      addresses: ['10.0.0.7'],
    });
  });

  it('keeps to its schema also when there is nothing', async () => {
    const { exitCode, out } = await fakeMachine(new FakeDriver()).run('--json');
    expect([exitCode, schemaErrors('ports', out)]).toEqual([0, []]);
  });

  it('lets go of the driver however it ends', async () => {
    const driver = new FakeDriver();
    await fakeMachine(driver).run();
    expect(driver.closed).toBe(true);
  });

  it.each([
    [['--wacth'], /has no option --wacth\n {2}Did you mean --watch\?/],
    [['lits'], /no subcommand lits/],
    [['--seconds', '3'], /--seconds without --plot/],
    [['--plot', 'x.gif'], /neither .svg nor .png/],
    [['--plot', 'x.svg', '--json'], /--plot goes alone/],
    [['--plot', 'x.svg', '--seconds', '0'], /not a whole number from 1/],
    [['reset'], /Which port\?/],
    [['reset', '9'], /There is no port 9\n {2}There are: MP000001:1, MP000001:2/],
    [['set', '1'], /Set what\?/],
    [['set', '1', 'colour=red'], /The names are allowed, label, mac/],
    [['capture', '1'], /Where to\?/],
    [['capture', '-o', '/tmp/x'], /Which port\?/],
    [['capture', '1', '-o', 'x', '--ring', '100000'], /no power of two/],
    [['identify'], /Which port\?/],
    [['identify', '1', '2'], /1 2: one port at a time/],
    [['run', '1'], /Run what\?/],
  ])('says what is wrong with %j', async (args, words) => {
    const { exitCode, err } = await fakeMachine(new FakeDriver(quad())).run(...args);
    expect(err).toMatch(words);
    expect(exitCode).toBe(2);
  });
});

describe('the name of a port', () => {
  const two = () => new FakeDriver(quad(), new FakeAdapter(2, 'MP000002', [{ label: 'Roof', interface: 'en9' }]));

  it.each([
    ['MP000002:1', 'MP000002'],
    ['en9', 'MP000002'],
    ['roof', 'MP000002'],
    ['2', 'MP000001'],
  ])('can be %s', async (name, serial) => {
    const driver = two();
    const { exitCode } = await fakeMachine(driver).run('reset', name);
    expect(exitCode).toBe(0);
    const [hit] = driver.present.filter(({ calls }) => calls.some((call) => call.startsWith('reset')));
    expect(hit?.report.serial).toBe(serial);
  });

  it('is not guessed when two ports have it', async () => {
    const { exitCode, err } = await fakeMachine(two()).run('reset', '1');
    expect({ exitCode, err }).toEqual({ exitCode: 2, err: '1 could be 2 ports\n  Say one of: MP000001:1, MP000002:1' });
  });
});
