import { setTimeout } from 'node:timers/promises';
import { afterEach } from 'vitest';

/** Somebody who took part in a test and knows what happened. */
export interface Witness {
  readonly name: string;
  testimony(): Promise<string>;
}

const PATIENCE_MS = 10_000;
const LINES = 40;

/**
 * After a test that fails, what the witnesses have to say is printed before anything is tidied up. So it is called behind
 * the file's own `afterEach`: the last one runs first.
 */
export function hearAfterFailure(witnesses: () => readonly (Witness | undefined)[]): void {
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    for (const witness of witnesses()) {
      if (witness) console.error(`--- ${witness.name}, at the end of "${task.name}":\n${await hear(witness)}`);
    }
  });
}

/** The end of what it says; or why it says nothing, since what failed may be the witness. */
async function hear(witness: Witness): Promise<string> {
  const silence = setTimeout(PATIENCE_MS, 'It does not answer.', { ref: false });
  const words = witness.testimony().catch((error) => `It cannot be asked: ${error}`);
  return (await Promise.race([words, silence])).trimEnd().split('\n').slice(-LINES).join('\n');
}

/** A host's log as lines. */
export const logText = (lines: readonly { readonly source: string; readonly rule: string; readonly text: string }[]) =>
  lines.map(({ source, rule, text }) => `${source}: ${rule === '' ? '' : `[${rule}] `}${text}`).join('\n');
