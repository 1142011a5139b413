import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds: descriptors, and kilobytes of memory that is not shared with another. */
export const holdings = (pid: number) => ({
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  kilobytes: Number(/^Private_Dirty:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]),
});
