import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sign, verifySignature } from '../../../tools/adapters/apple/codesign.ts';
import { requestOfApp } from '../../../tools/adapters/apple/host-app.ts';
import {
  bootArguments,
  hardware,
  integrityProtection,
  systemVersion,
  usbDevices,
  xcode,
} from '../../../tools/adapters/apple/mac.ts';
import { assess, notarise, notaryIssues, staple, validateStaple } from '../../../tools/adapters/apple/notary.ts';
import { deleteIdentity, importIntoKeychain, signingIdentities } from '../../../tools/adapters/apple/security.ts';
import {
  connections,
  extensionsDatabase,
  hardwarePorts,
  interfaces,
  listExtensions,
  runningDexts,
  services,
} from '../../../tools/adapters/apple/system-extensions.ts';
import type { System } from '../../../tools/adapters/system.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { explain } from '../../../tools/report/explain.ts';
import { capture } from '../../support/captures.ts';
import { type RecordedSystem, type Recording, recordedSystem } from '../../support/recorded-system.ts';

let system: RecordedSystem;
afterEach(() => system.dispose());
const mac = (programs: Readonly<Record<string, Recording>>) => {
  system = recordedSystem({ programs });
  return system;
};

describe('codesign', () => {
  it('signs for development without, and for release with, what the notary wants', async () => {
    mac({ 'codesign --force': '' });
    const common = { identity: 'AB12', entitlements: 'e.plist' };
    await sign(system, 'A.app', { ...common, forRelease: false });
    await sign(system, 'A.app', { ...common, forRelease: true });
    expect(system.commands).toEqual([
      'codesign --force --sign AB12 --entitlements e.plist --timestamp=none A.app',
      'codesign --force --sign AB12 --entitlements e.plist --options runtime --timestamp A.app',
    ]);
  });

  it('passes its words on when it cannot sign', async () => {
    mac({ codesign: { exitCode: 1, stderr: 'A.app: errSecInternalComponent\n' } });
    const request = sign(system, 'A.app', { identity: 'AB12', entitlements: 'e.plist', forRelease: false });
    await expect(request).rejects.toMatchObject({
      message: 'codesign --sign failed',
      fix: 'A.app: errSecInternalComponent',
    });
  });

  it('says to standard error what does not fit the seal', async () => {
    mac({ 'codesign --verify': { exitCode: 1, stderr: capture('codesign/verify-sealed-resource.txt') } });
    expect(await verifySignature(system, 'A.app')).toMatchObject({
      valid: false,
      problem: 'a sealed resource is missing or invalid',
    });
  });
});

describe('the notary', () => {
  it('takes no exit code for a verdict, and no secret on its command line', async () => {
    const submission = '{"id":"2efe2717-52ef-43a5-96dc-0797e4ca1041","status":"Invalid"}';
    const log = JSON.stringify({
      issues: [{ severity: 'error', path: 'a.zip', message: 'The signature does not include a secure timestamp.' }],
    });
    mac({ 'xcrun notarytool submit': submission, 'xcrun notarytool log': log });
    const { id, status } = await notarise(system, 'A.zip', 'multiport');
    expect(status).toBe('Invalid');
    expect((await notaryIssues(system, id ?? '', 'multiport'))[0]?.message).toContain('secure timestamp');
    expect(system.commands[0]).toBe(
      'xcrun notarytool submit A.zip --keychain-profile multiport --wait --output-format json',
    );
  });

  it('tells a staple from none', async () => {
    const [worked = '', failed = ''] = capture('spctl/stapler.txt').split('---\n');
    mac({
      'xcrun stapler staple': { exitCode: 65, stdout: failed },
      'xcrun stapler validate': worked,
      spctl: { exitCode: 3, stderr: capture('spctl/rejected-unnotarized.txt') },
    });
    expect(await staple(system, 'A.app')).toEqual({ worked: false, error: 65 });
    expect(await validateStaple(system, 'A.app')).toEqual({ worked: true, error: undefined });
    expect(await assess(system, 'A.app')).toMatchObject({ accepted: false, source: 'Unnotarized Developer ID' });
  });
});

describe('the Mac itself', () => {
  it('asks for both USB data types, since macOS 26 leaves the old one empty', async () => {
    mac({
      'system_profiler -json SPUSBDataType SPUSBHostDataType': capture(
        'system_profiler/SPUSBHostDataType-macos26.json',
      ),
    });
    expect((await usbDevices(system)).map(({ name }) => name)).toEqual(['SanDisk 3.2 Gen1']);
  });

  it('has no Xcode where there are only command line tools', async () => {
    mac({ 'xcodebuild -version': { exitCode: 1, stderr: "xcode-select: error: tool 'xcodebuild' requires Xcode" } });
    expect(await xcode(system)).toBeUndefined();
  });

  it('reads versions, protection and boot arguments', async () => {
    mac({
      'sw_vers -productVersion': '26.2\n',
      'csrutil status': capture('csrutil/disabled.txt'),
      'nvram boot-args': capture('csrutil/nvram-boot-args-present.txt'),
    });
    expect(await systemVersion(system)).toBe('26.2');
    expect(await integrityProtection(system)).toEqual({ state: 'disabled' });
    expect(await bootArguments(system)).toContain('debug=0x100');
  });
});

