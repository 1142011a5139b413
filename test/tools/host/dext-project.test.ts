import { describe, expect, it } from 'vitest';
import { dextAmong, dextProject, missingKits } from '../../../tools/model/host/dext-project.ts';
import { dextCmake } from '../../../tools/report/host/dext-cmake.ts';

const FILES = [
  '/p/App/main.cpp',
  '/p/App/Info.plist',
  '/p/Driver/Info.plist',
  '/p/Driver/D.iig',
  '/p/Driver/src/D.cpp',
];
const sources = { infoPlist: '/p/Driver/Info.plist', cpp: ['/p/Driver/src/D.cpp'], iig: ['/p/Driver/D.iig'] };

describe('dextAmong', () => {
  it('takes what lies beside and below the Info.plist with personalities', () => {
    expect(dextAmong('/p', FILES, ['/p/Driver/Info.plist'])).toEqual(sources);
  });

  it.each([
    ['no dext', FILES, [], '/p has no Info.plist with IOKitPersonalities'],
    ['two dexts', FILES, ['/p/A/Info.plist', '/p/B/Info.plist'], '/p has 2 dexts: /p/A, /p/B'],
    ['no sources', ['/p/Driver/Info.plist'], ['/p/Driver/Info.plist'], '/p/Driver has no C++ sources'],
  ])('refuses %s', (_, files, infos, words) => expect(() => dextAmong('/p', files, infos)).toThrow(words));
});

describe('dextProject', () => {
  it('names a dext after its folder when only Xcode knows its identifier', () => {
    const { identifier, info } = dextProject(sources, { CFBundleIdentifier: '$(PRODUCT_BUNDLE_IDENTIFIER)' }, {});
    expect(identifier).toBe('local.Driver');
    expect(info).toEqual({ CFBundleIdentifier: 'local.Driver', CFBundleExecutable: 'local.Driver' });
  });

  it('lets the caller say build settings', () => {
    const info = { CFBundleIdentifier: '$(PRODUCT_BUNDLE_IDENTIFIER)', Name: '$(EXECUTABLE_NAME)' };
    const project = dextProject(sources, info, { PRODUCT_BUNDLE_IDENTIFIER: 'org.example.driver' });
    expect(project.info).toMatchObject({ CFBundleIdentifier: 'org.example.driver', Name: 'org.example.driver' });
  });

  it('refuses an identifier that could leave its folder', () => {
    expect(() => dextProject(sources, { CFBundleIdentifier: '../../evil' }, {})).toThrow('only letters, digits');
  });
});

describe('missingKits', () => {
  it('finds kits the host does not have, each once', () => {
    const text =
      '#include <HIDDriverKit/HIDDriverKit.h>\n#import <PCIDriverKit/PCIDriverKit.h>\n#include <USBDriverKit/X.h>\n';
    expect(missingKits([text, text])).toEqual(['HIDDriverKit', 'PCIDriverKit']);
  });
});

describe('dextCmake', () => {
  it('quotes what CMake would read otherwise', () => {
    const odd = { ...sources, cpp: ['/p/Driver/a "$b".cpp'] };
    const text = dextCmake({ identifier: 'local.Driver', sources: odd, info: {} }, ['/p/inc']);
    expect(text).toContain('"/p/Driver/a \\"\\$b\\".cpp"');
    expect(text).toContain('"/p/inc"');
  });
});
