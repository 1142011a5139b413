import { readFileSync } from 'node:fs';

const LOOK_MS = 250;

/**
 * Calls `ended` once when npm, which started this process, is gone although this process is not: killed with SIGKILL, or by a
 * signal that only npm or its shell got. Then nobody waits for us any more. Nothing happens when npm did not start this process.
 */
export function whenNpmEnds(ended: () => void, environment: NodeJS.ProcessEnv = process.env): void {
  if (environment.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const npm = parentOf(shell);
  const timer = setInterval(() => {
    if (process.ppid === shell && parentOf(shell) === npm) return;
    clearInterval(timer);
    ended();
  }, LOOK_MS).unref();
}

/** From /proc/PID/stat: "pid (name) state ppid …", where the name may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
