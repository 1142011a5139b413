import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { entitlements } from '../../../tools/commands/provision/entitlements.ts';
import { request } from '../../../tools/commands/provision/request.ts';
import { status } from '../../../tools/commands/provision/status.ts';
import { type ProfileContent, profileBytes } from '../../support/apple-account.ts';
import { capture } from '../../support/captures.ts';
import { type RecordedSystem, type Recording, recordedSystem } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';

let system: RecordedSystem;
afterEach(() => system.dispose());

const UDID = '00008103-000A1B2C3D4E5F60';
const MAC: Readonly<Record<string, Recording>> = {
  'csrutil status': capture('csrutil/enabled.txt'),
  'nvram boot-args': { exitCode: 1, stderr: capture('csrutil/nvram-boot-args-absent.txt') },
  'security find-identity': capture('security/find-identity-mixed-revoked.txt'),
  'system_profiler -json SPHardwareDataType': JSON.stringify({ SPHardwareDataType: [{ provisioning_UDID: UDID }] }),
};

async function start(platform: 'darwin' | 'linux', programs: Readonly<Record<string, Recording>> = MAC) {
  system = recordedSystem({ platform, programs, now: new Date('2026-08-01T12:00:00Z') });
  for (const name of ['profiles/development.json', 'profiles/release.json']) {
    await system.files.write(join(PROJECT_ROOT, name), readFileSync(join(PROJECT_ROOT, name)));
  }
}

const DEXT: ProfileContent = {
  name: 'Dext',
  bundleId: 'org.multiport.Multiport.driver',
  kind: 'development',
  devices: [UDID],
  entitlements: {
    'com.apple.developer.driverkit': true,
    'com.apple.developer.driverkit.allow-any-userclient-access': true,
    'com.apple.developer.driverkit.family.networking': true,
    'com.apple.developer.driverkit.transport.usb': [{ idVendor: '*' }],
  },
};
const put = (content: Partial<ProfileContent>, name = 'a') =>
  system.files.write(join(PROJECT_ROOT, `profiles/${name}.provisionprofile`), profileBytes({ ...DEXT, ...content }));

describe('tools/provision status', () => {
  it('says on a Mac what is there and what comes next', async () => {
    await start('darwin');
    await put({});
    expect(await status([], system)).toBe(1);
    const { out } = system.printed;
    expect(out).toContain(`✔ Provisioning id of this Mac: ${UDID}`);
    expect(out).toContain('✔ System Integrity Protection is on');
    expect(out).toContain('✔ Identity: Apple Development: Example Three (AA00AABB0A)');
    expect(out).toContain('○ Xcode is not installed');
    expect(out).toContain('✔ "Dext" for org.multiport.Multiport.driver, development, until 2027-02-01');
    expect(out).toContain('Next: Users and Access > Integrations');
  });

  it.each([
    [
      { expires: new Date('2026-07-31') },
      '✖ "Dext" for org.multiport.Multiport.driver, development, has expired on 2026-07-31',
    ],
    [{ expires: new Date('2026-08-20') }, 'ends in 18 days'],
    [{ devices: ['00008112-0000000000000001'] }, 'does not list this Mac'],
    [
      { genuine: false },
      '✖ "Dext" for org.multiport.Multiport.driver, development: F20 the provisioning profile is not genuine',
    ],
  ])('warns of %j', async (content, words) => {
    await start('darwin');
    await put(content);
    await status([], system);
    expect(system.printed.out).toContain(words);
  });

  it.each([
    [
      'csrutil status',
      capture('csrutil/custom-configuration.txt'),
      'partly off: Apple Internal, NVRAM Protections, Boot-arg Restrictions',
    ],
    ['csrutil status', capture('csrutil/disabled.txt'), 'System Integrity Protection is off'],
    ['nvram boot-args', 'boot-args\tamfi_get_out_of_my_way=1 -v', 'weaken the checks: amfi_get_out_of_my_way=1.'],
    ['security find-identity', capture('security/find-identity-zero.txt'), '○ No valid identity in the keychain'],
    ['xcodebuild -version', 'Xcode 16.2\n', 'Xcode 16.2, DriverKit SDK missing'],
  ])('tells from `%s` what differs', async (program, output, words) => {
    await start('darwin', { ...MAC, 'xcrun --sdk': { exitCode: 1 }, [program]: output });
    await status([], system);
    expect(system.printed.out).toContain(words);
  });

  it('says on Linux that identities need a Mac, and starts nothing', async () => {
    await start('linux');
    expect(await status([], system)).toBe(1);
    expect(system.printed.out).toContain('only a Mac has them');
    expect(system.commands).toEqual([]);
  });

  it('keeps to its schema on both systems', async () => {
    for (const platform of ['darwin', 'linux'] as const) {
      await start(platform);
      await put({});
      await status(['--json'], system);
      expect(schemaErrors('provision-status', system.printed.out)).toEqual([]);
      if (platform === 'darwin') system.dispose();
    }
  });

  it('passes over a file that is no profile', async () => {
    await start('linux');
    await system.files.write(join(PROJECT_ROOT, 'profiles/b.provisionprofile'), 'hello');
    await status([], system);
    expect(system.printed.out).toContain('No provisioning profile lies in profiles/');
  });
});

