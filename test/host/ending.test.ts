import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Traces } from '../support/host/traces.ts';

/** Some build or start first: these are whole programs as people start them. */
const STEPS = ['Build the driver', 'Start the host', 'Plug an adapter', 'addresses', 'TRANSMITTING'] as const;

describe('npm start', () => {
  let traces: Traces;
  let npm: ChildProcess;
  beforeEach(() => {
    traces = new Traces();
    npm = spawn('sh', ['-c', 'exec npm start -- --ports 2 2>&1'], {
      env: { ...process.env, ...traces.environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a process group, as a shell makes one for what is typed
    });
  });
  afterEach(() => {
    for (const line of traces.processes()) process.kill(Number(line.split(' ')[0]), 'SIGKILL');
    traces.remove();
  });

  const untilPrinted = async (words: string) => {
    if (!npm.stdout) throw new Error('it has an output');
    for await (const line of createInterface({ input: npm.stdout })) if (line.includes(words)) return;
    throw new Error(`it ended before it printed ${words}`);
  };
  const untilNothingIsLeft = async () => {
    await expect.poll(() => traces.processes()).toEqual([]);
    expect(traces.files()).toEqual([]);
  };

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('leaves nothing behind when %s ends npm', async (signal) => {
    await untilPrinted('TRANSMITTING');
    expect(traces.processes().filter((line) => line.includes('multiport-host'))).toHaveLength(1);
    expect(traces.files()).toHaveLength(1);
    npm.kill(signal);
    await once(npm, 'exit');
    await untilNothingIsLeft();
  });

  it('leaves nothing behind after Ctrl-C, which reaches everybody in front of the terminal', async () => {
    await untilPrinted('TRANSMITTING');
    process.kill(-(npm.pid ?? 0), 'SIGINT');
    await untilNothingIsLeft();
  });

  it.each(STEPS)('leaves nothing behind when it is killed after: %s', async (step) => {
    await untilPrinted(step);
    npm.kill('SIGKILL');
    await untilNothingIsLeft();
  });

  it.each([
    ['the command itself', 'launch.mjs start'],
    ['its host', 'multiport-host'],
  ])('leaves nothing behind when %s is killed', async (_, part) => {
    await untilPrinted('TRANSMITTING');
    const victim = traces.processes().find((line) => line.includes(part) && !line.includes(' sh -c '));
    process.kill(Number(victim?.split(' ')[0]), 'SIGKILL');
    await untilNothingIsLeft();
  });
});
