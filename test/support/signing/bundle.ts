// bundle.ts — a recipe in, a signed dext and the app around it out. The plain recipe makes what macOS accepts.

import type { Identity } from './authority.ts';
import { type SignatureWish, signSlice } from './code-signature.ts';
import { FAKE, TEAM } from './fake-apple.ts';
import { makeSlice, makeUniversal, type SliceWish } from './mach-o.ts';
import type { Files } from './memory-tree.ts';
import { binaryPlist, type PlainDict, xmlPlist } from './plist.ts';
import { makeProfile, type ProfileWish } from './profile.ts';
import { developerIdRequirements } from './requirement.ts';
import { makeSeal, type NestedCode } from './seal.ts';

export const APP_ID = 'com.example.multiport';
export const DEXT_ID = 'com.example.multiport.driver';
export const DEXT_PATH = `Contents/Library/SystemExtensions/${DEXT_ID}.dext`;
export const NOW = new Date('2026-06-01T00:00:00Z');
export const VENDOR = 0x0bda;

export interface ProgramRecipe {
  readonly info: PlainDict;
  readonly infoForm: 'xml' | 'binary';
  readonly entitlements: PlainDict;
  /** Null: none is embedded. */
  readonly profile: ProfileWish | null;
  readonly slices: readonly SliceWish[];
  /** Null: not signed. */
  readonly signature: Partial<SignatureWish> | null;
  readonly signer: Identity | 'adhoc';
  readonly executable: string;
  /** More files of the bundle, by path below its base; they are sealed. */
  readonly files: Files;
  readonly code: NestedCode;
}

export interface Recipe {
  readonly dext: ProgramRecipe & { readonly folder: string };
  readonly app: ProgramRecipe;
  readonly stapled: boolean;
  /** What happens to the files after everything is signed; the dext's own changes before the app is signed are `dextAfter`. */
  readonly after: (files: Files) => void;
  readonly dextAfter: (files: Files) => void;
}

export const usbTransport = [{ idVendor: VENDOR }];

const TRANSPORT = 'com.apple.developer.driverkit.transport.usb';

function dextInfo(): PlainDict {
  const common = {
    CFBundleIdentifier: DEXT_ID,
    IOUserServerName: DEXT_ID,
    CFBundleIdentifierKernel: 'com.apple.kpi.iokit',
    IOClass: 'IOUserService',
  };
  return {
    CFBundleExecutable: DEXT_ID,
    CFBundleIdentifier: DEXT_ID,
    CFBundlePackageType: 'DEXT',
    CFBundleShortVersionString: '1.0',
    CFBundleVersion: '42',
    CFBundleSupportedPlatforms: ['DriverKit'],
    OSBundleUsageDescription: 'Ports of a multi-port Ethernet adapter',
    OSMinimumDriverKitVersion: '21.0',
    IOKitPersonalities: {
      Controller: {
        ...common,
        IOProviderClass: 'IOUSBHostDevice',
        IOUserClass: 'MultiportController',
        idVendor: VENDOR,
        idProduct: 0x8153,
      },
      Port: {
        ...common,
        IOClass: 'IOUserNetworkEthernet',
        CFBundleIdentifierKernel: 'com.apple.iokit.IOSkywalkFamily',
        IOProviderClass: 'IOUserService',
        IOUserClass: 'PortEthernet',
        IOPropertyMatch: { MultiportPort: true },
      },
    },
  };
}

function dextEntitlements(kind: 'development' | 'developer-id'): PlainDict {
  return {
    'com.apple.application-identifier': `${TEAM}.${DEXT_ID}`,
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.family.networking': true,
    [TRANSPORT]: kind === 'development' ? [{ idVendor: '*' }] : usbTransport,
    'com.apple.security.app-sandbox': true,
    ...(kind === 'development' && { 'com.apple.security.get-task-allow': true }),
  };
}

function grantsFor(identifier: string, more: PlainDict): PlainDict {
  return {
    'com.apple.application-identifier': `${TEAM}.${identifier}`,
    'com.apple.developer.team-identifier': TEAM,
    'keychain-access-groups': [`${TEAM}.*`],
    ...more,
  };
}

