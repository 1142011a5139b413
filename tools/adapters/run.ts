import { execa } from 'execa';
import { PROJECT_ROOT } from './project.ts';

/** Runs one program with its output on ours, in the project's top folder; its exit code comes out, 127 when it cannot start. */
export type Run = (
  program: string,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
) => Promise<number>;

export const runHere: Run = async (program, args, environment = {}) => {
  const { exitCode } = await execa(program, args, {
    cwd: PROJECT_ROOT,
    stdin: 'ignore',
    stdout: 'inherit',
    stderr: 'inherit',
    env: environment,
    reject: false,
    preferLocal: true,
    localDir: PROJECT_ROOT,
  });
  return exitCode ?? 127;
};
