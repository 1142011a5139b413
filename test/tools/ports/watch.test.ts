import { describe, expect, it } from 'vitest';
import type { PortReport } from '../../../tools/model/client/protocol.ts';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { FakeTerminal, fakeMachine } from '../../support/client/fake-surroundings.ts';
import { schemaErrors } from '../../support/schema.ts';

const adapter = (serial = 'MP000001') =>
  new FakeAdapter(Number(serial.slice(-1)), serial, [{ label: 'Printer', interface: 'en5' }]);

/** What happens at a tick; or the words that have to be on the screen before the next thing happens. */
type Step = (() => void) | string;

/** Runs `tools/ports --watch …`; after the last step somebody presses Ctrl-C. */
async function watching(
  driver: FakeDriver,
  steps: readonly Step[],
  args: string[] = [],
  terminal = new FakeTerminal(),
  machine = fakeMachine(driver, { terminal }),
) {
  const left: Step[] = [...steps, machine.terminal.press];
  machine.onWait = () => {
    const [next] = left;
    if (typeof next === 'string' && !machine.terminal.written.includes(next)) return;
    left.shift();
    if (typeof next === 'function') next();
  };
  return { ...(await machine.run('--watch', ...args)), terminal, machine };
}

const nothing = () => undefined;

describe('tools/ports --watch', () => {
  it('reads the counter page four times a second and asks the controller nothing in between', async () => {
    const one = adapter();
    const looks: number[] = [];
    const step = () => {
      looks.push(one.calls.length);
      one.count(0, { receivedByPort: { frames: 100, bytes: 31_250 } });
    };
    const { exitCode, terminal } = await watching(
      new FakeDriver(one),
      Array.from({ length: 5 }, () => step),
    );
    expect(exitCode).toBe(0);
    expect(new Set(looks).size).toBe(1);
    expect(terminal.written).toContain('1 Mbit/s');
    expect(terminal.released).toBe(1);
  });

  it('says when the last adapter goes, and goes on when one comes', async () => {
    const one = adapter();
    const driver = new FakeDriver(one);
    const { terminal, exitCode } = await watching(driver, [
      () => driver.unplug(one),
      'No adapter is plugged in.',
      () => driver.plug(adapter('MP000002')),
      'MP000002',
    ]);
    expect(exitCode).toBe(0);
    const order = ['MP000001', 'No adapter is plugged in.', 'MP000002'].map((words) => terminal.written.indexOf(words));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('asks again at once when the driver has news, and shows it', async () => {
    const one = adapter();
    const rename = () => {
      one.portReports[0] = { ...one.portReports[0], label: 'Roof' } as PortReport;
      one.onNews({ kind: 'setting changed', index: 0, key: 2 });
    };
    const { terminal } = await watching(new FakeDriver(one), [rename, nothing, nothing]);
    expect(terminal.written).toMatch(/Printer[\s\S]*Roof/);
  });

  it('shows a link that changes without asking', async () => {
    const one = adapter();
    const { terminal } = await watching(new FakeDriver(one), [() => one.setLink(0, false), ' down ']);
    expect(terminal.written).toMatch(/ up [\s\S]* down /);
  });

  it('keeps the counters on the screen of a controller that does not answer', async () => {
    const one = adapter();
    const steps = [
      () => {
        one.device = () => new Promise(() => undefined);
        one.onNews({ kind: 'setting changed', index: 0, key: 2 }); // sets a look off, which hangs
      },
      () => one.count(0, { receivedByPort: { drops: { 0: 77 } } }),
      '77 port not attached or disabled',
    ];
    const { terminal } = await watching(new FakeDriver(one), steps);
    expect(terminal.written).toContain('77 port not attached or disabled');
  });

  it('draws one picture over the other, and clears a window that got narrower', async () => {
    const terminal = new FakeTerminal(100, true);
    const narrow = () => {
      terminal.columns = 60;
    };
    await watching(new FakeDriver(adapter()), [nothing, narrow, nothing], [], terminal);
    const pictures = terminal.written.split('\x1b[').length - 1;
    expect(terminal.written).toContain('\x1b[6A\x1b[J');
    expect(terminal.written).toContain('\x1b[2J\x1b[H');
    expect(pictures).toBe(6); // three redrawings of two sequences each
    expect(terminal.written).toContain('q or Ctrl-C ends it.');
  });

  it('writes plain lines into a pipe', async () => {
    const { terminal } = await watching(new FakeDriver(adapter()), [nothing, nothing]);
    expect(terminal.written).not.toContain('\x1b');
  });

  it('prints one JSON document a line, each in keeping with the schema', async () => {
    const { out, err } = await watching(new FakeDriver(adapter()), [nothing, nothing], ['--json']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(schemaErrors('ports', line)).toEqual([]);
    expect(err).toBe('');
  });

  it('restores what was saved when an adapter is plugged in, and says what the driver did not take', async () => {
    const [one, two] = [adapter(), adapter('MP000002')];
    const driver = new FakeDriver(one);
    const machine = fakeMachine(driver);
    await machine.run('set', '1', 'label=Roof', 'mac=02:00:00:00:00:09');
    one.settings.clear();
    two.refuses.add('mac');
    await machine.system.files.write(
      '/Users/me/.config/multiport/ports.json',
      (await machine.system.files.readText('/Users/me/.config/multiport/ports.json'))?.replace(
        'MP000001',
        'MP000002',
      ) ?? '',
    );
    const { exitCode } = await watching(
      driver,
      [nothing, () => driver.plug(two), 'not restored'],
      [],
      undefined,
      machine,
    );
    expect(exitCode).toBe(0);
    expect(Buffer.from(two.settings.get('0 label') ?? []).toString()).toBe('Roof');
    expect(one.settings.size).toBe(0);
    expect(machine.terminal.written).toContain('MP000002: 1 saved settings restored');
    expect(machine.terminal.written).toContain(
      'MP000002: not restored: port 1: mac=02:00:00:00:00:09: The driver refuses',
    );
  });
});
