// verify.ts — `tools/provision verify`: bundles, programs and provisioning profiles in, why macOS would refuse them out.

import { realpathSync } from 'node:fs';
import { type Checkable, checkables, readCheckable } from '../../adapters/checkables.ts';
import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { CATALOGUE } from '../../checks/signing/catalogue.ts';
import { check, checkProfile, checkTool } from '../../checks/signing/check.ts';
import type { CheckOptions } from '../../checks/signing/options.ts';
import { trouble } from '../../checks/signing/report-trouble.ts';
import type { Finding } from '../../model/finding.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { findingsAnnotations } from '../../report/findings/annotations.ts';
import { findingsJson } from '../../report/findings/json.ts';
import { findingsSarif } from '../../report/findings/sarif.ts';
import { findingsText } from '../../report/findings/text.ts';
import { anyRefused, type Verdict } from '../../report/findings/verdict.ts';
import { show } from '../../report/show.ts';
import { readOptions, type VerifyOptions } from './verify-options.ts';

const USAGE = `Usage: tools/provision verify [options] BUNDLE|PROGRAM|PROFILE…

Says from files alone, on any system, every reason macOS would have to refuse a dext, an app, a bare program or a
provisioning profile: signatures, hashes and certificate chains up to Apple's roots, entitlements against what the
provisioning profile grants, Info.plist, personalities, layout. A folder that is no bundle is searched for bundles.
Exit code 1 when something would be refused, 2 for what cannot be read.

  --for KIND         what it is meant for: development or developer-id (otherwise told from the certificate)
  --profile FILE     compare with this provisioning profile instead of the embedded one
  --device ID        the Mac it has to run on, by its Provisioning UDID
  --macos VERSION    the oldest macOS it has to run on, such as 14.4
  --arch NAME        the processor it has to run on: arm64 or x86_64
  --usb-device FILE  the device it has to match: what lsusb -v, ioreg or any other form tools/probe reads says of it
  --installed FILE   what macOS has installed: a copy of /Library/SystemExtensions/db.plist
  --now DATE         judge as if it were this moment, such as 2027-03-01
  --json             a document as in tools/report/schemas/findings.json
  --sarif            a SARIF 2.1.0 log
  --github           GitHub annotations`;

/** What verify needs of a machine: it only reads files. */
type Judge = Pick<System, 'now' | 'out' | 'columns' | 'platform' | 'trustedRoots'>;

/** Checks everything that is named; exit code 1 when macOS would refuse any of it. */
export async function verify(args: readonly string[], system: Judge = realSystem()): Promise<number> {
  const options = readOptions(args, USAGE, system);
  if (!options) return EXIT.fine;
  if (options.paths.length === 0) {
    throw new UserError(
      'verify needs a bundle, a program or a provisioning profile',
      'Try tools/provision verify --help.',
      EXIT.unusable,
    );
  }
  const verdicts = options.paths.flatMap(checkables).map((path) => judge(path, options.check, system));
  const text = print(verdicts, options.form);
  if (options.form === 'text') show(system, text);
  else if (text !== '') system.out(text);
  return anyRefused(verdicts) ? EXIT.fixable : EXIT.fine;
}

function print(verdicts: readonly Verdict[], form: VerifyOptions['form']): string {
  switch (form) {
    case 'text':
      return findingsText(verdicts);
    case 'json':
      return findingsJson(verdicts);
    case 'sarif':
      return findingsSarif(verdicts, CATALOGUE);
    case 'github':
      return findingsAnnotations(verdicts);
    default:
      return form satisfies never;
  }
}

/** Where an app lies matters only on the Mac it lies on. */
function judge(path: string, options: CheckOptions, { platform }: Judge): Verdict {
  const result = parsed(() => readCheckable(path));
  if (!result.ok) {
    const fix = 'Name a bundle, a Mach-O program or a provisioning profile; unpack packages and disk images first.';
    throw new UserError(`${path}: ${result.error.message}`, fix, EXIT.unusable);
  }
  const location = platform === 'darwin' ? realpathSync(path) : undefined;
  return { path, ...findingsAbout(result.value, { ...options, location }) };
}

function findingsAbout(
  read: Checkable,
  options: CheckOptions,
): { kind: Verdict['kind']; findings: readonly Finding[] } {
  switch (read.kind) {
    case 'bundle':
      return {
        kind: read.bundle.kind === 'other' ? 'bundle' : read.bundle.kind,
        findings: check(read.bundle, options),
      };
    case 'program':
      return { kind: 'program', findings: checkTool(read.program, read.name, options) };
    case 'profile':
      return { kind: 'provisioning profile', findings: findingsAboutProfile(read, options) };
    default:
      return read satisfies never;
  }
}

function findingsAboutProfile({ name, profile }: Checkable & { kind: 'profile' }, options: CheckOptions) {
  if (profile.ok) return checkProfile(name, profile.value, options);
  const title = 'the provisioning profile cannot be read';
  const fix = 'Download it from the portal again.';
  return [trouble('F20', 'profile-form', { subject: name, title, seen: profile.error.message, fix })];
}