describe('tools/provision entitlements', () => {
  it('prints a property list for the dext, and the problem as an error', async () => {
    await start('linux');
    await put({});
    expect(await entitlements([], system)).toBe(0);
    expect(system.printed.out).toMatch(
      /^<\?xml[\s\S]*<string>A1B2C3D4E5\.org\.multiport\.Multiport\.driver<\/string>[\s\S]*<\/plist>\n$/,
    );
    await expect(entitlements(['--part', 'app'], system)).rejects.toThrow(
      'No valid profile for org.multiport.Multiport lies in profiles/',
    );
  });

  it('takes the profile that lasts longest, and none that has expired', async () => {
    await start('linux');
    await put({ name: 'old', expires: new Date('2026-07-01') }, 'old');
    await put({ name: 'short', expires: new Date('2026-09-01') }, 'short');
    await put({ name: 'long', expires: new Date('2027-01-01') }, 'long');
    await entitlements(['--json'], system);
    expect(JSON.parse(system.printed.out).profile.name).toBe('long');
    expect(schemaErrors('provision-entitlements', system.printed.out)).toEqual([]);
  });

  it.each([
    ['has expired', { expires: new Date('2026-07-01') }],
    ['Apple did not sign', { genuine: false }],
    ['is for another purpose', { kind: 'developer-id' as const }],
    ['is for another bundle', { bundleId: 'org.multiport.Other' }],
  ])('takes no profile that %s', async (_, content) => {
    await start('linux');
    await put(content);
    await expect(entitlements([], system)).rejects.toThrow('No valid profile');
  });

  it('says in JSON what the profile lacks', async () => {
    await start('linux');
    await put({ entitlements: { 'com.apple.developer.driverkit': true } });
    expect(await entitlements(['--json'], system)).toBe(1);
    const { problems, entitlements: claimed } = JSON.parse(system.printed.out);
    expect(claimed).toBeNull();
    expect(problems.map(({ entitlement }: { entitlement: string }) => entitlement)).toEqual([
      'com.apple.developer.driverkit.allow-any-userclient-access',
      'com.apple.developer.driverkit.family.networking',
      'com.apple.developer.driverkit.transport.usb',
    ]);
    expect(schemaErrors('provision-entitlements', system.printed.out)).toEqual([]);
  });
});

describe('tools/provision request', () => {
  const nameAdapters = async (...folders: string[]) => {
    const path = join(PROJECT_ROOT, 'profiles/release.json');
    const wishes = JSON.parse((await system.files.readText(path)) ?? '');
    await system.files.write(path, JSON.stringify({ ...wishes, adapters: folders }));
  };

  it('has nothing to ask while all adapters are for tests, and nobody named one', async () => {
    await start('linux');
    await expect(request([], system)).rejects.toMatchObject({
      exitCode: 1,
      message: 'Nothing to ask for: firmware-info describes no adapter that is not for tests',
    });
  });

  it('has the vendor ids of the adapters, decimal as the entitlement wants them', async () => {
    await start('linux');
    await nameAdapters('linux-gadget', 'multiport-simulated');
    expect(await request([], system)).toBe(0);
    expect(system.printed.out).toContain('7531 (0x1d6b) Linux');
    expect(system.printed.out).toContain('[{"idVendor":7531},{"idVendor":4617}]');
    expect(system.printed.out).not.toContain('allow-any-userclient-access');
  });

  it('asks only for the adapters that are named', async () => {
    await start('linux');
    await nameAdapters('linux-gadget');
    await request(['--json'], system);
    expect(system.printed.out).toContain('7531');
    expect(system.printed.out).not.toContain('4617');
    expect(schemaErrors('provision-request', system.printed.out)).toEqual([]);
    await nameAdapters('no-such');
    await expect(request([], system)).rejects.toMatchObject({ exitCode: 2 });
  });
});
