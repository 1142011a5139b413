// undo-stack.ts — changes that were made, taken back newest first when a later one fails.

import { UserError } from '../model/user-error.ts';

export interface UndoStack {
  /** `title` finishes the sentence "taken back: …". */
  readonly push: (title: string, undo: () => Promise<void>) => void;
  /** Takes everything back. One that fails is reported and does not keep the others from being tried. */
  readonly unwind: (report: (line: string) => void) => Promise<void>;
}

export function undoStack(): UndoStack {
  const changes: { readonly title: string; readonly undo: () => Promise<void> }[] = [];
  return {
    push: (title, undo) => void changes.push({ title, undo }),
    unwind: async (report) => {
      for (let change = changes.pop(); change; change = changes.pop()) {
        const { title, undo } = change;
        await undo().then(
          () => report(`↩ taken back: ${title}`),
          (error: unknown) => report(`! not taken back: ${title}. ${reasonOf(error)}`),
        );
      }
    },
  };
}

const reasonOf = (error: unknown) =>
  error instanceof UserError
    ? `${error.message}. ${error.fix}`
    : error instanceof Error
      ? error.message
      : String(error);
