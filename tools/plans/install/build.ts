// build.ts — sources, entitlements and provisioning profiles in, a signed app that macOS takes out.
//
// Xcode compiles and we sign: automatic signing picks profiles of its own, and claims what it likes.

import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { build as buildPlist } from 'plist';
import { sign } from '../../adapters/apple/codesign.ts';
import { xcode } from '../../adapters/apple/mac.ts';
import { isMac, needsMac, outputOf } from '../../adapters/apple/mac-only.ts';
import { assess, notarise, notaryIssues, staple, validateStaple } from '../../adapters/apple/notary.ts';
import { signingIdentities } from '../../adapters/apple/security.ts';
import type { System } from '../../adapters/system.ts';
import { asDictionary, type PlistValue, parsePropertyList } from '../../model/apple/property-list.ts';
import { UserError } from '../../report/user-error.ts';
import { NOTARY_PROFILE } from '../provision/mac-steps.ts';
import { profileFor, type Setup } from '../provision/setup.ts';
import { PARTS, type Part, signingFiles, signingFolder } from '../provision/write-signing-files.ts';
import { preflight } from './preflight.ts';
import { type Change, type DoneStep, type RunOptions, runChanges } from './run-changes.ts';

export interface BuildOptions extends RunOptions {
  readonly setup: Setup;
  /** CFBundleShortVersionString. */
  readonly version: string;
  /** Where the app is put. */
  readonly app: string;
}

/** Throws UserError when something is missing, does not compile, or would be refused. */
export async function build(system: System, options: BuildOptions): Promise<readonly DoneStep[]> {
  if (!isMac(system) && !options.dryRun)
    throw new UserError(needsMac('Building the app'), 'Try --dry-run here: it shows the steps.');
  const release = options.setup.wishes.purpose === 'developer-id';
  const changes = [
    findPrograms(system),
    writeEntitlements(options.setup),
    makeProject(system, options),
    compile(system, options),
    putTogether(system, options),
    signBoth(system, options),
    judge(system, options),
    ...(release ? [notariseApp(system, options), stapleApp(system, options)] : []),
  ];
  return runChanges(changes, system, options);
}

const project = ({ setup }: BuildOptions) => join(setup.project, 'dext/bundle/Multiport.xcodeproj');
const products = ({ setup }: BuildOptions) => join(setup.project, 'build/mac/products');
const dextIn = ({ app, setup }: BuildOptions) =>
  join(app, 'Contents/Library/SystemExtensions', `${setup.wishes.dext.bundleId}.dext`);

const findPrograms = (system: System): Change => ({
  title: 'Look for Xcode and XcodeGen',
  run: async () => {
    if (!isMac(system)) return { skipped: needsMac('this') };
    const found = await xcode(system);
    const missing = [
      ...(found
        ? []
        : ['Xcode: install it from the App Store, start it once, then sudo xcode-select -s /Applications/Xcode.app']),
      ...(found && !found.driverKitSdk
        ? [`the DriverKit SDK: Xcode ${found.version} lacks it, install a whole Xcode`]
        : []),
      ...((await starts(system, 'xcodegen')) ? [] : ['XcodeGen: brew install xcodegen']),
    ];
    if (missing.length > 0) throw new UserError('Programs are missing', missing.join('\n  '));
    return { did: `Xcode ${found?.version}, DriverKit ${found?.driverKitSdk}` };
  },
});

