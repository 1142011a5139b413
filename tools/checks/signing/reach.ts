// reach.ts — findings in, in the order in which macOS would come upon them; what it never comes to is marked so.
//
// app starts (amfid) → sysextd looks at app and dext → a personality matches → the dext starts (amfid) → the kernel checks
// its entitlements → the driver starts. Signing and notarising come before all of it and stop nothing on the Mac itself.

import type { Finding, Stage, Trouble } from '../../model/finding.ts';

/** Whose launch comes when: the app's before it can ask for anything, the dext's when its device is there. */
const ORDER: readonly Stage[] = ['build', 'sign', 'notarise', 'install', 'match', 'launch', 'start', 'use'];
const APP_LAUNCH = ORDER.indexOf('install') - 0.5;

/** `isDexts` tells whether a path belongs to a dext. */
export function inOrder(findings: readonly Finding[], isDexts: (subject: string) => boolean): readonly Finding[] {
  const fine = findings.filter((finding) => finding.level === 'ok');
  const troubles = findings.filter((finding): finding is Trouble => finding.level !== 'ok');
  const rank = ({ stage, subject }: Trouble) =>
    stage === 'launch' && !isDexts(subject) ? APP_LAUNCH : ORDER.indexOf(stage);
  const sorted = troubles.toSorted((a, b) => rank(a) - rank(b));
  const stops = sorted.filter((trouble) => trouble.level === 'fail' && rank(trouble) >= APP_LAUNCH).map(rank);
  const end = Math.min(...stops);
  return [...sorted.map((trouble) => ({ ...trouble, reached: rank(trouble) <= end })), ...fine];
}
