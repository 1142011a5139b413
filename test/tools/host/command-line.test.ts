import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';

describe('tools/host, typed wrong', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'multiport-command-line-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const type = (state: string, ...words: string[]) =>
    execa(process.execPath, [join(PROJECT_ROOT, 'tools', 'host'), ...words], {
      env: { MULTIPORT_HOST_STATE: join(folder, state) },
      reject: false,
    });

  it.each([
    ['frobnicate', 'tools/host has no subcommand frobnicate', 'Try tools/host --help.'],
    ['plgu', 'tools/host has no subcommand plgu', 'Did you mean tools/host plug?'],
    ['list extra', 'tools/host list cannot do anything with "extra"', 'Try tools/host list --help.'],
    ['unplug 1 2', 'tools/host unplug cannot do anything with "2"', 'Try tools/host unplug --help.'],
    ['unplug', 'Which adapter?', 'Give its number, or --all.'],
    ['unplug x', 'DEVICE x: not a whole number from 1 to 4294967295', 'Try --help.'],
    ['plug --ports 9', '--ports 9: not a whole number from 1 to 7', 'Try --help.'],
    ['inject 1 1 --link up --megabits 10', 'inject takes DEVICE, PORT and one wish', 'Try tools/host inject --help.'],
    ['exec', 'Which program?', 'Give it behind --, with its arguments.'],
    ['up --bundle /nowhere', '/nowhere is no dext: it has no Info.plist', 'Build one with tools/host build.'],
  ])('%s', async (line, words, fix) => {
    const { exitCode, stderr, stdout } = await type('none', ...line.split(' '));
    expect(stderr).toBe(`${words}\n  ${fix}`);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  it.each(['list', 'down', 'log', 'ioreg', 'plug', 'unplug --all', 'exec -- true'])(
    '%s says how to start a host when none runs',
    async (line) => {
      const { exitCode, stderr } = await type('none', ...line.split(' '));
      expect(stderr).toBe(`No host runs with its state in ${join(folder, 'none')}\n  Start one with: tools/host up`);
      expect(exitCode).toBe(1);
    },
  );

  it('up does not start a second host beside one that answers', async () => {
    const server = createServer().listen(join(folder, 'control'));
    try {
      const { exitCode, stderr } = await type('.', 'up');
      expect(stderr).toContain(`A host runs already with its state in ${folder}`);
      expect(exitCode).toBe(1);
    } finally {
      server.close();
    }
  });

  it('a socket that a dead host left is no host', async () => {
    writeFileSync(join(folder, 'control'), '');
    const { exitCode, stderr } = await type('.', 'list');
    expect(stderr).toContain('No host runs');
    expect(exitCode).toBe(1);
  });
});
