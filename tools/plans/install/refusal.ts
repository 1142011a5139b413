// refusal.ts — how a request to sysextd failed in, an error that names the likely reasons and what to do out.

import type { RequestEnd } from '../../adapters/apple/host-app.ts';
import { type ExplainedCode, explainCode } from '../../checks/diagnosis/error-code.ts';
import { catalogued } from '../../checks/signing/catalogue.ts';
import { UserError } from '../../model/user-error.ts';

const SHOWN = 3;

export function refusalOf({ domain, code, message }: Extract<RequestEnd, { end: 'failed' }>): UserError {
  const known = explainCode(`${domain} ${code}`)[0] ?? explainCode(String(code)).find((one) => one.domain === domain);
  const said = message === '' ? '' : ` It says: ${message}`;
  if (!known)
    return new UserError(
      `macOS refuses: ${domain} ${code}.${said}`,
      'tools/provision explain --help says which log to collect.',
    );
  return new UserError(`macOS refuses: ${known.name} (${code}), ${known.meaning}.${said}`, advice(known));
}

function advice({ entries, fix }: ExplainedCode): string {
  if (entries.length === 0) return fix;
  return entries
    .slice(0, SHOWN)
    .map((id) => `${id} ${catalogued(id).title}: ${catalogued(id).fix}`)
    .join('\n  ');
}
