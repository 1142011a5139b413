// recorded-mac.ts — a Mac for installation plans: what its programs print follows from what the test says of its state.
//
// The shapes are those of test/fixtures/captures: db.plist, systemextensionsctl list, ioreg -a, ifconfig, ps, lsof.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type PlistValue } from 'plist';
import { PROJECT_ROOT } from '../../tools/adapters/project.ts';
import { DATABASE_PATH } from '../../tools/model/apple/extensions-database.ts';
import { readBundle } from '../../tools/model/signing/bundle.ts';
import { bestDirectory } from '../../tools/model/signing/code-directory.ts';
import { capture } from './captures.ts';
import { type RecordedSystem, type Recording, recordedSystem } from './recorded-system.ts';
import { makeApp, type ProgramRecipe, plainRecipe, type Recipe } from './signing/bundle.ts';
import { TEAM } from './signing/fake-apple.ts';
import { memoryTree } from './signing/memory-tree.ts';
import type { PlainDict } from './signing/plist.ts';
import { DEVICE } from './signing/profile.ts';

export const DEXT = 'org.multiport.Multiport.driver';
const APP_BUNDLE = 'org.multiport.Multiport';
export const APP = '/Applications/Multiport.app';
export const BUILT = '/Users/me/multiport/build/mac/Multiport.app';

export interface Version {
  readonly build: string;
  /** The word of db.plist. */
  readonly state: string;
  readonly cdhashes?: readonly string[];
  readonly unique?: string;
}

export interface MacState {
  versions: Version[];
  /** Names of the OS interfaces, one for each port that came up; `undefined` where a port has none yet. */
  ports: (string | undefined)[];
  /** Our adapters plugged in, and whether our controller serves them. */
  adapters: number;
  matched: boolean;
  processes: string[];
  clients: string[];
  addresses: Record<string, string[]>;
  connections: string;
  /** What the host app answers, by request, one line of JSON each; may change the state first. */
  app: Partial<Record<'activate' | 'deactivate', (mac: MacState) => Answer>>;
  database: boolean;
  /** cdhashes of the builds that were put somewhere, as macOS would stage them. */
  hashes: Record<string, readonly string[]>;
}

export interface Answer {
  readonly events: readonly object[];
  readonly exitCode?: number;
}

export const unique = (build: string) => `7871ABF2-F319-49C9-B9FD-${build.padStart(12, '0')}`;

export interface RecordedMac extends RecordedSystem {
  readonly mac: MacState;
}

export async function recordedMac(
  state: Partial<MacState> = {},
  programs: Readonly<Record<string, Recording>> = {},
): Promise<RecordedMac> {
  const mac: MacState = {
    versions: [],
    ports: [],
    adapters: 0,
    matched: false,
    processes: [],
    clients: [],
    addresses: {},
    connections: '',
    app: {},
    database: true,
    hashes: {},
    ...state,
  };
  const request = (action: 'activate' | 'deactivate') => async () => {
    const answer = mac.app[action]?.(mac) ?? { events: [{ event: 'completed' }] };
    await writeDatabase(system, mac);
    const events = [{ event: 'submitted', action, identifier: DEXT }, ...answer.events];
    return { exitCode: answer.exitCode ?? 0, stdout: events.map((event) => JSON.stringify(event)).join('\n') };
  };
  const system = recordedSystem({
    platform: 'darwin',
    programs: {
      'csrutil status': capture('csrutil/enabled.txt'),
      'nvram boot-args': { exitCode: 1, stderr: capture('csrutil/nvram-boot-args-absent.txt') },
      'sw_vers -productVersion': '15.4\n',
      'system_profiler -json SPHardwareDataType': JSON.stringify({
        SPHardwareDataType: [{ provisioning_UDID: DEVICE }],
      }),
      'xattr -p': { exitCode: 1, stderr: 'No such xattr: com.apple.quarantine' },
      'xattr -rd': '',
      mdfind: '',
      ioreg: () => registry(mac),
      ifconfig: () => interfaces(mac),
      'networksetup -listallhardwareports': () =>
        mac.ports
          .map(
            (name, index) =>
              `Hardware Port: Gadget, Port ${index + 1}\nDevice: ${name}\nEthernet Address: 02:00:00:00:00:0a\n`,
          )
          .join('\n'),
      ps: () =>
        mac.processes
          .map((build, index) => `${700 + index} /Library/SystemExtensions/${unique(build)}/${DEXT}.dext/${DEXT}`)
          .join('\n'),
      lsof: () => mac.connections,
      'systemextensionsctl list': () => list(mac),
      [`${APP}/Contents/MacOS/Multiport --activate`]: request('activate'),
      [`${APP}/Contents/MacOS/Multiport --deactivate`]: request('deactivate'),
      ...programs,
    },
  });
  await writeDatabase(system, mac);
  for (const name of ['profiles/development.json', 'profiles/release.json']) {
    await system.files.write(join(PROJECT_ROOT, name), readFileSync(join(PROJECT_ROOT, name)));
  }
  return Object.assign(system, { mac });
}

export async function writeDatabase(system: RecordedSystem, { versions, database, hashes }: MacState): Promise<void> {
  if (!database) return system.files.remove(DATABASE_PATH);
  const extensions = versions.map(
    ({ build: number, state, cdhashes = hashes[number] ?? [], unique: id = unique(number) }) => ({
      identifier: DEXT,
      state,
      teamID: 'ABCDE12345',
      uniqueID: id,
      categories: ['com.apple.system_extension.driver_extension'],
      bundleVersion: { CFBundleShortVersionString: '1.0', CFBundleVersion: number },
      stagedCdhashes: Object.fromEntries(cdhashes.map((hash) => [hash, { cputype: 16777228, cpusubtype: 0 }])),
    }),
  );
  const other = {
    identifier: 'com.example.other',
    state: 'activated_enabled',
    bundleVersion: { CFBundleVersion: '9' },
  };
  await system.files.write(
    DATABASE_PATH,
    build({ version: 1, developerMode: false, extensions: [other, ...extensions] }),
  );
}

