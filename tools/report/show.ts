import type { System } from '../adapters/system.ts';
import { fold } from './text.ts';

/** A result that is words for people, in lines that fit their terminal. */
export const show = ({ out, columns }: Pick<System, 'out' | 'columns'>, text: string): void => out(fold(text, columns));

/** A result as JSON for programs. */
export const showJson = ({ out }: Pick<System, 'out'>, value: unknown): void =>
  out(JSON.stringify(value, undefined, 2));
