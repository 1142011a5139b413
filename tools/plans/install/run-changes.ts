// run-changes.ts — steps of an installation in, each done in order; what was changed is taken back when a later one fails.

import type { System } from '../../adapters/system.ts';
import { type Outcome, runWork, type Work } from '../../report/progress.ts';
import { type UndoStack, undoStack } from '../undo-stack.ts';

export interface DoneStep {
  readonly title: string;
  readonly state: 'did' | 'skipped' | 'would do';
  readonly words: string;
}

export interface During {
  /** Takes how to take back what the step changes. */
  readonly undo: UndoStack;
  /** Ends the list after this step, without a failure. */
  readonly stop: () => void;
  /** Shows a line while the step goes on. */
  readonly say: (line: string) => void;
}

export interface Change {
  readonly title: string;
  readonly run: (during: During) => Promise<Outcome>;
  /** For a dry run: what it would do. Without it, the step only looks and runs then as well. */
  readonly would?: () => string;
}

export interface RunOptions {
  readonly dryRun: boolean;
  readonly silent: boolean;
}

export async function runChanges(
  changes: readonly Change[],
  system: System,
  { dryRun, silent }: RunOptions,
): Promise<readonly DoneStep[]> {
  const undo = undoStack();
  const steps: DoneStep[] = [];
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  const works: Work[] = changes.map(({ title, run, would }) => ({
    title,
    run: async (say) => {
      const outcome = stopped
        ? { skipped: 'not reached' }
        : dryRun && would
          ? { did: `would ${would()}` }
          : await run({ undo, stop, say });
      steps.push(stepOf(title, outcome, dryRun && would !== undefined));
      return outcome;
    },
  }));
  try {
    await runWork(works, system, silent);
  } catch (error) {
    await undo.unwind(silent ? () => undefined : system.err);
    throw error;
  }
  return steps;
}

const stepOf = (title: string, outcome: Outcome, would: boolean): DoneStep =>
  'skipped' in outcome
    ? { title, state: 'skipped', words: outcome.skipped }
    : { title, state: would ? 'would do' : 'did', words: outcome.did };