function list({ versions }: MacState): string {
  const rows = versions.map(
    ({ build: number, state }) =>
      `*\t*\tABCDE12345\t${DEXT} (1.0/${number})\tMultiport\t[${state.replaceAll('_', ' ')}]`,
  );
  return [
    `${rows.length} extension(s)`,
    '--- com.apple.system_extension.driver_extension',
    'enabled\tactive\tteamID\tbundleID (version)\tname\t[state]',
    ...rows,
  ].join('\n');
}

let nextId = 0x100000500;
const entry = (
  className: string,
  name: string,
  properties: Record<string, PlistValue>,
  children: PlistValue[] = [],
): PlistValue => ({
  IOObjectClass: className,
  IORegistryEntryName: name,
  IORegistryEntryID: nextId++,
  ...properties,
  ...(children.length > 0 ? { IORegistryEntryChildren: children } : {}),
});

function registry({ adapters, matched, ports, clients }: MacState): string {
  const served = { CFBundleIdentifier: DEXT, IOUserServerName: DEXT };
  const jacks = ports.map((name, index) =>
    entry('IOUserService', 'PortNub', { ...served, IOUserClass: 'PortNub' }, [
      entry(
        'IOUserNetworkEthernet',
        `Port ${index + 1}`,
        { ...served, IOUserClass: 'PortEthernet', IOProviderClass: 'IOUserService' },
        [
          entry(
            'IOSkywalkLegacyEthernet',
            'IOSkywalkLegacyEthernet',
            {},
            name === undefined ? [] : [entry('IOSkywalkLegacyEthernetInterface', name, { 'BSD Name': name })],
          ),
        ],
      ),
    ]),
  );
  const opened = clients.map((creator) =>
    entry('IOUserUserClient', 'MultiportUserClient', {
      ...served,
      IOUserClass: 'MultiportUserClient',
      IOUserClientCreator: creator,
    }),
  );
  const controller = matched
    ? [
        entry(
          'IOUserService',
          'MultiportController',
          { ...served, IOUserClass: 'MultiportController', IOProviderClass: 'IOUSBHostDevice' },
          [...jacks, ...opened],
        ),
      ]
    : [];
  const devices = Array.from({ length: adapters }, (_, index) =>
    entry('IOUSBHostDevice', 'Gadget', { idVendor: 0x1d6b, idProduct: 0x0104 }, index === 0 ? controller : []),
  );
  const hub = entry('IOUSBHostDevice', 'USB2 Hub', { idVendor: 0x2109, idProduct: 0x2817 }, devices);
  return build([hub, ...devices]); // ioreg -r prints a device behind a hub twice
}

function interfaces({ ports, addresses }: MacState): string {
  const named = ports.flatMap((name) => (name === undefined ? [] : [name]));
  return ['en0', ...named]
    .map((name) => {
      const lines = (addresses[name] ?? []).map(
        (address) => `\tinet${address.includes(':') ? '6' : ''} ${address} netmask 0xffffff00`,
      );
      return [
        `${name}: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500`,
        '\tether 02:00:00:00:00:0a',
        ...lines,
        '\tmedia: autoselect (1000baseT <full-duplex>)',
        '\tstatus: active',
      ].join('\n');
    })
    .join('\n');
}

export interface AppWish {
  readonly build?: string;
  readonly kind?: 'development' | 'developer-id';
  /** Changes one thing before everything is signed. */
  readonly change?: (recipe: Recipe) => Recipe;
}

/** An app of ours as Xcode would leave it: signed for development, with a dext of this build. */
export async function putApp(
  system: RecordedMac,
  path: string,
  { build: number = '5', kind = 'development', change = (same) => same }: AppWish = {},
): Promise<void> {
  const plain = plainRecipe(kind);
  const recipe: Recipe = {
    ...plain,
    dext: {
      ...plain.dext,
      ...renamed(plain.dext, DEXT),
      folder: `Contents/Library/SystemExtensions/${DEXT}.dext`,
      executable: DEXT,
      info: { ...ourIds(plain.dext.info), CFBundleExecutable: DEXT, CFBundleVersion: number },
    },
    app: {
      ...plain.app,
      ...renamed(plain.app, APP_BUNDLE),
      info: { ...plain.app.info, CFBundleIdentifier: APP_BUNDLE, CFBundleVersion: number },
    },
  };
  const files = makeApp(change(recipe));
  for (const [below, content] of files)
    await system.files.write(join(path, below), typeof content === 'string' ? content : new Uint8Array(content));
  const dext = readBundle(memoryTree(files), 'Multiport.app').dexts[0];
  const slices = dext?.program?.ok ? dext.program.value.slices : [];
  system.mac.hashes[number] = slices.flatMap(({ signed }) =>
    signed?.ok ? [bestDirectory(signed.value.signature.directories).cdhash] : [],
  );
}

/** The names of the plain recipe, replaced by ours. */
const ourIds = (info: PlainDict): PlainDict =>
  JSON.parse(JSON.stringify(info).replaceAll('com.example.multiport.driver', DEXT)) as PlainDict;

function renamed(
  { entitlements, profile }: ProgramRecipe,
  identifier: string,
): Pick<ProgramRecipe, 'entitlements' | 'profile'> {
  const application = { 'com.apple.application-identifier': `${TEAM}.${identifier}` };
  return {
    entitlements: { ...entitlements, ...application },
    profile: profile && { ...profile, identifier, entitlements: { ...profile.entitlements, ...application } },
  };
}
