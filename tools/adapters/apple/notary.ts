// notary.ts — notarytool, stapler and spctl: Apple's opinion of a release.

import {
  type Assessment,
  type NotaryIssue,
  parseAssessment,
  parseNotaryLog,
  parseStaple,
  parseSubmission,
  type StapleResult,
  type Submission,
} from '../../model/apple/assessment.ts';
import type { System } from '../system.ts';
import type { ApiKey } from './api-key.ts';
import { outputOf, runOnMac } from './mac-only.ts';

const WHAT = 'Notarising';

/** Whether the keychain has credentials of this name that Apple takes. */
export async function knowsNotary(system: System, keychainProfile: string): Promise<boolean> {
  const args = ['notarytool', 'history', '--keychain-profile', keychainProfile, '--output-format', 'json'];
  return (await runOnMac(system, 'xcrun', args, WHAT)).exitCode === 0;
}

/** From the file of an API key: what stands on the command line is its path. */
export async function storeCredentials(
  system: System,
  keychainProfile: string,
  { file, id, issuer }: ApiKey,
): Promise<void> {
  const args = ['notarytool', 'store-credentials', keychainProfile, '--key', file, '--key-id', id];
  const ran = await runOnMac(system, 'xcrun', [...args, ...(issuer === undefined ? [] : ['--issuer', issuer])], WHAT);
  outputOf(ran, 'notarytool store-credentials');
}

/**
 * Sends an archive to the notary and waits for its verdict. `keychainProfile` names credentials that
 * `notarytool store-credentials` put into the keychain, so that none stands on a command line.
 */
export async function notarise(system: System, archive: string, keychainProfile: string): Promise<Submission> {
  const args = [
    'notarytool',
    'submit',
    archive,
    '--keychain-profile',
    keychainProfile,
    '--wait',
    '--output-format',
    'json',
  ];
  return parseSubmission((await runOnMac(system, 'xcrun', args, WHAT)).stdout);
}

export async function notaryIssues(
  system: System,
  id: string,
  keychainProfile: string,
): Promise<readonly NotaryIssue[]> {
  const args = ['notarytool', 'log', id, '--keychain-profile', keychainProfile];
  return parseNotaryLog(outputOf(await runOnMac(system, 'xcrun', args, WHAT), 'notarytool log'));
}

export async function staple(system: System, app: string): Promise<StapleResult> {
  const { stdout, stderr } = await runOnMac(system, 'xcrun', ['stapler', 'staple', app], 'Stapling');
  return parseStaple(`${stdout}\n${stderr}`);
}

export async function validateStaple(system: System, app: string): Promise<StapleResult> {
  const { stdout, stderr } = await runOnMac(system, 'xcrun', ['stapler', 'validate', app], 'Stapling');
  return parseStaple(`${stdout}\n${stderr}`);
}

/** Gatekeeper's opinion of an app. spctl speaks to standard error. */
export async function assess(system: System, app: string): Promise<Assessment> {
  return parseAssessment(
    (await runOnMac(system, 'spctl', ['-a', '-vv', '-t', 'exec', app], 'Asking Gatekeeper')).stderr,
  );
}
