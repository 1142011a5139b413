import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build as buildPlist } from 'plist';
import { buildNative, nativeFolder } from '../../adapters/host/build.ts';
import { readDextFolder } from '../../adapters/host/dext-folder.ts';
import type { BuildSettings } from '../../model/host/build-settings.ts';
import { type DextProject, dextProject, missingKits } from '../../model/host/dext-project.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
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
  writeProject(
    project,
    (values.include ?? []).map((path) => resolve(path)),
    preset,
  );
  await buildNative(preset, {
    show: (line) => console.error(line),
    target: `${dextTarget(project.identifier)}_bundle`,
  });
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

function refuseMissingKits({ sources }: DextProject): void {
  const missing = missingKits([...sources.cpp, ...sources.iig].map((file) => readFileSync(file, 'utf8')));
  if (missing.length === 0) return;
  throw new UserError(
    `The dext uses ${missing.join(' and ')}, which the host does not have`,
    'It has DriverKit, USBDriverKit and NetworkingDriverKit.',
  );
}

function writeProject(project: DextProject, includes: readonly string[], preset: string): void {
  const folder = join(nativeFolder(preset), 'dexts', project.identifier);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'Info.plist'), buildPlist(project.info));
  writeFileSync(join(folder, 'CMakeLists.txt'), dextCmake(project, includes));
}
