import type { LogLine } from '../../model/host/answers.ts';

/** A line of the host's log as people read it: time, who said it, the rule it broke, the words. */
export function logWords({ seconds, source, rule, text }: LogLine): string {
  const time = new Date(seconds * 1000).toISOString().slice(11, 23);
  return `${time}  ${source}  ${rule === '' ? '' : `[${rule}] `}${text}`;
}
