import { readdirSync, readFileSync } from 'node:fs';
import { PRESET } from './preset.ts';

/** What a process holds: descriptors, and kilobytes of memory that is not shared with another. */
export const holdings = (pid: number) => ({
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
  kilobytes: Number(/^Private_Dirty:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]),
});

/**
 * Kilobytes that a sanitizer keeps of its own while a test runs: AddressSanitizer 256 MiB of freed memory and notes about it,
 * ThreadSanitizer a shadow of what was used. There LeakSanitizer, and the same test without a sanitizer, find what is lost.
 */
const KEPT: Readonly<Record<string, number>> = { asan: 320 * 1024, tsan: 512 * 1024 };

/** How many kilobytes a process may have grown by that may hold `kilobytes` more than before. */
export const growth = (kilobytes: number): number => kilobytes + (KEPT[PRESET] ?? 0);
