import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for temporary files that a test gives to a program, and with it a mark on every process the program starts. */
export class Traces {
  readonly folder = mkdtempSync(join(tmpdir(), 'multiport-traces-'));

  /** For the program's environment; what it starts inherits it. */
  get environment() {
    return { TMPDIR: this.folder };
  }

  /** Command lines of the processes that carry the mark, without those that have ended and only wait to be collected. */
  processes(): string[] {
    const mark = `TMPDIR=${this.folder}`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(mark))
      .map((pid) => `${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`);
  }

  /** What lies in the folder now. */
  files = () => readdirSync(this.folder);

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Empty for a process that is gone meanwhile, or not ours to look at. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
