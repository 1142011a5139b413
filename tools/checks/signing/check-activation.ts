// check-activation.ts — the app that brings a dext: what sysextd asks of it, of the ticket and of what is installed.

import type { Trouble } from '../../model/finding.ts';
import type { Bundle } from '../../model/signing/bundle.ts';
import { teamOf } from '../../model/signing/certificate.ts';
import { verifyCms } from '../../model/signing/cms-verify.ts';
import { bestDirectory } from '../../model/signing/code-directory.ts';
import { dictAt, isArray, type PlistDict, show, stringAt } from '../../model/signing/plist.ts';
import type { SliceSignature } from '../../model/signing/program.ts';
import { distributionOf } from './check-distribution.ts';
import type { CheckOptions } from './options.ts';
import { personalitiesOf } from './personality.ts';
import { trouble } from './report-trouble.ts';
import type { SlicesSigner } from './signer.ts';
import type { Subject } from './subject.ts';

const INSTALL = 'com.apple.developer.system-extension.install';
const REDISTRIBUTABLE = 'com.apple.developer.system-extension.redistributable';
const CLIENT = 'com.apple.developer.driverkit.userclient-access';

/** An app without dexts is an ordinary program here, and nothing of this concerns it. */
export function checkActivation(
  app: Bundle,
  subject: Subject,
  claim: PlistDict,
  signer: SlicesSigner | undefined,
  options: CheckOptions,
): readonly Trouble[] {
  if (app.dexts.length === 0) return [];
  return [
    ...checkInstall(subject, claim),
    ...checkClient(app, subject, claim),
    ...checkTeams(app, subject, claim, signer),
    ...checkLocation(app, options),
  ];
}

function checkInstall(subject: Subject, claim: PlistDict): readonly Trouble[] {
  if (claim.get(INSTALL) === true) return [];
  return [
    trouble('F44', 'activation-install', {
      subject: subject.program.path,
      seen: `${INSTALL} is ${show(claim.get(INSTALL))}`,
    }),
  ];
}

/** An app that means to open the driver has to name it. */
function checkClient(app: Bundle, subject: Subject, claim: PlistDict): readonly Trouble[] {
  const allowed = claim.get(CLIENT);
  if (allowed === undefined) return [];
  for (const dext of app.dexts) {
    const info = dext.info?.ok ? dext.info.value : new Map();
    const identifier = stringAt(info, 'CFBundleIdentifier') ?? '';
    if (!isArray(allowed) || !allowed.includes(identifier)) {
      return [
        trouble('F66', 'activation-client', {
          level: 'warn',
          subject: subject.program.path,
          seen: `${CLIENT} is ${show(allowed)}; the dext is ${identifier}`,
        }),
      ];
    }
    const served = personalitiesOf(info).some(({ dict }) => dictAt(dict, 'UserClientProperties').size > 0);
    if (!served) {
      return [
        trouble('F67', 'activation-user-client', {
          level: 'warn',
          subject: dext.infoPath,
          seen: `the app claims access to ${identifier}, none of whose personalities has UserClientProperties`,
        }),
      ];
    }
  }
  return [];
}

function checkTeams(
  app: Bundle,
  subject: Subject,
  claim: PlistDict,
  signer: SlicesSigner | undefined,
): readonly Trouble[] {
  if (!signer || claim.get(REDISTRIBUTABLE) === true) return [];
  for (const dext of app.dexts) {
    const signed = dext.program?.ok ? dext.program.value.slices[0]?.signed : undefined;
    const team = signed?.ok ? claimedTeam(signed.value) : undefined;
    if (team === undefined || team === signer.team) continue;
    return [
      trouble('F42', 'activation-team', {
        subject: dext.path,
        title: 'app and dext are signed by different teams',
        seen: `the app by ${signer.team}, the dext by ${team}; ${subject.program.path} does not claim ${REDISTRIBUTABLE}`,
        fix: `Sign both with one team, or ask Apple for ${REDISTRIBUTABLE}.`,
      }),
    ];
  }
  return [];
}

