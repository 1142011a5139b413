import { UserError } from '../../model/user-error.ts';
import type { Ran, System } from '../system.ts';

/** The sentence for what cannot be done here. */
export const needsMac = (what: string): string => `${what} needs a Mac`;

export const isMac = (system: System): boolean => system.platform === 'darwin';

/** Runs a program of macOS. Throws UserError on any other system, before it looks for the program. */
export async function runOnMac(system: System, program: string, args: readonly string[], what: string): Promise<Ran> {
  requireMac(system, what);
  return system.execute(program, args);
}

export function requireMac(system: System, what: string): void {
  if (!isMac(system)) throw new UserError(needsMac(what), 'Run this command on the Mac in question.');
}

/** What the program wrote to standard output, or a UserError with its own words. Only for programs that get no secret. */
export function outputOf({ exitCode, stdout, stderr }: Ran, program: string): string {
  if (exitCode === 0) return stdout;
  throw new UserError(`${program} failed`, stderr.trim() || stdout.trim() || `It ended with exit code ${exitCode}.`);
}
