// progress.ts — work under way in, lines for people on the error stream out: moving ones on a terminal, plain ones in a pipe.

import { Listr, ListrLogger, type ListrRenderer, ListrTaskEventType, ListrTaskState, ProcessOutput } from 'listr2';
import type { System } from '../adapters/system.ts';

/** What came of a piece of work: `did` is shown behind its title, `skipped` says why there was nothing to do. */
export type Outcome = { readonly did: string } | { readonly skipped: string };

export interface Work {
  /** Begins with a verb. */
  readonly title: string;
  /** `say` shows a line while the work goes on: for what the user has to do meanwhile. */
  readonly run: (say: (line: string) => void) => Promise<Outcome>;
}

/** Does the work in order and stops at the first that fails, with its error. `silent`: the result goes out as JSON. */
export async function runWork(works: readonly Work[], system: System, silent: boolean): Promise<void> {
  const tasks = works.map(({ title, run }) => ({
    title,
    task: async (_: object, task: { title: string; output: string; skip(message: string): void }) => {
      const outcome = await run((line) => {
        task.output = line;
      });
      if ('skipped' in outcome) task.skip(outcome.skipped);
      else task.title = `${title}: ${outcome.did}`;
    },
  }));
  const common = { concurrent: false, exitOnError: true } as const;
  if (silent) return void (await new Listr(tasks, { ...common, renderer: 'silent' }).run());
  if (!system.interactive) {
    const rendererOptions = { print: system.err };
    return void (await new Listr(tasks, { ...common, renderer: PlainRenderer, rendererOptions }).run());
  }
  const logger = new ListrLogger({ processOutput: new ProcessOutput(process.stderr, process.stderr) });
  const rendererOptions = { logger, collapseSkips: false, suffixSkips: true };
  const moving = tasks.map((task) => ({ ...task, rendererOptions: { persistentOutput: true, outputBar: true } }));
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