async function starts(system: System, program: string): Promise<boolean> {
  try {
    return (await system.execute(program, ['--version'])).exitCode === 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

const writeEntitlements = (setup: Setup): Change => ({
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

const makeProject = (system: System, options: BuildOptions): Change => ({
  title: 'Make the Xcode project',
  would: () => 'run xcodegen on dext/bundle/project.yml',
  run: async () => {
    const spec = join(options.setup.project, 'dext/bundle/project.yml');
    outputOf(await system.execute('xcodegen', ['generate', '--quiet', '--spec', spec]), 'xcodegen');
    return { did: project(options) };
  },
});

const HOUR = 60 * 60_000;
const LAST_LINES = 20;

const compile = (system: System, options: BuildOptions): Change => ({
  title: 'Compile',
  would: () => 'run xcodebuild, unsigned',
  run: async () => {
    const settings = [
      `SYMROOT=${products(options)}`,
      `OBJROOT=${products(options)}/objects`,
      `MARKETING_VERSION=${options.version}`,
      'CODE_SIGNING_ALLOWED=NO',
      'ONLY_ACTIVE_ARCH=NO',
    ];
    const args = [
      '-quiet',
      '-project',
      project(options),
      '-target',
      'Multiport',
      '-configuration',
      'Release',
      ...settings,
      'build',
    ];
    const { exitCode, stdout, stderr } = await system.execute('xcodebuild', args, { timeout: HOUR });
    if (exitCode !== 0)
      throw new UserError(
        'It does not compile',
        `${stdout}\n${stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n  '),
      );
    return { did: join(products(options), 'Release') };
  },
});

const putTogether = (system: System, options: BuildOptions): Change => ({
  title: 'Put the app together',
  would: () => `copy it to ${options.app}, with a new build number and the provisioning profiles`,
  run: async ({ undo }) => {
    await system.files.remove(options.app);
    undo.push(`${options.app} is removed`, () => system.files.remove(options.app));
    await system.files.copy(join(products(options), 'Release', basename(options.app)), options.app);
    const build = buildNumber(system.now());
    const parts: Readonly<Record<Part, string>> = { app: join(options.app, 'Contents'), dext: dextIn(options) };
    for (const part of PARTS) {
      await setVersion(system, join(parts[part], 'Info.plist'), options.version, build);
      const profile = await profileFor(options.setup, options.setup.wishes[part]);
      if (profile) await system.files.write(join(parts[part], 'embedded.provisionprofile'), profile.bytes);
    }
    return { did: `${options.version} (${build})` };
  },
});

/** Before signing: the signature seals Info.plist (F08). */
async function setVersion(system: System, path: string, short: string, build: string): Promise<void> {
  const bytes = await system.files.read(path);
  if (!bytes)
    throw new UserError(
      `Xcode made no ${path}`,
      'Look at dext/bundle/project.yml: is the dext named after its bundle id?',
    );
  const info = {
    ...asDictionary(parsePropertyList(bytes, path)),
    CFBundleShortVersionString: short,
    CFBundleVersion: build,
  };
  await system.files.write(path, `${buildPlist(info as { [key: string]: PlistValue })}\n`);
}

const DAY = 24 * HOUR;
const FIRST_DAY = Date.UTC(2024, 0, 1);

/** Grows with every minute, since macOS keeps what it has when it does not (F68): days, hours, minutes; kernels read 4.2.2 digits. */
export function buildNumber(now: Date): string {
  return `${Math.floor((now.getTime() - FIRST_DAY) / DAY)}.${now.getUTCHours()}.${now.getUTCMinutes()}`;
}

const signBoth = (system: System, options: BuildOptions): Change => ({
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

const judge = (system: System, { app, setup }: BuildOptions): Change => ({
  title: 'Check what macOS will check',
  would: () => 'run the rule engine of tools/provision verify on the app',
  run: async () => {
    const { doubts } = await preflight(system, app, setup.wishes.dext.bundleId);
    return { did: doubts.map(({ id, title }) => `${id} ${title}`).join('; ') || 'nothing would be refused' };
  },
});

const notariseApp = (system: System, { app }: BuildOptions): Change => ({
  title: 'Notarise',
  would: () => 'send it to Apple and wait for the verdict',
  run: async () => {
    const archive = `${app}.zip`;
    outputOf(await system.execute('ditto', ['-c', '-k', '--sequesterRsrc', '--keepParent', app, archive]), 'ditto');
    const { id, status } = await notarise(system, archive, NOTARY_PROFILE);
    await system.files.remove(archive);
    if (status === 'Accepted') return { did: 'accepted' };
    const issues = id === undefined ? [] : await notaryIssues(system, id, NOTARY_PROFILE);
    const words = issues.map(({ path, message }) => `${path}: ${message}`).join('\n  ');
    throw new UserError(
      `The notary says ${status}`,
      words || 'tools/provision plan --for developer-id says how credentials are stored.',
    );
  },
});

const stapleApp = (system: System, { app }: BuildOptions): Change => ({
  title: 'Staple the ticket',
  would: () => 'staple it, and ask Gatekeeper',
  run: async () => {
    const stapled = await staple(system, app);
    if (!stapled.worked || !(await validateStaple(system, app)).worked)
      throw new UserError(
        `The ticket cannot be stapled (error ${stapled.error ?? 'unknown'}, F16)`,
        'Try again in a minute: tickets take a while to spread.',
      );
    const { accepted, source, reason } = await assess(system, app);
    if (!accepted)
      throw new UserError(
        `Gatekeeper refuses the app: ${source ?? reason ?? 'no reason given'}`,
        'Run tools/provision verify on it.',
      );
    return { did: source ?? 'accepted' };
  },
});
