// verify-options.ts — the options of `tools/provision verify` in, what the checks may know beyond the files out.

import { existsSync, readFileSync } from 'node:fs';
import type { System } from '../../adapters/system.ts';
import type { CheckOptions, InstalledExtension, Target, UsbDevice } from '../../checks/signing/options.ts';
import { usbDeviceOf } from '../../checks/signing/usb-device.ts';
import { parseExtensionsDatabase } from '../../model/apple/extensions-database.ts';
import { parsed } from '../../model/signing/format-error.ts';
import { type Profile, readProfile } from '../../model/signing/profile.ts';
import { View } from '../../model/signing/view.ts';
import { readSubject } from '../../model/usb/subject.ts';
import { recognise } from '../../model/usb/text/recognise.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { readArguments } from '../arguments/read-arguments.ts';

const OPTIONS = {
  for: { type: 'string' },
  profile: { type: 'string' },
  device: { type: 'string' },
  macos: { type: 'string' },
  arch: { type: 'string' },
  'usb-device': { type: 'string' },
  installed: { type: 'string' },
  now: { type: 'string' },
  json: { type: 'boolean' },
  sarif: { type: 'boolean' },
  github: { type: 'boolean' },
} as const;

export interface VerifyOptions {
  readonly paths: readonly string[];
  readonly form: 'text' | 'json' | 'sarif' | 'github';
  readonly check: CheckOptions;
}

/**
 * Undefined when only the help was wanted, which has been printed. Throws UserError for values nobody can work with and files that
 * are not what they should be.
 */
export function readOptions(
  args: readonly string[],
  usage: string,
  system: Pick<System, 'now' | 'out' | 'trustedRoots'>,
): VerifyOptions | undefined {
  const wanted = { command: 'tools/provision verify', usage, options: OPTIONS, places: Number.POSITIVE_INFINITY };
  const read = readArguments(args, wanted, system.out);
  if (!read) return undefined;
  const { values, positionals } = read;
  const { now, profile, device, installed, 'usb-device': usbDevice } = values;
  return {
    paths: positionals,
    form: values.json ? 'json' : values.sarif ? 'sarif' : values.github ? 'github' : 'text',
    check: {
      now: now === undefined ? system.now() : moment(now),
      roots: system.trustedRoots,
      profile: profile === undefined ? undefined : profileFrom(profile),
      device,
      target: target(values),
      usbDevice: usbDevice === undefined ? undefined : usbDeviceFrom(usbDevice),
      installed: installed === undefined ? undefined : installedFrom(installed),
    },
  };
}

function unusable(message: string, fix: string): UserError {
  return new UserError(message, fix, EXIT.unusable);
}

function moment(text: string): Date {
  const now = new Date(text);
  if (Number.isNaN(now.getTime())) throw unusable(`--now ${text} is no date`, 'Write it as 2027-03-01.');
  return now;
}

function fileBytes(path: string): Uint8Array {
  if (!existsSync(path)) throw unusable(`${path} does not exist`, 'Name a file that does.');
  return readFileSync(path);
}

function profileFrom(path: string): Profile {
  const result = parsed(() => readProfile(new View(fileBytes(path))));
  if (result.ok) return result.value;
  throw unusable(`${path} is no provisioning profile: ${result.error.message}`, 'Download it from the portal again.');
}

function usbDeviceFrom(path: string): UsbDevice {
  const [dump] = recognise(fileBytes(path), path);
  const device = dump && usbDeviceOf(readSubject(dump).tree);
  if (device) return device;
  throw unusable(`${path} describes no USB device`, 'Name a file tools/probe reads.');
}

function installedFrom(path: string): readonly InstalledExtension[] {
  return parseExtensionsDatabase(fileBytes(path)).extensions.map(({ identifier, version, team, cdhashes }) => ({
    identifier,
    team,
    build: version.build ?? '',
    cdhashes,
  }));
}

function target(values: { for?: string; macos?: string; arch?: string }): Target {
  const { for: distribution, macos, arch: architecture } = values;
  if (distribution !== undefined && distribution !== 'development' && distribution !== 'developer-id') {
    throw unusable(`--for ${distribution} is neither development nor developer-id`, 'Try --help.');
  }
  if (architecture !== undefined && architecture !== 'arm64' && architecture !== 'x86_64') {
    throw unusable(`--arch ${architecture} is neither arm64 nor x86_64`, 'Try --help.');
  }
  if (macos !== undefined && !/^\d+(\.\d+){0,2}$/.test(macos)) {
    throw unusable(`--macos ${macos} is no version`, 'Write it as 14.4.');
  }
  return { distribution, macos, architecture };
}
