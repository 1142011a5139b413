// apply.ts — the steps in order: each looked at first, done when it is not done yet and we can, left to the user otherwise.

import { UserError } from '../../model/user-error.ts';
import { type Outcome, runWork, type Work } from '../../report/progress.ts';
import { openJournal, takeBack } from './journal.ts';
import type { Setup } from './setup.ts';
import type { Looked, Step } from './step.ts';
import { stepsFor } from './steps.ts';
import { writeSigningFiles } from './write-signing-files.ts';

export interface ApplyOptions {
  readonly dryRun: boolean;
  readonly silent: boolean;
}

export type AppliedState = 'was done' | 'did' | 'would do' | 'left to you' | 'not seen';

export interface Applied {
  readonly id: string;
  readonly kind: Step['kind'];
  readonly title: string;
  readonly state: AppliedState;
  readonly words: string;
}

/** A failure leaves what was done in place: the next run goes on there, and `--undo` takes it back. */
export async function apply(setup: Setup, { dryRun, silent }: ApplyOptions): Promise<readonly Applied[]> {
  const applied: Applied[] = [];
  const works: Work[] = stepsFor(setup).map((step) => ({
    title: step.title,
    run: async () => {
      const { state, words } = await applyStep(setup, step, dryRun);
      applied.push({ id: step.id, kind: step.kind, title: step.title, state, words });
      return outcomeOf(state, words);
    },
  }));
  const write = { title: 'Write entitlements and Info.plist', run: () => writeSigningFiles(setup, dryRun) };
  await runWork([...works, write], setup.system, silent);
  return applied;
}

async function applyStep(
  { system, wishes }: Setup,
  step: Step,
  dryRun: boolean,
): Promise<Pick<Applied, 'state' | 'words'>> {
  const looked = await step.look();
  if (looked.state === 'done') return { state: 'was done', words: looked.seen };
  if (looked.state === 'unknown') return { state: 'not seen', words: looked.why };
  if (!step.act) return { state: 'left to you', words: `${looked.would}. ${step.how}` };
  if (dryRun) return { state: 'would do', words: looked.would };
  await step.act(openJournal(system, wishes.purpose).add);
  const after = await step.look();
  if (after.state === 'todo')
    throw new UserError(
      `${step.title}: done, and still there is to do: ${after.would}`,
      'Run the command again in a minute.',
    );
  return { state: 'did', words: looked.would };
}

function outcomeOf(state: AppliedState, words: string): Outcome {
  switch (state) {
    case 'did':
      return { did: words };
    case 'would do':
      return { did: `would ${words}` };
    case 'was done':
      return { skipped: `is done, ${words}` };
    case 'left to you':
      return { skipped: `left to you: ${words}` };
    case 'not seen':
      return { skipped: words };
    default:
      return state satisfies never;
  }
}

export interface Undone {
  readonly title: string;
  /** Undefined: it was taken back. */
  readonly why: string | undefined;
}

/** Takes back what earlier runs made, newest first. What cannot be taken back stays in the journal. */
export async function undo(setup: Setup, { dryRun, silent }: ApplyOptions): Promise<readonly Undone[]> {
  const { system, wishes, account } = setup;
  const journal = openJournal(system, wishes.purpose);
  const undone: Undone[] = [];
  const works = [...(await journal.things())].reverse().map((thing) => ({
    title: `Take back ${thing.title}`,
    run: async (): Promise<Outcome> => {
      if (dryRun) return { did: 'would be taken back' };
      const why = await reasonOf(() => takeBack(thing, system, account));
      undone.push({ title: thing.title, why });
      if (why !== undefined) return { skipped: why };
      await journal.drop(thing);
      return { did: 'gone' };
    },
  }));
  await runWork(works, system, silent);
  return undone;
}

async function reasonOf(take: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await take();
  } catch (error) {
    if (error instanceof UserError) return `${error.message}. ${error.fix}`;
    throw error;
  }
}

/** For `plan`: what every step looks like; a look that fails is no reason not to look at the others. */
export async function lookAtAll(steps: readonly Step[]): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const step of steps) {
    try {
      rows.push({ step, looked: await step.look() });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      rows.push({ step, looked: { state: 'unknown' as const, why: `${error.message}. ${error.fix}` } });
    }
  }
  return rows;
}

export interface Row {
  readonly step: Step;
  readonly looked: Looked;
}
