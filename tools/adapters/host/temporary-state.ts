import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Control } from './control.ts';

/** Says whose folder it is: of a command of this name in this process. */
const NAME = /^multiport-(?:start|bench)-(\d+)-\w{6}$/;

/**
 * A folder for the state of a host that lives as long as this process. Command and daemon both remove it, whichever lives longer; what
 * is left where both were killed at once, the next call of this user removes.
 */
export async function makeTemporaryState(command: 'start' | 'bench'): Promise<string> {
  await removeLeftovers();
  return mkdtempSync(join(tmpdir(), `multiport-${command}-${process.pid}-`));
}

async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folder = join(tmpdir(), name);
    const owner = NAME.exec(name)?.[1];
    if (owner === undefined || !isOurs(folder) || isAlive(Number(owner)) || (await hasHost(folder))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Not somebody else's, and no link to elsewhere; gone meanwhile is not ours either. */
function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory()) return false;
  return found.uid === process.getuid?.();
}

/** A number that another process has got since counts as alive: its folder waits for another time. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A daemon whose command was killed is about to end, and removes the folder itself. */
async function hasHost(folder: string): Promise<boolean> {
  const control = await Control.open(folder).catch(() => undefined);
  control?.close();
  return control !== undefined;
}
