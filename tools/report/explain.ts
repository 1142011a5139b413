import { EXIT, UserError } from '../model/user-error.ts';

/** Anything thrown in; what to print and the exit code out. A UserError has no stack, a bug has nothing else. */
export function explain(error: unknown): { readonly text: string; readonly exitCode: number } {
  if (error instanceof UserError) return { text: `${error.message}\n  ${error.fix}`, exitCode: error.exitCode };
  if (isBadPath(error)) return { text: error.message.replace(/^E\w+: /, ''), exitCode: EXIT.unusable };
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `This is a bug in the tool, not in your input:\n${stack}`, exitCode: EXIT.bug };
}

/** What a name somebody typed, a disk or a permission can do to any access of a file. */
const PATH_TROUBLES = new Set([
  'EACCES',
  'EDQUOT',
  'EIO',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOSPC',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);

function isBadPath(error: unknown): error is Error {
  const { code = '', path, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return PATH_TROUBLES.has(code) && path !== undefined && !syscall?.startsWith('spawn');
}