/** By the certificate; whether the code directory agrees with it is asked elsewhere. */
function claimedTeam({ cms }: SliceSignature): string | undefined {
  const certificate = cms && verifyCms(cms, new Uint8Array()).certificate;
  return certificate && teamOf(certificate);
}

function checkLocation(app: Bundle, { location }: CheckOptions): readonly Trouble[] {
  if (location === undefined || location.startsWith('/Applications/')) return [];
  return [
    trouble('F30', 'activation-location', {
      level: 'warn',
      subject: app.path || app.name,
      seen: `the app lies in ${location}`,
      related: ['F31'],
    }),
  ];
}

/** A stapled ticket is proof of notarisation that needs no network. Without one the files cannot tell. */
export function checkTicket(
  app: Bundle,
  signer: SlicesSigner | undefined,
  { target }: CheckOptions,
): readonly Trouble[] {
  if (!signer || distributionOf(target, signer) !== 'developer-id' || signer.kind !== 'developer-id') return [];
  const subject = app.path || app.name;
  if (!app.ticket) {
    return [
      trouble('F36', 'ticket-present', {
        level: 'warn',
        subject,
        title: 'no notarisation ticket is stapled, so whether it was notarised cannot be told from files',
        seen: 'there is no Contents/CodeResources',
        consequence:
          'if it was not notarised: OSSystemExtensionErrorDomain code 4 or 8; if it was: macOS has to ask Apple over the network',
        fix: 'Notarise and staple: xcrun notarytool submit, then xcrun stapler staple APP. A stapled package covers its first installation too.',
        related: ['F16', 'F42', 'F50'],
      }),
    ];
  }
  const bytes = Buffer.from(app.ticket.bytes);
  const slices = app.program?.ok ? app.program.value.slices : [];
  const unknown = slices
    .flatMap(({ signed }) => (signed?.ok ? [bestDirectory(signed.value.signature.directories).cdhash] : []))
    .find((cdhash) => !bytes.includes(Buffer.from(cdhash, 'hex')));
  if (unknown === undefined) return [];
  return [
    trouble('F16', 'ticket-cdhash', {
      level: 'warn',
      subject: `${subject}/Contents/CodeResources`,
      title: 'the stapled ticket is for another build',
      seen: `the ticket does not hold the cdhash ${unknown}`,
      related: ['F36', 'F50'],
    }),
  ];
}

/** macOS keeps the copy it has when the version did not change, and asks again when the team did. */
export function checkInstalled(dext: Bundle, { installed }: CheckOptions): readonly Trouble[] {
  if (!dext.info?.ok || !dext.program?.ok) return [];
  const info = dext.info.value;
  const directories = dext.program.value.slices.flatMap(({ signed }) =>
    signed?.ok ? [bestDirectory(signed.value.signature.directories)] : [],
  );
  const cdhashes = directories.map(({ cdhash }) => cdhash);
  const team = directories[0]?.team;
  const found: Trouble[] = [];
  for (const extension of installed ?? []) {
    if (extension.identifier !== stringAt(info, 'CFBundleIdentifier')) continue;
    const isSame = extension.cdhashes.some((cdhash) => cdhashes.includes(cdhash));
    if (extension.build === stringAt(info, 'CFBundleVersion') && !isSame) {
      const seen = `version ${extension.build} is installed with cdhash ${extension.cdhashes.join(', ')}, this one has ${cdhashes.join(', ')}`;
      found.push(trouble('F68', 'installed-version', { subject: dext.infoPath, seen, related: ['F55'] }));
    } else if (extension.team !== undefined && team !== undefined && extension.team !== team) {
      const seen = `installed by team ${extension.team}, this one is of ${team}`;
      found.push(trouble('F49', 'installed-team', { level: 'warn', subject: dext.path || dext.name, seen }));
    }
  }
  return found;
}
