import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build as buildPlist } from 'plist';
import { buildNative, nativeFolder } from '../../adapters/host/build.ts';
import { readDextFolder } from '../../adapters/host/dext-folder.ts';
import { checkPersonalities } from '../../checks/signing/check-personalities.ts';
import { troubles } from '../../model/finding.ts';
import type { BuildSettings } from '../../model/host/build-settings.ts';
import { type DextProject, dextProject } from '../../model/host/dext-project.ts';
import { missingKits, type SourceText } from '../../model/host/missing-kits.ts';
import { declaredClasses, unknownClasses } from '../../model/host/user-classes.ts';
import { readPlistDict } from '../../model/signing/read-plist.ts';
import { View } from '../../model/signing/view.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { findingsText } from '../../report/findings/text.ts';
import { failureOf, showsLine } from '../../report/host/compiler-output.ts';
import { dextCmake, dextTarget } from '../../report/host/dext-cmake.ts';
import { oneOf } from '../arguments/values.ts';
import { parseOptions } from './options.ts';

const USAGE = `build FOLDER [--define NAME=VALUE]… [--include FOLDER]… [--preset dev|asan|tsan]

Builds a dext of yours for the host, from the sources Xcode builds it from for a Mac: the folder with its Info.plist, .iig and .cpp
files. What it prints last is the bundle, for tools/host up --bundle.

  --define NAME=VALUE  a build setting that Info.plist asks for, as $(NAME); PRODUCT_BUNDLE_IDENTIFIER is local.FOLDER unless said
  --include FOLDER     where headers are looked for as well
  --preset PRESET      dev (optimised), asan (memory errors and undefined behaviour are found), tsan (data races)`;

const PRESETS = ['dev', 'asan', 'tsan'] as const;

/** Builds somebody's dext with the host's SDK and runtime. */
export async function build(args: readonly string[]): Promise<number> {
  const settings = {
    define: { type: 'string', multiple: true },
    include: { type: 'string', multiple: true },
    preset: { type: 'string', default: 'dev' },
  } as const;
  const options = parseOptions(args, USAGE, settings, 1);
  if (!options) return EXIT.fine;
  const { values, positionals } = options;
  const [folder] = positionals;
  if (folder === undefined)
    throw new UserError('build takes one folder, that of a dext', 'Try tools/host build --help.', EXIT.unusable);
  const preset = oneOf('--preset', values.preset, PRESETS);
  const { sources, info } = readDextFolder(folder);
  const project = dextProject(sources, info, settingsOf(values.define ?? []));
  refuseMissingKits(project);
  refuseUnknownClasses(project);
  writeProject(
    project,
    (values.include ?? []).map((path) => resolve(path)),
    preset,
  );
  await compile(project, preset);
  warnOfPersonalities(project);
  const bundle = join(nativeFolder(preset), 'bundles', `${project.identifier}.dext`);
  console.log(options.json ? JSON.stringify({ identifier: project.identifier, bundle }) : bundle);
  return EXIT.fine;
}

function settingsOf(definitions: readonly string[]): BuildSettings {
  return Object.fromEntries(
    definitions.map((definition) => {
      const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(definition) ?? [];
      if (name === undefined || value === undefined)
        throw new UserError(`--define ${definition}: not NAME=VALUE`, 'Try tools/host build --help.', EXIT.unusable);
      return [name, value];
    }),
  );
}

const textsOf = (paths: readonly string[]): readonly SourceText[] =>
  paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }));

function refuseMissingKits({ sources }: DextProject): void {
  const missing = missingKits(textsOf([...sources.iig, ...sources.cpp]), textsOf(sources.headers));
  if (missing.length === 0) return;
  throw new UserError(
    missing
      .map(({ kit, path, line, include }) => `${path}:${line} includes ${include}: the host has no ${kit}`)
      .join('\n'),
    'It has DriverKit, USBDriverKit and NetworkingDriverKit; what stands on others runs only on a Mac.',
  );
}

function refuseUnknownClasses({ sources, info }: DextProject): void {
  const declared = declaredClasses(textsOf(sources.iig).map(({ text }) => text));
  const [unknown] = unknownClasses(info, declared);
  if (!unknown) return;
  throw new UserError(
    `${sources.infoPlist}, ${unknown.where}: no .iig declares a class ${unknown.name}`,
    declared.length === 0
      ? 'A class of a dext is declared in an .iig, in the folder of its Info.plist or below; there is none.'
      : `Write one of those that are declared: ${declared.join(', ')}.`,
  );
}

/** What macOS would never match or start, and the host might. It is no reason not to build. */
function warnOfPersonalities({ sources, info }: DextProject): void {
  const dictionary = readPlistDict(new View(Buffer.from(buildPlist(info))));
  const findings = troubles(checkPersonalities(sources.infoPlist, dictionary, [], undefined));
  const path = dirname(sources.infoPlist);
  if (findings.length > 0) console.error(findingsText([{ path, kind: 'dext', findings }]));
}

/** Builds, and shows what the compilers say. */
async function compile(project: DextProject, preset: (typeof PRESETS)[number]): Promise<void> {
  const lines: string[] = [];
  const shows = showsLine();
  const print = (line: string) => {
    lines.push(line);
    if (shows(line)) console.error(line);
  };
  try {
    await buildNative(preset, { show: print, target: `${dextTarget(project.identifier)}_bundle` });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, fix } = failureOf(lines);
    throw new UserError(message, fix);
  }
}

function writeProject(project: DextProject, includes: readonly string[], preset: string): void {
  const folder = join(nativeFolder(preset), 'dexts', project.identifier);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Info.plist'), buildPlist(project.info));
  writeFileSync(join(folder, 'CMakeLists.txt'), dextCmake(project, includes));
}
