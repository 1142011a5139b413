import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'plist';
import type { Dictionary } from '../model/apple/property-list.ts';
import { readDeviceFiles } from './device-file.ts';
import { deviceTables } from './device-tables.ts';
import { entitlements, SIGNINGS } from './entitlements.ts';
import { infoPlist } from './info-plist.ts';

/** Every file of dext/generated, by name, made from the facts and the version below `root`. Throws UserError. */
export function generatedFiles(root: string, { oneProcess = false } = {}): Map<string, string> {
  const devices = readDeviceFiles(join(root, 'firmware-info'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return new Map([
    ['devices.h', deviceTables(devices, version)],
    ['Info.plist', propertyList(infoPlist(devices, { version, oneProcess }))],
    ...SIGNINGS.map((signing) => [`${signing}.entitlements`, propertyList(entitlements(devices, signing))] as const),
  ]);
}

/** Without a comment: the kernel's reader of entitlements takes one for a syntax error. dext/generated/README.md says what a comment would. */
const propertyList = (content: Dictionary) => `${build(content)}\n`;
