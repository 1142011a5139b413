import { Secret } from '../model/secret.ts';
import { UserError } from '../model/user-error.ts';
import type { System } from './system.ts';

/** A file with a key or a password; undefined when there is none. Throws UserError when others can read it. */
export async function readPrivateFile(system: System, path: string): Promise<Secret | undefined> {
  const facts = await system.files.facts(path);
  if (facts?.kind !== 'file') return undefined;
  if ((facts.mode & 0o077) !== 0) {
    const mode = facts.mode.toString(8).padStart(3, '0');
    const fix = `chmod 600 '${path}', and replace what is in it if somebody may have read it.`;
    throw new UserError(`${path} can be read by others (mode ${mode})`, fix);
  }
  return new Secret((await system.files.readText(path)) ?? '');
}
