import type { System } from '../../adapters/system.ts';
import { realSystem } from '../../adapters/system-here.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { openSetup, SETUP_OPTIONS } from '../../plans/provision/open-setup.ts';
import { PARTS, type Part, type SigningFiles, signingFiles } from '../../plans/provision/write-signing-files.ts';
import { showJson } from '../../report/show.ts';
import { readArguments } from '../arguments/read-arguments.ts';

const USAGE = `Usage: tools/provision entitlements [--for development|developer-id] [--part dext|app] [--json]

Prints the entitlements to sign with: exactly what we wish (profiles/*.json) as the provisioning profile in profiles/ grants it.
Refuses to claim more than is granted; says which capability is missing then. tools/provision apply writes the same to build/signing.`;

/** `tools/provision entitlements`: the property list on standard output; 1 when a profile is missing or grants too little. */
export async function entitlements(args: readonly string[], system: System = realSystem()): Promise<number> {
  const read = readArguments(
    args,
    {
      command: 'tools/provision entitlements',
      usage: USAGE,
      options: { for: SETUP_OPTIONS.for, json: SETUP_OPTIONS.json, part: { type: 'string', default: 'dext' } },
    },
    system.out,
  );
  if (!read) return EXIT.fine;
  const { values } = read;
  const setup = await openSetup(system, { for: values.for, offline: true });
  const part = PARTS.find((name) => name === values.part);
  if (!part) throw new UserError(`--part ${values.part} is neither dext nor app`, 'Try --help.', EXIT.unusable);
  const made = await signingFiles(setup, part);
  const { bundleId } = setup.wishes[part];
  if (values.json) showJson(system, jsonOf(made, bundleId));
  else system.out(textOf(made, bundleId, setup.wishes.purpose));
  return made.profile && made.problems.length === 0 ? EXIT.fine : EXIT.fixable;
}

const jsonOf = ({ part, profile, files, problems }: SigningFiles, bundleId: string) => ({
  part,
  bundleId,
  profile: profile ? { name: profile.name, uuid: profile.uuid, team: profile.team } : null,
  entitlements: files[`${part}.entitlements`] ?? null,
  problems,
});

function textOf({ part, profile, files, problems }: SigningFiles, bundleId: string, purpose: string): string {
  if (!profile)
    throw new UserError(
      `No valid profile for ${bundleId} lies in profiles/`,
      `tools/provision plan --for ${purpose} says how to make one.`,
    );
  if (problems.length > 0) {
    const words = problems.map(({ entitlement, seen, fix }) => `${entitlement}: ${seen}. ${fix}`).join('\n  ');
    throw new UserError(`"${profile.name}" does not grant what ${bundleId} wishes`, words);
  }
  return (files[fileName(part)] ?? '').trimEnd();
}

const fileName = (part: Part) => `${part}.entitlements`;
