// run-probe.ts — tools/probe as a person runs it: arguments in, what it printed and its exit code out.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: Buffer;
  readonly text: string;
  readonly errors: string;
}

export const runProbe = (
  args: readonly string[],
  input?: Uint8Array,
  environment: Readonly<Record<string, string>> = {},
): Promise<Ran> =>
  new Promise((resolve) => {
    const env = { ...process.env, COLUMNS: '100', ...environment };
    const options = { encoding: 'buffer', env, maxBuffer: 64 * 1024 * 1024 } as const;
    const child = execFile(join(PROJECT_ROOT, 'tools', 'probe'), args, options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, text: stdout.toString(), errors: stderr.toString() }),
    );
    child.stdin?.end(input);
  });
