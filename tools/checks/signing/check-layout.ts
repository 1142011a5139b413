// check-layout.ts — where things lie: the bundle's form, its name, its Info.plist, and where an app keeps its dexts.

import type { Finding, Trouble } from '../../model/finding.ts';
import type { Bundle } from '../../model/signing/bundle.ts';
import { type PlistDict, show, stringAt } from '../../model/signing/plist.ts';
import { fine, trouble } from './report-trouble.ts';

const CODE_4 =
  'OSSystemExtensionErrorDomain code 4, extensionNotFound; no policy, cannot allow apps outside /Applications';

/** The form of one bundle. A bundle that fails here is hardly worth reading on. */
export function checkLayout(bundle: Bundle): readonly Finding[] {
  const path = bundle.path || bundle.name;
  if (bundle.layout === 'ambiguous' || (bundle.kind === 'dext' && bundle.layout === 'contents')) {
    const seen =
      bundle.layout === 'ambiguous' ? 'Info.plist at the top and a Contents folder' : 'a dext with a Contents folder';
    return [trouble('F10', 'layout-form', { subject: path, seen, related: ['F38'] })];
  }
  if (!bundle.info) {
    return [
      trouble('F10', 'layout-info', {
        subject: bundle.infoPath,
        seen: 'there is no Info.plist',
        consequence: 'codesign: bundle format unrecognized, invalid, or unsuitable (-67028)',
        fix: 'Put Info.plist there.',
      }),
    ];
  }
  if (!bundle.info.ok) {
    return [
      trouble('F43', 'layout-info', {
        subject: bundle.infoPath,
        title: 'Info.plist cannot be read',
        seen: bundle.info.error.message,
        fix: 'Write it again: plutil -lint names the place.',
        confidence: 'high',
      }),
    ];
  }
  return [
    ...checkProgramPresent(bundle, bundle.info.value),
    ...(bundle.kind === 'dext' ? checkDextInfo(bundle, bundle.info.value) : []),
  ];
}

function checkProgramPresent(bundle: Bundle, info: PlistDict): readonly Trouble[] {
  const executable = stringAt(info, 'CFBundleExecutable') ?? '';
  if (bundle.programPath !== undefined && executable !== '') return [];
  return [
    trouble('F10', 'layout-program', {
      subject: bundle.path || bundle.name,
      title: 'the program CFBundleExecutable names is not there',
      seen: `CFBundleExecutable is ${show(info.get('CFBundleExecutable'))}`,
      consequence: 'codesign: code has no main executable (-67010)',
      fix: 'Name the program in CFBundleExecutable and put it where the bundle keeps it.',
    }),
  ];
}

function checkDextInfo(bundle: Bundle, info: PlistDict): readonly Finding[] {
  const found = [...checkIdentity(bundle, info), ...checkKeys(bundle, info)];
  return found.length > 0
    ? found
    : [fine('layout', bundle.path || bundle.name, 'name, layout and Info.plist are as sysextd wants them')];
}

/** What the dext is called: by its folder and by its bundle id. */
function checkIdentity(bundle: Bundle, info: PlistDict): readonly Trouble[] {
  const subject = bundle.path || bundle.name;
  const identifier = stringAt(info, 'CFBundleIdentifier') ?? '';
  if (identifier === '') {
    return [
      trouble('F38', 'info-identifier', {
        subject: bundle.infoPath,
        title: 'the dext has no CFBundleIdentifier',
        seen: `CFBundleIdentifier is ${show(info.get('CFBundleIdentifier'))}`,
        consequence: 'OSSystemExtensionErrorDomain code 5, extensionMissingIdentifier',
        fix: 'Add CFBundleIdentifier.',
      }),
    ];
  }
  if (bundle.name === `${identifier}.dext`) return [];
  return [
    trouble('F32', 'layout-name', {
      subject,
      seen: `the folder is ${bundle.name}, CFBundleIdentifier is ${identifier}`,
      fix: `Name it ${identifier}.dext: set PRODUCT_NAME to the bundle id.`,
      related: ['F38', 'F39'],
    }),
  ];
}

function checkKeys(bundle: Bundle, info: PlistDict): readonly Trouble[] {
  const found: Trouble[] = [];
  const subject = bundle.infoPath;
  const type = stringAt(info, 'CFBundlePackageType');
  if (type !== 'DEXT') {
    found.push(
      trouble('F43', 'info-package-type', {
        subject,
        title: 'CFBundlePackageType is not DEXT',
        seen: `CFBundlePackageType is ${show(info.get('CFBundlePackageType'))}`,
        consequence: 'OSSystemExtensionErrorDomain code 7, unknownExtensionCategory',
        fix: 'Set CFBundlePackageType to DEXT.',
      }),
    );
  }
  const versions = ['CFBundleVersion', 'CFBundleShortVersionString'].filter(
    (key) => (stringAt(info, key) ?? '') === '',
  );
  if (versions.length > 0) {
    found.push(
      trouble('F35', 'info-versions', { subject, seen: `no ${versions.join(' and no ')}`, consequence: CODE_4 }),
    );
  }
  if ((stringAt(info, 'OSBundleUsageDescription') ?? '') === '') found.push(usageTrouble(subject, info));
  return found;
}

/** A key that is nearly OSBundleUsageDescription is another failure than none at all. */
function usageTrouble(subject: string, info: PlistDict): Trouble {
  const near = [...info.keys()].find((key) => /usage.?desc/i.test(key) && key !== 'OSBundleUsageDescription');
  if (near !== undefined) {
    return trouble('F43', 'info-usage-key', {
      subject,
      seen: `${near} instead of OSBundleUsageDescription`,
      fix: 'Name the key OSBundleUsageDescription.',
      related: ['F40'],
    });
  }
  return trouble('F40', 'info-usage', {
    subject,
    seen: `OSBundleUsageDescription is ${show(info.get('OSBundleUsageDescription'))}`,
  });
}

/** Where an app keeps its dexts, and that no two have one id. */
export function checkDexts(bundle: Bundle): readonly Trouble[] {
  const found: Trouble[] = bundle.misplaced.map((path) =>
    trouble('F38', 'layout-place', { subject: path, seen: `the dext lies in ${path.slice(0, path.lastIndexOf('/'))}` }),
  );
  const seen = new Map<string, string>();
  for (const dext of bundle.dexts) {
    const identifier = dext.info?.ok ? (stringAt(dext.info.value, 'CFBundleIdentifier') ?? '') : '';
    const first = seen.get(identifier);
    if (first !== undefined && identifier !== '') {
      found.push(
        trouble('F38', 'layout-duplicate', {
          subject: dext.path,
          title: 'two dexts of the app have the same bundle id',
          seen: `${first} and ${dext.path} both are ${identifier}`,
          consequence: 'OSSystemExtensionErrorDomain code 6, duplicateExtensionIdentifer',
          fix: 'Keep one of them.',
        }),
      );
    }
    seen.set(identifier, dext.path);
  }
  return found;
}
