// subcommands.ts — a table of subcommands and what somebody typed in; the one that was meant run, or what to type instead out.

import { realTerminal } from '../../adapters/terminal.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import type { Command } from '../../report/run-command.ts';
import { foldParagraphs } from '../../report/text.ts';
import { similar } from './similar.ts';

export interface Subcommand<Run = Command> {
  readonly summary: string;
  readonly run: Run;
}

export type Subcommands<Run = Command> = Readonly<Record<string, Subcommand<Run>>>;

/** Names and summaries as help shows them. */
export function listOf(subcommands: Subcommands<unknown>): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length));
  return Object.entries(subcommands)
    .map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`)
    .join('\n');
}

/** `tool SUBCOMMAND …`, `tool --help`, `tool help [SUBCOMMAND]`. */
export async function runSubcommand(
  tool: string,
  subcommands: Subcommands,
  help: string,
  args: readonly string[],
): Promise<number> {
  const [name, ...rest] = args;
  if (name === 'help' && rest[0] !== undefined) return runSubcommand(tool, subcommands, help, [rest[0], '--help']);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const print = name === undefined ? console.error : console.log;
    print(foldParagraphs(help, realTerminal().width()));
    return name === undefined ? EXIT.unusable : EXIT.fine;
  }
  return theOne(tool, subcommands, name).run(rest);
}

/** The subcommand of that name; a UserError names the one that was probably meant. */
export function theOne<Run>(tool: string, subcommands: Subcommands<Run>, name: string): Subcommand<Run> {
  const found = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (found) return found;
  const meant = similar(name, Object.keys(subcommands));
  throw new UserError(
    `${tool} has no ${name.startsWith('-') ? 'option' : 'subcommand'} ${name}`,
    meant === undefined ? `Try ${tool} --help.` : `Did you mean ${tool} ${meant}?`,
    EXIT.unusable,
  );
}
