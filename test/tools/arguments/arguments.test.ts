import { afterEach, describe, expect, it, vi } from 'vitest';
import { readArguments } from '../../../tools/commands/arguments/read-arguments.ts';
import { similar } from '../../../tools/commands/arguments/similar.ts';
import { listOf, runSubcommand, theOne } from '../../../tools/commands/arguments/subcommands.ts';

const OPTIONS = {
  json: { type: 'boolean' },
  port: { type: 'string', short: 'p' },
  verbose: { type: 'boolean' },
} as const;
const read = (...args: string[]) =>
  readArguments(
    args,
    { command: 'tools/x y', usage: 'Usage: tools/x y', options: OPTIONS, places: 1 },
    () => undefined,
  );

describe('what somebody typed', () => {
  it('is understood', () => {
    expect(read('--json', '-p', '3', 'place')).toMatchObject({
      values: { json: true, port: '3' },
      positionals: ['place'],
    });
  });

  it('may ask for help, which is all that happens then', () => {
    const printed: string[] = [];
    const wanted = { command: 'x', usage: 'Usage: x', options: OPTIONS };
    expect(readArguments(['--json', '-h'], wanted, (text) => printed.push(text))).toBeUndefined();
    expect(printed).toEqual(['Usage: x']);
  });

  it.each([
    ['--jsno', 'tools/x y has no option --jsno', 'Did you mean --json?'],
    ['--verb', 'tools/x y has no option --verb', 'Did you mean --verbose?'],
    ['--colour', 'tools/x y has no option --colour', 'Try tools/x y --help.'],
    ['-z', 'tools/x y has no option -z', 'Try tools/x y --help.'],
    ['--port', '--port needs a value', 'Try tools/x y --help.'],
    ['-p', '--port needs a value', 'Try tools/x y --help.'],
    ['--port --json', '--port needs a value', 'Try tools/x y --help.'],
    ['--json=3', '--json takes no value', 'Try tools/x y --help.'],
    ['one two', 'tools/x y cannot do anything with "two"', 'Try tools/x y --help.'],
  ])('%s is refused in our words', (line, message, fix) => {
    expect(() => read(...line.split(' '))).toThrow(expect.objectContaining({ message, fix, exitCode: 2 }));
  });
});

describe('a subcommand', () => {
  afterEach(() => vi.restoreAllMocks());

  const ran: string[] = [];
  const run = (name: string) => async (args: readonly string[]) => {
    ran.push([name, ...args].join(' '));
    return 0;
  };
  const SUBCOMMANDS = {
    status: { summary: 'how it is', run: run('status') },
    up: { summary: 'start it', run: run('up') },
  };
  const type = (...args: string[]) => {
    ran.length = 0;
    return runSubcommand('tools/x', SUBCOMMANDS, 'Usage: tools/x', args);
  };

  it('gets what stands behind its name', async () => {
    expect(await type('status', '--json')).toBe(0);
    expect(ran).toEqual(['status --json']);
  });

  it.each([['help'], ['--help'], ['-h']])('is listed by %s', async (word) => {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    expect(await type(word)).toBe(0);
    expect(log.mock.calls).toEqual([['Usage: tools/x']]);
  });

  it('explains itself', async () => {
    await type('help', 'up');
    expect(ran).toEqual(['up --help']);
  });

  it('has to be named: the list goes where errors go', async () => {
    const error = vi.spyOn(console, 'error').mockReturnValue();
    expect(await type()).toBe(2);
    expect(error.mock.calls).toEqual([['Usage: tools/x']]);
  });

  it.each([
    ['stauts', 'tools/x has no subcommand stauts', 'Did you mean tools/x status?'],
    ['constructor', 'tools/x has no subcommand constructor', 'Try tools/x --help.'],
    ['--json', 'tools/x has no option --json', 'Try tools/x --help.'],
  ])('%s is none', (name, message, fix) => {
    expect(() => theOne('tools/x', SUBCOMMANDS, name)).toThrow(expect.objectContaining({ message, fix, exitCode: 2 }));
  });

  it('stands in a list with the others', () => {
    expect(listOf(SUBCOMMANDS)).toBe('  status  how it is\n  up      start it');
  });
});

describe('a name that is nearly right', () => {
  const NAMES = ['status', 'plan', 'apply', 'verify', 'up', 'unplug', 'plug'];
  it.each([
    ['veriyf', 'verify'],
    ['aply', 'apply'],
    ['stat', 'status'],
    ['plugg', 'plug'],
    ['uplug', 'unplug'],
    ['pu', 'up'],
    ['frobnicate', undefined],
    ['x', undefined],
    ['', undefined],
  ])('%j', (typed, meant) => {
    expect(similar(typed, NAMES)).toBe(meant);
  });
});
