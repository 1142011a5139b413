import { EXIT } from '../model/user-error.ts';
import { explain } from './explain.ts';
import { fold } from './text.ts';

/** Arguments without the program's name in, the exit code out. Throws UserError for what the user can fix. */
export type Command = (args: readonly string[]) => Promise<number>;

/** The only code that reads `argv`, prints errors and sets the exit code. `version` is the project's. */
export async function runCommand(command: Command, version: string): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0); // `tools/probe | head` is no failure
    console.error(`The output cannot be written (${error.code ?? error.message})`);
    process.exit(EXIT.fixable);
  });
  const args = process.argv.slice(2);
  try {
    if (args.length === 1 && args[0] === '--version') console.log(`multiport ${version}`);
    else process.exitCode = await command(args);
  } catch (error) {
    const { text, exitCode } = explain(error);
    console.error(fold(text, process.stderr.columns ?? Number.POSITIVE_INFINITY));
    process.exitCode = exitCode;
  }
}
