// values.ts — the text of an option in, what it means out; a UserError names the option otherwise.

import { EXIT, UserError } from '../../model/user-error.ts';
import { similar } from './similar.ts';

/** A whole number within bounds. */
export function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UserError(`${option} ${text}: not a whole number from ${least} to ${most}`, 'Try --help.', EXIT.unusable);
}

/** One of a few words. */
export function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  const meant = similar(text, words);
  throw new UserError(
    `${option} ${text}: must be one of ${words.join(', ')}`,
    meant === undefined ? 'Try --help.' : `Did you mean ${meant}?`,
    EXIT.unusable,
  );
}
