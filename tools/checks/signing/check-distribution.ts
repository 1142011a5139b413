// check-distribution.ts — what the notary service refuses, and what must not leave the developer's Mac.

import type { Trouble } from '../../model/finding.ts';
import { commonName } from '../../model/signing/certificate.ts';
import { bestDirectory, CODE_FLAG } from '../../model/signing/code-directory.ts';
import { type PlistDict, show } from '../../model/signing/plist.ts';
import type { SliceSignature } from '../../model/signing/program.ts';
import type { Distribution, Target } from './options.ts';
import { trouble } from './report-trouble.ts';
import type { SlicesSigner } from './signer.ts';
import type { Subject } from './subject.ts';

/** Until then the notary service let programs without the hardened runtime pass (Apple's notice of 2019-09-03). */
const NOTARY_STRICT = new Date('2020-02-03T00:00:00Z');
const ANY_CLIENT = 'com.apple.developer.driverkit.allow-any-userclient-access';

/** What a signature is meant for: as told, else as its certificate says. */
export function distributionOf(target: Target | undefined, signer: SlicesSigner | undefined): Distribution {
  return target?.distribution ?? (signer?.kind === 'developer-id' ? 'developer-id' : 'development');
}

/** What a program for everybody has to be. Nothing for development. */
export function checkDistribution(
  subject: Subject,
  signed: SliceSignature,
  claim: PlistDict,
  signer: SlicesSigner,
  target: Target | undefined,
): readonly Trouble[] {
  if (distributionOf(target, signer) !== 'developer-id') return [];
  const path = subject.program.path;
  const found: Trouble[] = [];
  if (signer.kind !== 'developer-id') {
    found.push(
      trouble('F11', 'distribution-certificate', {
        subject: path,
        seen: `signed by ${commonName(signer.certificate)}`,
      }),
    );
  }
  if (!signer.timestamp)
    found.push(
      trouble('F12', 'distribution-timestamp', { subject: path, seen: "the signature has its signer's own time only" }),
    );
  const { flags } = bestDirectory(signed.signature.directories);
  if ((flags & CODE_FLAG.runtime) === 0) {
    const early = signer.timestamp && signer.timestamp.time < NOTARY_STRICT;
    found.push(
      trouble('F13', 'distribution-runtime', {
        ...(early && { level: 'warn' }),
        subject: path,
        seen: `flags 0x${flags.toString(16)}, without 0x10000`,
      }),
    );
  }
  if (claim.get('com.apple.security.get-task-allow') === true) found.push(debuggable(subject));
  if (subject.kind === 'dext' && claim.has(ANY_CLIENT)) {
    found.push(
      trouble('F66', 'distribution-any-client', {
        level: 'warn',
        subject: path,
        title: 'every program may open the driver',
        seen: `${ANY_CLIENT} = ${show(claim.get(ANY_CLIENT))}; the kernel asks only whether the key is there`,
        consequence: 'no refusal: any app on the Mac can open the user client',
        fix: `Leave ${ANY_CLIENT} out of the release entitlements.`,
      }),
    );
  }
  return found;
}

/** Bare programs with it have been seen notarised (Node.js' own), so there it is a doubt. */
function debuggable(subject: Subject): Trouble {
  return trouble('F14', 'distribution-get-task-allow', {
    ...(subject.kind === 'tool' && { level: 'warn', confidence: 'medium' }),
    subject: subject.program.path,
    seen: 'com.apple.security.get-task-allow = true',
  });
}
