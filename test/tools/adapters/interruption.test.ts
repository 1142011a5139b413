import { describe, expect, it } from 'vitest';
import { Interruption } from '../../../tools/adapters/interruption.ts';

const signal = (name: NodeJS.Signals) => process.emit(name, name);

describe('work that Ctrl-C must not cut in the middle', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hears of %s, and its waiting ends', async (name) => {
    const interruption = new Interruption();
    const work = interruption.during(async (interrupted) => {
      signal(name);
      expect(interrupted.aborted).toBe(true);
      await interruption.wait(2 ** 30);
    });
    await expect(work).rejects.toMatchObject({ message: 'Interrupted', exitCode: 130 });
  });

  it('was interrupted, whatever it fails of behind the signal', async () => {
    const work = new Interruption().during(async () => {
      signal('SIGINT');
      throw new Error('xcodebuild was ended by SIGINT');
    });
    await expect(work).rejects.toThrow('Interrupted');
  });

  it('fails of its own reasons without a signal', async () => {
    await expect(new Interruption().during(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  });

  it('was interrupted also when it came to its end all the same: the signal is not lost', async () => {
    const work = new Interruption().during(async () => {
      signal('SIGHUP');
      return 'done';
    });
    await expect(work).rejects.toThrow('Interrupted');
  });

  it('gives what comes of it without a signal', async () => {
    expect(await new Interruption().during(async () => 'done')).toBe('done');
  });

  it('leaves signals and waiting as they were', async () => {
    const before = process.listenerCount('SIGINT');
    const interruption = new Interruption();
    await interruption.during(async () => expect(process.listenerCount('SIGINT')).toBe(before + 1));
    expect(process.listenerCount('SIGINT')).toBe(before);
    await interruption.wait(1);
  });
});
