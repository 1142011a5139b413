// provision-status.ts — what was found of signing in, words for people out.

import type { IntegrityProtection } from '../model/apple/integrity-protection.ts';
import type { MacFacts, SeenProfile, Surroundings } from '../plans/provision/look-around.ts';

/** The JSON of `status`; its schema is schemas/provision-status.json. */
export interface Status extends Surroundings {
  readonly for: string;
  readonly done: number;
  readonly missing: readonly {
    readonly id: string;
    readonly kind: string;
    readonly title: string;
    readonly words: string;
  }[];
  /** What to do first. */
  readonly next: string | undefined;
}

export function describeStatus(status: Status): string {
  const { mac, inProject, installed, missing, next, done } = status;
  const lines = [
    ...(mac ? macLines(mac) : ['· Identities, Xcode and this machine: only a Mac has them']),
    ...(inProject.length > 0 ? inProject.map(profileLine) : ['○ No provisioning profile lies in profiles/']),
    ...installed.map((profile) => `${profileLine(profile)} (installed)`),
    '',
    missing.length === 0
      ? `✔ All is there to sign for ${status.for}.`
      : `For ${status.for}: ${done} steps are done, ${missing.length} are not:`,
    ...missing.map(({ kind, title, words }) => `○ ${kind.padEnd(6)}  ${title}: ${words}`),
    ...(next === undefined ? [] : ['', `Next: ${next}`]),
  ];
  return lines.join('\n');
}

function macLines({
  provisioningId,
  integrityProtection,
  riskyBootArguments,
  developerMode,
  xcode,
  identities,
}: MacFacts): string[] {
  return [
    provisioningId === undefined
      ? '! This Mac does not tell its provisioning id'
      : `✔ Provisioning id of this Mac: ${provisioningId}`,
    protectionLine(integrityProtection),
    ...(riskyBootArguments.length > 0
      ? [
          `! Boot arguments that weaken the checks: ${riskyBootArguments.join(' ')}. Remove them: sudo nvram boot-args=""`,
        ]
      : []),
    ...(developerMode ? ['! systemextensionsctl developer mode is on: this Mac takes what others refuse'] : []),
    xcode ? `✔ Xcode ${xcode.version}, DriverKit SDK ${xcode.driverKitSdk ?? 'missing'}` : '○ Xcode is not installed',
    ...(identities.length > 0
      ? identities.map(({ name }) => `✔ Identity: ${name}`)
      : ['○ No valid identity in the keychain']),
  ];
}

/** A fact, not a verdict: development-signed dexts run with it on; ad-hoc signatures and developer mode need it off. */
function protectionLine(protection: IntegrityProtection): string {
  switch (protection.state) {
    case 'enabled':
      return '✔ System Integrity Protection is on';
    case 'disabled':
      return '! System Integrity Protection is off: what runs here may be refused elsewhere';
    case 'custom':
      return `! System Integrity Protection is partly off: ${protection.disabled.join(', ')}`;
    case 'unknown':
      return '· csrutil does not say whether System Integrity Protection is on';
    default:
      return protection satisfies never;
  }
}

const SOON_DAYS = 30;

function profileLine({ name, bundleId, purpose, expires, daysLeft, admitsThisMac, refusals }: SeenProfile): string {
  const day = expires.toISOString().slice(0, 10);
  const what = `"${name}" for ${bundleId}, ${purpose}`;
  if (daysLeft < 0) return `✖ ${what}, has expired on ${day}: make it again`;
  if (refusals.length > 0) return `✖ ${what}: ${refusals.join('; ')}`;
  if (admitsThisMac === false) return `! ${what}, until ${day}, does not list this Mac`;
  return daysLeft < SOON_DAYS ? `! ${what}, ends in ${daysLeft} days` : `✔ ${what}, until ${day}`;
}
