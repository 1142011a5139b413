import type { Applied } from '../../plans/ports/settings.ts';

/** What became of each wish. */
export function say(applied: readonly Applied[], words: string, json: boolean, out: (text: string) => void): void {
  if (json) out(JSON.stringify({ applied: applied.map(({ wish, effect }) => ({ ...wish, effect })) }, null, 2));
  else for (const { wish, effect } of applied) out(`${words}: ${wish.name} is ${wish.value || 'its own'} ${effect}`);
}
