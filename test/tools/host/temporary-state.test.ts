import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeTemporaryState } from '../../../tools/adapters/host/temporary-state.ts';

describe('makeTemporaryState', () => {
  let temporary: string;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'multiport-state-test-'));
    vi.stubEnv('TMPDIR', temporary);
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  });

  /** The number of a process that has ended. */
  const deadPid = () => spawnSync('true').pid;
  const leave = (name: string) => {
    const folder = join(temporary, name);
    mkdirSync(folder);
    writeFileSync(join(folder, 'daemon.log'), '');
    return folder;
  };
  /** What lies there beside the new folder. */
  const leftBy = async () => {
    const made = basename(await makeTemporaryState('start'));
    return readdirSync(temporary).filter((name) => name !== made);
  };

  it('makes a folder that says whose it is', async () => {
    expect(basename(await makeTemporaryState('bench'))).toMatch(new RegExp(`^multiport-bench-${process.pid}-\\w{6}$`));
  });

  it('removes the folders of commands that were killed together with their hosts', async () => {
    leave(`multiport-start-${deadPid()}-abcdef`);
    leave(`multiport-bench-${deadPid()}-ABC123`);
    expect(await leftBy()).toEqual([]);
  });

  it("leaves alone what another command uses, what only looks like one's own, and what is somewhere else", async () => {
    const elsewhere = leave('elsewhere');
    const link = `multiport-start-${deadPid()}-linked`;
    symlinkSync(elsewhere, join(temporary, link));
    const kept = ['elsewhere', link, `multiport-start-${process.pid}-abcdef`, `multiport-traces-${deadPid()}-abcdef`];
    for (const name of kept.slice(2)) leave(name);
    expect(await leftBy()).toEqual(kept.toSorted());
    expect(readdirSync(elsewhere)).toEqual(['daemon.log']);
  });

  it('leaves a folder to the host that still answers there', async () => {
    const name = `multiport-start-${deadPid()}-abcdef`;
    const server = createServer((socket) => socket.on('error', () => {}));
    await new Promise<void>((resolve) => server.listen(join(leave(name), 'control'), resolve));
    expect(await leftBy()).toEqual([name]);
    await new Promise((resolve) => server.close(resolve));
    expect(await leftBy()).toEqual([expect.stringMatching(`multiport-start-${process.pid}-`)]);
  });
});
