// preflight.ts — the built app in, what it would install out; refused when macOS would refuse it.

import { basename, join } from 'node:path';
import { hardware, systemVersion } from '../../adapters/apple/mac.ts';
import { isMac } from '../../adapters/apple/mac-only.ts';
import type { System } from '../../adapters/system.ts';
import type { BuiltDriver } from '../../checks/install/driver-facts.ts';
import { check } from '../../checks/signing/check.ts';
import type { CheckOptions } from '../../checks/signing/options.ts';
import { type Trouble, troubles } from '../../model/finding.ts';
import { type Bundle, readBundle } from '../../model/signing/bundle.ts';
import { bestDirectory } from '../../model/signing/code-directory.ts';
import { stringAt } from '../../model/signing/plist.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

export interface BuiltApp {
  readonly path: string;
  readonly program: string;
  readonly driver: BuiltDriver;
  /** What may be wrong, and what a file cannot tell. */
  readonly doubts: readonly Trouble[];
}

/** Throws UserError with every reason why macOS would not take it. */
export async function preflight(system: System, path: string, identifier: string): Promise<BuiltApp> {
  if ((await system.files.facts(path))?.kind !== 'folder') {
    throw new UserError(
      `${path} is no app`,
      'Build one with tools/install build, or say where it lies.',
      EXIT.unusable,
    );
  }
  const bundle = readBundle(system.files.tree(path), basename(path));
  const found = troubles(check(bundle, await optionsFor(system)));
  const refused = found.filter(({ level, reached }) => level === 'fail' && reached);
  if (refused.length > 0) throw new UserError(`macOS would refuse ${basename(path)}`, refused.map(words).join('\n  '));
  const dext = bundle.dexts.find((one) => identifierOf(one) === identifier);
  if (!dext) {
    const others = bundle.dexts.map(({ name }) => name).join(', ') || 'no dext';
    throw new UserError(
      `${basename(path)} holds ${others}, not ${identifier} (F38)`,
      'Build the app with the bundle ids of profiles/development.json.',
    );
  }
  const program = join(path, bundle.programPath ?? '');
  return { path, program, driver: driverOf(dext, identifier), doubts: found.filter(({ level }) => level === 'warn') };
}

async function optionsFor(system: System): Promise<CheckOptions> {
  const common = { now: system.now(), roots: system.trustedRoots };
  if (!isMac(system)) return common;
  return { ...common, device: (await hardware(system)).provisioningId, target: { macos: await systemVersion(system) } };
}

const words = ({ id, title, subject, seen, fix }: Trouble) => `${id} ${title} (${subject}: ${seen}). ${fix}`;

const identifierOf = ({ info }: Bundle) => (info?.ok ? stringAt(info.value, 'CFBundleIdentifier') : undefined);

function driverOf({ info, program }: Bundle, identifier: string): BuiltDriver {
  const text = (key: string) => (info?.ok ? stringAt(info.value, key) : undefined) ?? '';
  const slices = program?.ok ? program.value.slices : [];
  const cdhashes = slices.flatMap(({ signed }) =>
    signed?.ok ? [bestDirectory(signed.value.signature.directories).cdhash] : [],
  );
  return { identifier, short: text('CFBundleShortVersionString'), build: text('CFBundleVersion'), cdhashes };
}
