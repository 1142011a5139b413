// verify.ts — `tools/provision verify`: bundles, programs and provisioning profiles in, why macOS would refuse them out.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Checkable, checkables, readCheckable } from '../../adapters/checkables.ts';
import { CATALOGUE } from '../../checks/signing/catalogue.ts';
import { check, checkProfile, checkTool } from '../../checks/signing/check.ts';
import type { CheckOptions, Target } from '../../checks/signing/options.ts';
import { trouble } from '../../checks/signing/report-trouble.ts';
import type { Finding } from '../../model/finding.ts';
import { APPLE_ROOTS } from '../../model/signing/apple-roots.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { readProfile } from '../../model/signing/profile.ts';
import { View } from '../../model/signing/view.ts';
import { findingsAnnotations } from '../../report/findings/annotations.ts';
import { findingsJson } from '../../report/findings/json.ts';
import { findingsSarif } from '../../report/findings/sarif.ts';
import { findingsText } from '../../report/findings/text.ts';
import { anyRefused, type Verdict } from '../../report/findings/verdict.ts';
import { EXIT, UserError } from '../../report/user-error.ts';

const USAGE = `usage: tools/provision verify [options] BUNDLE|PROGRAM|PROFILE…

Says from files alone, on any system, every reason macOS would have to refuse a dext, an app, a bare program or a
provisioning profile: signatures, hashes and certificate chains up to Apple's roots, entitlements against what the
provisioning profile grants, Info.plist, personalities, layout. Exit code 1 when something would be refused, 2 for what
cannot be read.

  --for KIND       what it is meant for: development or developer-id (otherwise told from the certificate)
  --profile FILE   compare with this provisioning profile instead of the embedded one
  --device ID      the Mac it has to run on, by its Provisioning UDID
  --macos VERSION  the oldest macOS it has to run on, such as 14.4
  --arch NAME      the processor it has to run on: arm64 or x86_64
  --now DATE       judge as if it were this moment, such as 2027-03-01
  --json           a document as in tools/report/findings/findings.schema.json
  --sarif          a SARIF 2.1.0 log
  --github         GitHub annotations`;

const OPTIONS = {
  for: { type: 'string' },
  profile: { type: 'string' },
  device: { type: 'string' },
  macos: { type: 'string' },
  arch: { type: 'string' },
  now: { type: 'string' },
  json: { type: 'boolean' },
  sarif: { type: 'boolean' },
  github: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Checks everything that is named; exit code 1 when macOS would refuse any of it. */
export async function verify(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) {
    console.log(USAGE);
    return EXIT.fine;
  }
  if (positionals.length === 0)
    throw new UserError('verify needs a bundle, a program or a provisioning profile', 'Try --help.', EXIT.unusable);
  const options: CheckOptions = {
    now: values.now === undefined ? new Date() : moment(values.now),
    roots: APPLE_ROOTS,
    profile: values.profile === undefined ? undefined : profileFrom(values.profile),
    device: values.device,
    target: target(values),
  };
  const verdicts = positionals.flatMap(checkables).map((path) => verdict(path, options));
  const text = print(verdicts, values);
  if (text !== '') console.log(text);
  return anyRefused(verdicts) ? EXIT.fixable : EXIT.fine;
}

function print(verdicts: readonly Verdict[], form: { json?: boolean; sarif?: boolean; github?: boolean }): string {
  if (form.json) return findingsJson(verdicts);
  if (form.sarif) return findingsSarif(verdicts, CATALOGUE);
  return form.github ? findingsAnnotations(verdicts) : findingsText(verdicts);
}

function verdict(path: string, options: CheckOptions): Verdict {
  const result = parsed(() => readCheckable(path));
  if (!result.ok)
    throw new UserError(
      `${path}: ${result.error.message}`,
      'Name a bundle, a Mach-O program or a provisioning profile.',
      EXIT.unusable,
    );
  const { kind, findings } = findingsAbout(result.value, options);
  return { path, kind, findings };
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
      return {
        kind: 'provisioning profile',
        findings: read.profile.ok
          ? checkProfile(read.name, read.profile.value, options)
          : [
              trouble('F20', 'profile-form', {
                subject: read.name,
                title: 'the provisioning profile cannot be read',
                seen: read.profile.error.message,
                fix: 'Download it from the portal again.',
              }),
            ],
      };
    default:
      return read satisfies never;
  }
}

function moment(text: string): Date {
  const now = new Date(text);
  if (Number.isNaN(now.getTime()))
    throw new UserError(`--now ${text} is no date`, 'Write it as 2027-03-01.', EXIT.unusable);
  return now;
}

function profileFrom(path: string) {
  const result = parsed(() => readProfile(new View(readFileSync(path))));
  if (result.ok) return result.value;
  throw new UserError(
    `${path} is no provisioning profile: ${result.error.message}`,
    'Download it from the portal again.',
    EXIT.unusable,
  );
}

function target(values: { for?: string; macos?: string; arch?: string }): Target {
  const { for: distribution, macos, arch: architecture } = values;
  if (distribution !== undefined && distribution !== 'development' && distribution !== 'developer-id') {
    throw new UserError(`--for ${distribution} is neither development nor developer-id`, 'Try --help.', EXIT.unusable);
  }
  if (architecture !== undefined && architecture !== 'arm64' && architecture !== 'x86_64') {
    throw new UserError(`--arch ${architecture} is neither arm64 nor x86_64`, 'Try --help.', EXIT.unusable);
  }
  if (macos !== undefined && !/^\d+(\.\d+){0,2}$/.test(macos)) {
    throw new UserError(`--macos ${macos} is no version`, 'Write it as 14.4.', EXIT.unusable);
  }
  return { distribution, macos, architecture };
}