describe('dexts and interfaces', () => {
  it('reads who runs and who talks', async () => {
    mac({
      ps: `  512 ${capture('misc/ps-running-dext.txt')}  513 /usr/sbin/cupsd\n`,
      lsof: 'p4711\ncssh\nf3\nn10.0.0.2:50022->10.0.0.1:22\nf4\nn*:631\n',
      'systemextensionsctl list': capture('systemextensionsctl/list-driver-enabled-macos26.2.txt'),
      ioreg: capture('ioreg/ioreg-a-dext-usb-serial.plist'),
      ifconfig: capture('ifconfig/usb-nic-dext-en10.txt'),
      networksetup: capture('misc/networksetup-listallhardwareports.txt'),
    });
    expect(await runningDexts(system)).toEqual([
      { pid: 512, uniqueId: '257D17B6-0997-44B3-B326-62B91DE9E0CD', identifier: 'org.viewflow.trackpad-probe' },
    ]);
    expect(await connections(system)).toEqual([
      { pid: 4711, command: 'ssh', localAddress: '10.0.0.2', remote: '10.0.0.1:22' },
    ]);
    expect((await listExtensions(system)).extensions).toHaveLength(1);
    expect(await extensionsDatabase(system)).toBeUndefined();
    expect((await services(system, 'IOUSBHostDevice')).map(({ name }) => name)).toEqual(['AppleUSBSLCOM']);
    expect((await interfaces(system)).map(({ name }) => name)).toEqual(['en10']);
    expect(await hardwarePorts(system)).toHaveLength(2);
  });
});

describe('every step that only a Mac can do', () => {
  const steps: Readonly<Record<string, (one: System) => Promise<unknown>>> = {
    security: signingIdentities,
    'security import': (one) => importIntoKeychain(one, 'a.cer'),
    'security delete-identity': (one) => deleteIdentity(one, 'AB'),
    codesign: (one) => verifySignature(one, 'A.app'),
    notarytool: (one) => notarise(one, 'A.zip', 'multiport'),
    stapler: (one) => staple(one, 'A.app'),
    spctl: (one) => assess(one, 'A.app'),
    csrutil: integrityProtection,
    system_profiler: hardware,
    systemextensionsctl: listExtensions,
    'db.plist': extensionsDatabase,
    ioreg: (one) => services(one, 'IOUSBHostDevice'),
    ifconfig: interfaces,
    ps: runningDexts,
    lsof: connections,
    'the host app': (one) => requestOfApp(one, 'A', 'activate', { timeout: 1, onEvent: () => undefined }),
  };

  it.each(Object.keys(steps))('%s: says so on Linux, without a stack and without starting anything', async (name) => {
    system = recordedSystem({ platform: 'linux' });
    const error: unknown = await steps[name]?.(system).then(
      () => 'it went on',
      (thrown: unknown) => thrown,
    );
    expect(explain(error)).toMatchObject({ exitCode: 1, text: expect.stringMatching(/ needs a Mac\n/) });
    expect(system.commands).toEqual([]);
  });
});

describe('a real program', () => {
  const { execute } = realSystem();

  it('passes each line on as soon as it is there', async () => {
    system = recordedSystem();
    const seen: string[] = [];
    const ran = await execute('sh', ['-c', 'echo one; echo two; exit 3'], { onLine: (line) => seen.push(line) });
    expect(seen).toEqual(['one', 'two']);
    expect(ran).toEqual({ exitCode: 3, stdout: 'one\ntwo\n', stderr: '' });
  });

  it('is ended when its time is up, with what it said until then', async () => {
    system = recordedSystem();
    expect(await execute('sh', ['-c', 'echo begun; exec sleep 60'], { timeout: 300 })).toMatchObject({
      exitCode: 124,
      stdout: 'begun\n',
    });
  });
});

describe('a real server', () => {
  it('is left when its answer has no end', async () => {
    const server = createServer((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(1 << 20)));
        response.once('drain', more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = realSystem().http({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {} });
    await expect(answer).rejects.toThrow('answers without end');
    server.closeAllConnections();
    server.close();
    system = recordedSystem();
  }, 20_000);
});
