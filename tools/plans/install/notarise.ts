// notarise.ts — a signed release in, one that starts on every Mac out.

import { outputOf } from '../../adapters/apple/mac-only.ts';
import { assess, notarise, notaryIssues, staple, validateStaple } from '../../adapters/apple/notary.ts';
import type { System } from '../../adapters/system.ts';
import { UserError } from '../../model/user-error.ts';
import { NOTARY_PROFILE } from '../provision/mac-steps.ts';
import type { BuildOptions } from './build.ts';
import type { Change } from './run-changes.ts';

export const notariseApp = (system: System, { app }: BuildOptions): Change => ({
  title: 'Notarise',
  would: () => 'send it to Apple and wait for the verdict',
  run: async () => {
    const archive = `${app}.zip`;
    outputOf(await system.execute('ditto', ['-c', '-k', '--sequesterRsrc', '--keepParent', app, archive]), 'ditto');
    const { id, status } = await notarise(system, archive, NOTARY_PROFILE);
    await system.files.remove(archive);
    if (status === 'Accepted') return { did: 'accepted' };
    const issues = id === undefined ? [] : await notaryIssues(system, id, NOTARY_PROFILE);
    const words = issues.map(({ path, message }) => `${path}: ${message}`).join('\n  ');
    throw new UserError(
      `The notary says ${status}`,
      words || 'tools/provision plan --for developer-id says how credentials are stored.',
    );
  },
});

export const stapleApp = (system: System, { app }: BuildOptions): Change => ({
  title: 'Staple the ticket',
  would: () => 'staple it, and ask Gatekeeper',
  run: async () => {
    const stapled = await staple(system, app);
    if (!stapled.worked || !(await validateStaple(system, app)).worked)
      throw new UserError(
        `The ticket cannot be stapled (error ${stapled.error ?? 'unknown'}, F16)`,
        'Try again in a minute: tickets take a while to spread.',
      );
    const { accepted, source, reason } = await assess(system, app);
    if (!accepted)
      throw new UserError(
        `Gatekeeper refuses the app: ${source ?? reason ?? 'no reason given'}`,
        'Run tools/provision verify on it.',
      );
    return { did: source ?? 'accepted' };
  },
});
