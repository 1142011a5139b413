// preflight.ts — the built app in, what it would install out; refused when macOS would refuse it.

import { join } from 'node:path';
import { describeSignature } from '../../adapters/apple/codesign.ts';
import { isMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import type { EntryId } from '../../checks/diagnosis/symptom.ts';
import type { BuiltDriver } from '../../checks/install/driver-facts.ts';
import { catalogued } from '../../checks/signing/catalogue.ts';
import { asDictionary, asText, type Dictionary, parsePropertyList } from '../../model/apple/property-list.ts';
import { EXIT, UserError } from '../../report/user-error.ts';

export interface BuiltApp {
  readonly path: string;
  readonly program: string;
  readonly driver: BuiltDriver;
}

const EXTENSIONS = 'Contents/Library/SystemExtensions';

/** Throws UserError with the entry of the failure catalogue when macOS would not take it. */
export async function preflight(system: System, path: string, identifier: string): Promise<BuiltApp> {
  const app = await readInfo(system, join(path, 'Contents/Info.plist'));
  if (!app)
    throw new UserError(
      `${path} is no app`,
      'Build one with tools/install build, or say where it lies.',
      EXIT.unusable,
    );
  const dext = join(path, EXTENSIONS, `${identifier}.dext`);
  const info = await readInfo(system, join(dext, 'Info.plist'));
  const others = await system.files.list(join(path, EXTENSIONS));
  if (!info)
    throw refusal(
      others.some((name) => name.endsWith('.dext')) ? 'F32' : 'F38',
      `${EXTENSIONS} holds ${others.join(', ') || 'nothing'}, not ${identifier}.dext`,
    );
  if (asText(info.CFBundleIdentifier) !== identifier)
    throw refusal('F32', `${identifier}.dext says it is ${asText(info.CFBundleIdentifier)}`);
  const [short, build] = [asText(info.CFBundleShortVersionString), asText(info.CFBundleVersion)];
  if (!short || !build) throw refusal('F35', 'the Info.plist of the dext has no version');
  if (!asText(info.OSBundleUsageDescription))
    throw refusal('F40', 'the Info.plist of the dext has no OSBundleUsageDescription');
  const program = join(path, 'Contents/MacOS', asText(app.CFBundleExecutable) ?? '');
  return { path, program, driver: { identifier, short, build, cdhashes: await hashesOf(system, dext) } };
}

const refusal = (id: EntryId, seen: string) =>
  new UserError(`macOS would refuse this driver: ${seen} (${id} ${catalogued(id).title})`, catalogued(id).fix);

async function readInfo(system: System, path: string): Promise<Dictionary | undefined> {
  const bytes = await system.files.read(path);
  return bytes && asDictionary(parsePropertyList(bytes, path));
}

async function hashesOf(system: System, dext: string): Promise<readonly string[]> {
  if (!isMac(system)) return [];
  const signature = await describeSignature(system, dext);
  if (!signature) throw refusal('F34', 'the dext is not signed');
  return signature.cdhash === undefined ? [] : [signature.cdhash];
}
