// annotations.ts — verdicts in, GitHub's workflow commands out: one line for each thing that is not fine.

import { troubles } from '../../model/finding.ts';
import { fileOf } from './sarif.ts';
import type { Verdict } from './verdict.ts';

export function findingsAnnotations(verdicts: readonly Verdict[]): string {
  const lines = verdicts.flatMap(({ path, findings }) =>
    troubles(findings).map(({ id, level, title, subject, seen, consequence, fix }) => {
      const command = level === 'fail' ? 'error' : 'warning';
      const place = `file=${property(fileOf(path, subject))},title=${property(`${id} ${title}`)}`;
      return `::${command} ${place}::${data(`${seen}\nmacOS: ${consequence}\nFix: ${fix}`)}`;
    }),
  );
  return lines.join('\n');
}

/** What GitHub reads back as the character itself. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
