// mac.ts — what kind of Mac this is and how it is set up.

import {
  type IntegrityProtection,
  parseBootArguments,
  parseIntegrityProtection,
} from '../../model/apple/integrity-protection.ts';
import {
  type AttachedDevice,
  type MacHardware,
  parseHardware,
  parseUsbDevices,
} from '../../model/apple/system-report.ts';
import { UserError } from '../../model/user-error.ts';
import type { System } from '../system.ts';
import { outputOf, runOnMac } from './mac-only.ts';

export async function hardware(system: System): Promise<MacHardware> {
  const ran = await runOnMac(
    system,
    'system_profiler',
    ['-json', 'SPHardwareDataType'],
    "Reading this Mac's provisioning id",
  );
  return parseHardware(outputOf(ran, 'system_profiler'));
}

/** Both data types: macOS 26 leaves the old one empty, and older systems do not know the new one. */
export async function usbDevices(system: System): Promise<readonly AttachedDevice[]> {
  const args = ['-json', 'SPUSBDataType', 'SPUSBHostDataType'];
  return parseUsbDevices(
    outputOf(await runOnMac(system, 'system_profiler', args, 'Listing USB devices'), 'system_profiler'),
  );
}

export async function integrityProtection(system: System): Promise<IntegrityProtection> {
  return parseIntegrityProtection(
    (await runOnMac(system, 'csrutil', ['status'], 'Reading System Integrity Protection')).stdout,
  );
}

export async function bootArguments(system: System): Promise<readonly string[]> {
  return parseBootArguments((await runOnMac(system, 'nvram', ['boot-args'], 'Reading boot arguments')).stdout);
}

export interface Xcode {
  readonly version: string;
  /** Undefined when this Xcode has no DriverKit SDK. */
  readonly driverKitSdk: string | undefined;
}

/** Undefined when there is no Xcode, or only its command line tools. */
export async function xcode(system: System): Promise<Xcode | undefined> {
  try {
    const version = await runOnMac(system, 'xcodebuild', ['-version'], 'Building with Xcode');
    const found = /^Xcode (?<version>\S+)/m.exec(version.stdout)?.groups?.version;
    if (version.exitCode !== 0 || found === undefined) return undefined;
    const sdk = await system.execute('xcrun', ['--sdk', 'driverkit', '--show-sdk-version']);
    return { version: found, driverKitSdk: sdk.exitCode === 0 ? sdk.stdout.trim() : undefined };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** "15.4" */
export async function systemVersion(system: System): Promise<string> {
  return outputOf(
    await runOnMac(system, 'sw_vers', ['-productVersion'], 'Reading the version of macOS'),
    'sw_vers',
  ).trim();
}
