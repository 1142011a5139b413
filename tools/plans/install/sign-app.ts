// sign-app.ts — the app in; signed from the inside out with what its profiles grant, and judged, out.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { sign, verifySignature } from '../../adapters/apple/codesign.ts';
import { signingIdentities } from '../../adapters/apple/security.ts';
import type { System } from '../../adapters/system.ts';
import { UserError } from '../../model/user-error.ts';
import { profileFor, type Setup } from '../provision/setup.ts';
import { PARTS, type Part, signingFiles, signingFolder } from '../provision/write-signing-files.ts';
import type { BuildOptions } from './build.ts';
import { preflight } from './preflight.ts';
import { dextIn } from './put-together.ts';
import type { Change } from './run-changes.ts';

export const writeEntitlements = (setup: Setup): Change => ({
  title: 'Write the entitlements the profiles grant',
  would: () => `write them to ${signingFolder(setup)}`,
  run: async () => {
    for (const part of PARTS) {
      const { bundleId } = setup.wishes[part];
      const { profile, files, problems } = await signingFiles(setup, part);
      if (!profile)
        throw new UserError(
          `No valid profile for ${bundleId} lies in profiles/`,
          `tools/provision plan --for ${setup.wishes.purpose} says how to make one.`,
        );
      if (problems.length > 0)
        throw new UserError(
          `"${profile.name}" does not grant what ${bundleId} wishes`,
          problems.map(({ entitlement, seen, fix }) => `${entitlement}: ${seen}. ${fix}`).join('\n  '),
        );
      for (const [name, text] of Object.entries(files))
        await setup.system.files.write(join(signingFolder(setup), name), text);
    }
    return { did: signingFolder(setup) };
  },
});

export const signBoth = (system: System, options: BuildOptions): Change => ({
  title: 'Sign the driver, then the app around it',
  would: () => 'sign both with the identity the profiles list',
  run: async () => {
    const { hash, name } = await identityFor(system, options.setup);
    const forRelease = options.setup.wishes.purpose === 'developer-id';
    const bundles: Readonly<Record<Part, string>> = { dext: dextIn(options), app: options.app };
    for (const part of ['dext', 'app'] as const) {
      await sign(system, bundles[part], {
        identity: hash,
        entitlements: join(signingFolder(options.setup), `${part}.entitlements`),
        forRelease,
      });
    }
    return { did: name };
  },
});

/** An identity of the keychain that both profiles list: with any other, no profile would fit (F28). */
async function identityFor(system: System, setup: Setup) {
  const profiles = await Promise.all(PARTS.map((part) => profileFor(setup, setup.wishes[part])));
  const listed = profiles.map((file) =>
    (file?.profile.certificates ?? []).map((bytes) => createHash('sha1').update(bytes).digest('hex').toUpperCase()),
  );
  const identity = (await signingIdentities(system)).find(
    ({ hash, problem }) => problem === undefined && listed.every((hashes) => hashes.includes(hash.toUpperCase())),
  );
  if (!identity)
    throw new UserError(
      'No identity in the keychain is listed by both profiles (F28)',
      `tools/provision apply --for ${setup.wishes.purpose} makes one, and the app's profile; make the dext's profile with the same certificate.`,
    );
  return identity;
}

export const judge = (system: System, { app, setup }: BuildOptions): Change => ({
  title: 'Check what macOS will check',
  would: () => 'run codesign --verify and the rule engine of tools/provision verify on the app',
  run: async () => {
    const { valid, problem, details } = await verifySignature(system, app);
    if (!valid)
      throw new UserError(
        `codesign refuses the app: ${problem ?? 'without a word'}`,
        details.join('\n  ') || 'Build it again.',
      );
    const { doubts } = await preflight(system, app, setup.wishes.dext.bundleId);
    return { did: doubts.map(({ id, title }) => `${id} ${title}`).join('; ') || 'nothing would be refused' };
  },
});
