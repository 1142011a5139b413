import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../../tools/adapters/project.ts';
import { BUNDLE } from '../../../tools/generate/bundle.ts';
import { type NamedDevice, readDeviceFiles } from '../../../tools/generate/device-file.ts';
import { entitlements } from '../../../tools/generate/entitlements.ts';
import { generatedFiles } from '../../../tools/generate/generated-files.ts';
import { asDictionary, type Dictionary, parsePropertyList } from '../../../tools/model/apple/property-list.ts';

const read = (name: string, options = {}) =>
  asDictionary(parsePropertyList(generatedFiles(PROJECT_ROOT, options).get(name) ?? '', name));
const personalities = (options = {}) =>
  Object.values(asDictionary(read('Info.plist', options).IOKitPersonalities)).map((value) => asDictionary(value));
const ofClass = (name: string, all: readonly Dictionary[]) => all.filter(({ IOUserClass }) => IOUserClass === name);

const USB = 'com.apple.developer.driverkit.transport.usb';

describe('dext/generated', () => {
  it('is fresh, and nothing else lies there', () => {
    const folder = join(PROJECT_ROOT, 'dext', 'generated');
    const files = generatedFiles(PROJECT_ROOT);
    for (const [name, text] of files) expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text);
    expect(readdirSync(folder).sort()).toEqual(['README.md', ...files.keys()].sort());
  });

  it('carries the one version of package.json', () => {
    const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
    expect(read('Info.plist')).toMatchObject({ CFBundleVersion: version, CFBundleShortVersionString: version });
    expect(generatedFiles(PROJECT_ROOT).get('devices.h')).toContain(`kVersion = "${version}"`);
  });

  it('matches each adapter by vendor and product and by no key of an interface', () => {
    const controllers = ofClass(BUNDLE.controllerClass, personalities());
    expect(controllers.map(({ idVendor, idProduct }) => [idVendor, idProduct])).toEqual([
      [0x1d6b, 0x0104],
      [0x1209, 0x0001],
    ]);
    for (const controller of controllers) {
      expect(
        Object.keys(controller).filter((key) => key.startsWith('bInterface') || key === 'bConfigurationValue'),
      ).toEqual([]);
      expect(controller[BUNDLE.nubProperties]).toEqual({
        IOClass: 'IOUserService',
        IOUserClass: 'PortNub',
        MultiportNub: 'port',
      });
    }
  });

  it('asks of a port’s provider what Create puts on a nub, and on nothing else', () => {
    const [controller] = ofClass(BUNDLE.controllerClass, personalities());
    const [port] = ofClass(BUNDLE.portClass, personalities());
    const { IOClass, ...rest } = asDictionary(controller?.[BUNDLE.nubProperties]);
    expect(port?.IOProviderClass).toBe(IOClass);
    expect(port?.IOPropertyMatch).toEqual(rest);
  });

  it.each([true, false])('puts the one-process key on every personality or on none (%s)', (oneProcess) => {
    for (const personality of personalities({ oneProcess }))
      expect('IOUserServerOneProcess' in personality).toBe(oneProcess);
  });

  it('names a process after the bundle, whose first two parts the kernel compares', () => {
    for (const { IOUserServerName, CFBundleIdentifier } of personalities())
      expect([IOUserServerName, CFBundleIdentifier]).toEqual([BUNDLE.identifier, BUNDLE.identifier]);
  });

  it('lets any program open the driver in development only', () => {
    const anybody = 'com.apple.developer.driverkit.allow-any-userclient-access';
    expect(read('development.entitlements')).toHaveProperty([anybody], true);
    expect(read('release.entitlements')).not.toHaveProperty([anybody]);
  });

  it('claim the vendors of products in a release, and none of adapters for tests', () => {
    expect(read('release.entitlements')).toHaveProperty(USB, []);
    const [ours] = readDeviceFiles(join(PROJECT_ROOT, 'firmware-info'));
    if (!ours) throw new Error('there is a device file');
    const { forTests, ...file } = ours.file;
    const device = (id: string, isForTests: boolean): NamedDevice => {
      const vendor = { ...file.vendor, id };
      return { folder: id, file: { ...file, vendor, ...(isForTests && forTests ? { forTests } : {}) } };
    };
    const devices = [device('0x1209', true), device('0x0b95', false)];
    expect(entitlements(devices, 'release')).toHaveProperty(USB, [{ idVendor: 0x0b95 }]);
  });
});
