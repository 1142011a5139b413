import { describe, expect, it } from 'vitest';
import { FakeAdapter, FakeDriver } from '../../support/client/fake-driver.ts';
import { FakeTerminal, fakeMachine } from '../../support/client/fake-surroundings.ts';

function start(args: readonly string[], linkUp = true) {
  const adapter = new FakeAdapter(1, 'MP000001', [
    { label: 'Printer', interface: 'en5', linkUp },
    { label: '', interface: 'en6' },
  ]);
  const { listen } = adapter;
  const listening = new Promise<void>((resolve) => {
    adapter.listen = (onNews) => listen.call(adapter, onNews).finally(resolve);
  });
  const machine = fakeMachine(new FakeDriver(adapter), { terminal: new FakeTerminal() });
  const done = machine.run('identify', ...args);
  return { adapter, machine, done, listening };
}

describe('tools/ports identify', () => {
  it('says yes when the link of the port goes down and up', async () => {
    const { adapter, done, listening } = start(['1']);
    await listening;
    adapter.setLink(0, false);
    adapter.setLink(0, true);
    expect(await done).toEqual({
      exitCode: 0,
      out: '✔ port 1 (Printer) of MP000001:1, en5: link down\n✔ port 1 (Printer) of MP000001:1, en5: link up\n',
      err: 'Pull the cable out of the jack you think is port 1 (Printer), en5 and put it in again.\n',
    });
  });

  it('says which one it was when it was another, and goes on', async () => {
    const { adapter, done, listening, machine } = start(['1']);
    await listening;
    adapter.setLink(1, false);
    adapter.setLink(1, true);
    machine.terminal.press();
    const { exitCode, out } = await done;
    expect(out).toContain('✖ port 2 of MP000001:2, en6: link down: that is another one');
    expect(exitCode).toBe(1);
  });

  it('is content with a cable put into an empty jack', async () => {
    const { adapter, done, listening } = start(['1'], false);
    await listening;
    adapter.setLink(0, true);
    expect((await done).exitCode).toBe(0);
  });

  it('names every port whose link changes with --all, once a change', async () => {
    const { adapter, done, listening, machine } = start(['--all', '--json']);
    await listening;
    adapter.setLink(1, false);
    adapter.setLink(1, false);
    machine.terminal.press();
    const { exitCode, out } = await done;
    expect(exitCode).toBe(0);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([{ serial: 'MP000001', number: 2, label: '', interface: 'en6', linkUp: false }]);
  });

  it('gives up after its time, and says how to go on', async () => {
    const { done } = start(['1', '--seconds', '1']);
    const { exitCode, err } = await done;
    expect([exitCode, err]).toEqual([1, expect.stringContaining('identify --all shows whose link changes')]);
  });
});