/** What macOS accepts: a dext in its app, both with a provisioning profile, signed for `kind`. */
export function plainRecipe(kind: 'development' | 'developer-id'): Recipe {
  const signer = kind === 'development' ? FAKE.development : FAKE.developerId;
  const slices = (platform: number, minimum: string, mentions: readonly string[]): readonly SliceWish[] =>
    (['x86_64', 'arm64'] as const).map((cpu) => ({ cpu, platform, minimum, mentions }));
  const grants = dextEntitlements(kind);
  const common = { signer, signature: {}, code: new Map(), infoForm: 'xml' as const };
  return {
    dext: {
      ...common,
      folder: DEXT_PATH,
      infoForm: 'binary',
      info: dextInfo(),
      executable: DEXT_ID,
      entitlements: dextEntitlements(kind),
      profile: {
        kind,
        identifier: DEXT_ID,
        signers: [signer],
        entitlements: grantsFor(
          DEXT_ID,
          Object.fromEntries(Object.entries(grants).filter(([key]) => key.startsWith('com.apple.developer.'))),
        ),
      },
      slices: slices(10, '21.0', ['MultiportController', 'PortEthernet']),
      files: new Map(),
    },
    app: {
      ...common,
      info: {
        CFBundleExecutable: 'Multiport',
        CFBundleIdentifier: APP_ID,
        CFBundlePackageType: 'APPL',
        CFBundleShortVersionString: '1.0',
        CFBundleVersion: '42',
        LSMinimumSystemVersion: '12.0',
      },
      executable: 'Multiport',
      entitlements: {
        'com.apple.application-identifier': `${TEAM}.${APP_ID}`,
        'com.apple.developer.system-extension.install': true,
        ...(kind === 'development' && { 'com.apple.security.get-task-allow': true }),
      },
      profile: {
        kind,
        identifier: APP_ID,
        signers: [signer],
        entitlements: grantsFor(APP_ID, { 'com.apple.developer.system-extension.install': true }),
      },
      slices: slices(1, '12.0', []),
      files: new Map<string, Buffer>([
        ['Resources/app.icns', Buffer.from('an icon')],
        ['Resources/en.lproj/Main.strings', Buffer.from('words')],
      ]),
    },
    stapled: kind === 'developer-id',
    after: () => {},
    dextAfter: () => {},
  };
}

/** Builds and signs dext, then app, then staples. Paths are below the app's folder. */
export function makeApp(recipe: Recipe): Files {
  const files: Files = new Map();
  addBundle(files, recipe.dext, `${recipe.dext.folder}/`, 'flat');
  recipe.dextAfter(files);
  const cdhashes = addBundle(files, recipe.app, 'Contents/', 'contents');
  if (recipe.stapled) files.set('Contents/CodeResources', Buffer.concat([Buffer.from('s8ch\x01\0\0\0'), ...cdhashes]));
  recipe.after(files);
  return files;
}

/** The dext alone, paths below its folder. */
export function makeDext(recipe: Recipe): Files {
  const files: Files = new Map();
  addBundle(files, recipe.dext, '', 'flat');
  recipe.dextAfter(files);
  return files;
}

function addBundle(files: Files, recipe: ProgramRecipe, base: string, layout: 'flat' | 'contents'): readonly Buffer[] {
  const info = recipe.infoForm === 'binary' ? binaryPlist(recipe.info) : xmlPlist(recipe.info);
  const program = `${base}${layout === 'contents' ? 'MacOS/' : ''}${recipe.executable}`;
  files.set(`${base}Info.plist`, info);
  for (const [path, content] of recipe.files) files.set(`${base}${path}`, content);
  if (recipe.profile) files.set(`${base}embedded.provisionprofile`, makeProfile(recipe.profile));
  const resources = recipe.signature && makeSeal(files, base, program, layout, recipe.code);
  if (resources) files.set(`${base}_CodeSignature/CodeResources`, resources);
  const signed = recipe.slices.map((slice) => ({ cpu: slice.cpu, ...signedSlice(slice, recipe, info, resources) }));
  files.set(program, signed.length === 1 && signed[0] ? signed[0].bytes : makeUniversal(signed));
  return signed.map(({ cdhash }) => cdhash);
}

function signedSlice(
  slice: SliceWish,
  recipe: ProgramRecipe,
  info: Buffer,
  resources: Buffer | null,
): { bytes: Buffer; cdhash: Buffer } {
  if (!recipe.signature || !resources) return { bytes: makeSlice(slice, 0).bytes, cdhash: Buffer.alloc(0) };
  return signSlice(slice, {
    identifier: String(recipe.info.CFBundleIdentifier ?? recipe.executable),
    team: recipe.signer === 'adhoc' ? '' : TEAM,
    signer: recipe.signer,
    entitlements: recipe.entitlements,
    info,
    resources,
    ...(recipe.signer !== 'adhoc' &&
      recipe.signer.name.startsWith('Developer ID') && {
        requirements: developerIdRequirements(
          recipe.signature.identifier ?? String(recipe.info.CFBundleIdentifier ?? recipe.executable),
          TEAM,
        ),
      }),
    timestamp: recipe.signer === 'adhoc' ? undefined : new Date('2026-03-01T12:00:05Z'),
    pageShift: slice.cpu === 'x86_64' ? 12 : 14,
    ...recipe.signature,
  });
}
