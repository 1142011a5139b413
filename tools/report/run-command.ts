import { explain } from './explain.ts';

/** Arguments without the program's name in, the exit code out. Throws UserError for what the user can fix. */
export type Command = (args: readonly string[]) => Promise<number>;

/** The only code that reads `argv`, prints errors and sets the exit code. */
export async function runCommand(command: Command): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0); // `tools/probe | head` is no failure
    throw error;
  });
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    const { text, exitCode } = explain(error);
    console.error(text);
    process.exitCode = exitCode;
  }
}
