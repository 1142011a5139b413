// codesign.ts — signatures made and looked at by Apple's own program.

import { type CodeVerification, parseCodeVerification } from '../../model/apple/code-signature-report.ts';
import type { System } from '../system.ts';
import { outputOf, runOnMac } from './mac-only.ts';

export interface Signing {
  /** SHA-1 or name of the identity; `-` signs ad hoc. */
  readonly identity: string;
  readonly entitlements: string;
  /** With hardened runtime and a secure timestamp, as the notary wants it. */
  readonly forRelease: boolean;
}

export async function sign(
  system: System,
  bundle: string,
  { identity, entitlements, forRelease }: Signing,
): Promise<void> {
  const release = forRelease ? ['--options', 'runtime', '--timestamp'] : ['--timestamp=none'];
  const args = ['--force', '--sign', identity, '--entitlements', entitlements, ...release, bundle];
  outputOf(await runOnMac(system, 'codesign', args, 'Signing'), 'codesign --sign');
}

/** codesign speaks to standard error. */
export async function verifySignature(system: System, bundle: string): Promise<CodeVerification> {
  const args = ['--verify', '--strict', '-vv', bundle];
  return parseCodeVerification((await runOnMac(system, 'codesign', args, 'Verifying with codesign')).stderr);
}
