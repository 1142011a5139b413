import { execa } from 'execa';
import type { Run } from '../model/suite.ts';
import { PROJECT_ROOT } from './project.ts';

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
