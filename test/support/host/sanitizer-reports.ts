import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Every sanitizer reads its own variable. */
const VARIABLES = ['ASAN_OPTIONS', 'LSAN_OPTIONS', 'TSAN_OPTIONS', 'UBSAN_OPTIONS'] as const;
const FOLDER = 'MULTIPORT_SANITIZER_REPORTS';

/**
 * From now on the programs that this process starts, and those that they start, write what a sanitizer finds in them into a folder,
 * one file a process: nobody reads what a daemon or a driver's process prints. Returns what removes the folder.
 */
export function collectReports(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'multiport-sanitizer-'));
  chmodSync(folder, 0o777); // some tests become an ordinary user
  process.env[FOLDER] = folder;
  for (const variable of VARIABLES) {
    const given = process.env[variable];
    process.env[variable] = `${given ? `${given}:` : ''}log_path=${join(folder, 'report')}`;
  }
  return () => rmSync(folder, { recursive: true });
}

/** What sanitizers have found since this run of tests began, a report or several a process; empty for those told to forget. */
export function reports(): ReadonlyMap<string, string> {
  const folder = process.env[FOLDER];
  if (!folder) return new Map();
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** For a test that wants something to be found, when the processes have ended. */
export function forgetReports(): void {
  for (const name of reports().keys()) rmSync(join(process.env[FOLDER] ?? '', name));
}

/** LeakSanitizer also notes that it could not look at a thread that was ending: then what it takes for lost may not be. */
const isFinding = (report: string): boolean =>
  /ERROR: AddressSanitizer|runtime error: |WARNING: ThreadSanitizer/.test(report) ||
  (report.includes('ERROR: LeakSanitizer') && !/False leaks are possible|Unable to get registers/.test(report));

/** Throws what has come since `before`: a process that goes on writes its next report behind the first. */
export function failOnReports(before: ReadonlyMap<string, string> = new Map()): void {
  const news = [...reports()].map(([name, text]) => [name, text.slice(before.get(name)?.length ?? 0)] as const);
  const found = news.filter(([, text]) => isFinding(text)).map(([name, text]) => `${name}\n${text}`);
  if (found.length > 0) throw new Error(`A sanitizer found something:\n${found.join('\n')}`);
}
