// progress.ts — work under way in, lines for people on the error stream out: moving ones on a terminal, plain ones in a pipe.

import { Listr, ListrLogger, type ListrRenderer, ListrTaskEventType, ListrTaskState, ProcessOutput } from 'listr2';
import type { System } from '../adapters/system.ts';

/** What came of a piece of work: `did` is shown behind its title, `skipped` says why there was nothing to do. */
export type Outcome = { readonly did: string } | { readonly skipped: string };

export interface Work {
  /** Begins with a verb. */
  readonly title: string;
  /** `say` shows a line while the work goes on: for what the user has to do meanwhile. */
  readonly run: (say: (line: string) => void, interrupted: AbortSignal) => Promise<Outcome>;
  /** What it says is of interest while it goes on, and not afterwards. */
  readonly saysInPassing?: boolean;
}

/**
 * Does the work in order and stops at the first that fails, with its error, or behind the one that was under way at Ctrl-C.
 * `silent`: the result goes out as JSON.
 */
export const runWork = (works: readonly Work[], system: System, silent: boolean): Promise<void> =>
  system.interruptible((interrupted) => runList(works, system, silent, interrupted));

async function runList(works: readonly Work[], system: System, silent: boolean, interrupted: AbortSignal) {
  const tasks = works.map(({ title, run }) => ({
    title,
    task: async (_: object, task: { title: string; output: string; skip(message: string): void }) => {
      interrupted.throwIfAborted();
      const say = (line: string) => {
        task.output = line;
      };
      const outcome = await run(say, interrupted);
      if ('skipped' in outcome) task.skip(outcome.skipped);
      else task.title = `${title}: ${outcome.did}`;
    },
  }));
  const common = { concurrent: false, exitOnError: true, registerSignalListeners: false } as const;
  if (silent) return void (await new Listr(tasks, { ...common, renderer: 'silent' }).run());
  if (!system.interactive) {
    const rendererOptions = { print: system.err };
    return void (await new Listr(tasks, { ...common, renderer: PlainRenderer, rendererOptions }).run());
  }
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const rendererOptions = { logger, collapseSkips: false, suffixSkips: true };
  const moving = tasks.map((task, index) => ({
    ...task,
    rendererOptions: { persistentOutput: works[index]?.saysInPassing !== true, outputBar: true },
  }));
  await new Listr(moving, { ...common, renderer: 'default', rendererOptions }).run();
}

type Tasks = ConstructorParameters<typeof ListrRenderer>[0];

/** One line for each task when it ends, what it says meanwhile, and nothing that moves. */
class PlainRenderer {
  static readonly nonTTY = true;
  static readonly rendererOptions: { print: (line: string) => void } = { print: () => undefined };
  static readonly rendererTaskOptions: Record<string, never> = {};
  readonly tasks: Tasks;
  readonly options: { print: (line: string) => void };

  constructor(tasks: Tasks, options: { print: (line: string) => void }) {
    this.tasks = tasks;
    this.options = options;
  }

  render(): void {
    const { print } = this.options;
    for (const task of this.tasks) {
      task.on(ListrTaskEventType.STATE, (state) => {
        if (state === ListrTaskState.COMPLETED) print(`✔ ${task.title}`);
        if (state === ListrTaskState.FAILED) print(`✖ ${task.title}`);
      });
      task.on(ListrTaskEventType.OUTPUT, (line) => print(String(line)));
      task.on(ListrTaskEventType.MESSAGE, ({ skip }) => {
        if (skip) print(`· ${task.title}: ${skip}`);
      });
    }
  }

  end(): void {}
}
