import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { driver, SDK } from '../../support/iig.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'iig-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** The command as people and ninja start it. */
async function iig(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const launch = join(PROJECT_ROOT, 'tools/launch.mjs');
  try {
    return { code: 0, ...(await run(process.execPath, [launch, 'iig', '--include', SDK, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

describe('tools/launch.mjs iig', () => {
  beforeAll(() => {
    writeFileSync(at('Good.iig'), driver('kern_return_t Go();').replaceAll('Driver ', 'Good '));
    writeFileSync(at('Bad.iig'), driver('int a;\nvirtual bool b();'));
  });

  it('writes header and code, and says in a depfile what it read', async () => {
    const done = await iig(
      '--header',
      at('out/Good.h'),
      '--impl',
      at('out/Good.iig.cpp'),
      '--depfile',
      at('out/Good.d'),
      at('Good.iig'),
    );
    expect(done).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(readFileSync(at('out/Good.h'), 'utf8')).toContain('class Good : public IOService');
    expect(readFileSync(at('out/Good.iig.cpp'), 'utf8')).toContain('#include <Good.h>');
    const [outputs, inputs] = readFileSync(at('out/Good.d'), 'utf8').split(': ');
    expect(outputs).toBe(`${at('out/Good.h')} ${at('out/Good.iig.cpp')}`);
    expect(inputs).toContain(at('Good.iig'));
    expect(inputs).toContain('DriverKit/OSObject.iig');
  });

  it('writes nothing for a file with mistakes, names them, and ends with 2', async () => {
    const { code, stderr } = await iig('--header', at('Bad.h'), '--impl', at('Bad.iig.cpp'), at('Bad.iig'));
    expect(code).toBe(2);
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => line.split(' found')[0]),
    ).toEqual([`${at('Bad.iig')}:3:6:`, `${at('Bad.iig')}:4:14:`]);
    expect(existsSync(at('Bad.h'))).toBe(false);
  });

  it('only checks with --check', async () => {
    expect(await iig('--check', at('Good.iig'))).toMatchObject({ code: 0, stderr: '' });
    expect((await iig('--check', at('Bad.iig'))).code).toBe(2);
    expect(existsSync(at('Good.h'))).toBe(false);
  });

  it.each([
    ['no file', []],
    ['two files', ['--check', 'a.iig', 'b.iig']],
    ['a file that is not there', ['--check', 'gone.iig']],
    ['a folder', ['--check', tmpdir()]],
    ['no outputs', ['a.iig']],
    ['an unknown option', ['--chek', 'a.iig']],
  ])('given %s, says what is missing and ends with 2', async (_, args) => {
    const { code, stderr } = await iig(...args);
    expect(code).toBe(2);
    expect(stderr).not.toContain('bug');
  });

  it('explains itself with --help', async () => {
    const { code, stdout } = await iig('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--depfile');
  });
});
