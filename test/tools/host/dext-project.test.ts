import { describe, expect, it } from 'vitest';
import { dextAmong, dextProject } from '../../../tools/model/host/dext-project.ts';
import { missingKits } from '../../../tools/model/host/missing-kits.ts';
import { declaredClasses, unknownClasses } from '../../../tools/model/host/user-classes.ts';
import { failureOf, showsLine } from '../../../tools/report/host/compiler-output.ts';
import { dextCmake } from '../../../tools/report/host/dext-cmake.ts';

const FILES = [
  '/p/App/main.cpp',
  '/p/App/Info.plist',
  '/p/Driver/Info.plist',
  '/p/Driver/D.iig',
  '/p/Driver/src/D.cpp',
];
const sources = {
  infoPlist: '/p/Driver/Info.plist',
  cpp: ['/p/Driver/src/D.cpp'],
  iig: ['/p/Driver/D.iig'],
  headers: [],
};

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
  const source = (text: string) => [{ path: '/p/D.cpp', text }];

  it('finds the first include of each framework the host does not have, with its place', () => {
    const text =
      '\n#include <HIDDriverKit/HIDDriverKit.h>\n#import <PCIDriverKit/IOPCIDevice.iig>\n#include <USBDriverKit/X.h>\n';
    expect(missingKits(source(text + text), [])).toEqual([
      { kit: 'HIDDriverKit', path: '/p/D.cpp', line: 2, include: 'HIDDriverKit/HIDDriverKit.h' },
      { kit: 'PCIDriverKit', path: '/p/D.cpp', line: 3, include: 'PCIDriverKit/IOPCIDevice.iig' },
    ]);
  });

  it('goes into headers that are included, and no others', () => {
    const guarded = '#ifndef D_h\n#define D_h\n#include <AudioDriverKit/A.h>\n#endif\n';
    const headers = [
      { path: '/p/inc/D.h', text: guarded },
      { path: '/p/Other.h', text: '#include <HIDDriverKit/H.h>' },
    ];
    expect(missingKits(source('#include "inc/D.h"'), headers)).toMatchObject([{ path: '/p/inc/D.h', line: 3 }]);
  });

  it('leaves what is compiled on a condition to the compiler', () => {
    expect(missingKits(source('#if WITH_HID\n#include <HIDDriverKit/H.h>\n#endif\n'), [])).toEqual([]);
  });
});

describe('unknownClasses', () => {
  const declared = declaredClasses([
    'class Loop : public IOService {\n};\nclass LOCALONLY Part: public OSObject {};\nclass OSData;',
  ]);

  it('finds classes that no .iig declares, however deep, but not those of frameworks', () => {
    expect(declared).toEqual(['Loop', 'Part']);
    const info = {
      IOKitPersonalities: {
        A: { IOUserClass: 'Loop', UserClientProperties: { IOClass: 'IOUserUserClient', IOUserClass: 'Client' } },
        B: { IOUserClass: 'IOUserService' },
      },
    };
    expect(unknownClasses(info, declared)).toEqual([
      { name: 'Client', where: 'IOKitPersonalities, A, UserClientProperties, IOUserClass' },
    ]);
  });
});

describe('the output of a failed build', () => {
  const output = [
    '[3/9] Building CXX object x.o',
    'FAILED: x.o ',
    'clang++ -c x.cpp',
    "x.cpp:7:10: fatal error: 'HIDDriverKit/HIDDriverKit.h' file not found",
    'D.iig:3:1: found `x`, expected a method',
    'ninja: build stopped: subcommand failed.',
  ];

  it('is shown without the commands', () => {
    const shows = showsLine();
    expect(output.filter((line) => shows(line))).toEqual(output.slice(3, 5));
  });

  it('comes down to the framework that is missing, or the number of errors', () => {
    expect(failureOf(output).message).toBe('x.cpp includes HIDDriverKit/HIDDriverKit.h: the host has no HIDDriverKit');
    expect(failureOf(output.slice(4)).message).toBe('The dext does not build: one error, above');
    expect(failureOf([...output.slice(4), "x.cpp:1:1: error: 'USBDriverKit/X.h' file not found"]).message).toContain(
      '2 errors',
    );
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
