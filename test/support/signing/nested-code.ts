// nested-code.ts — an app that brings more code than its dext: a framework with versions and links, and a helper program.

import type { Recipe } from './bundle.ts';
import { signSlice } from './code-signature.ts';
import { FAKE, TEAM } from './fake-apple.ts';
import type { Files } from './memory-tree.ts';
import { type PlainDict, xmlPlist } from './plist.ts';
import { developerIdRequirements } from './requirement.ts';
import { makeSeal } from './seal.ts';

export const HELPER_PATH = 'Contents/Helpers/ports-helper';

export interface NestedWish {
  readonly helperEntitlements?: PlainDict;
  readonly helperTeam?: string;
}

const SLICE = { cpu: 'arm64', platform: 1, minimum: '12.0', mentions: [] } as const;

/** Adds a framework, a helper program and a link to the app; all three are sealed as codesign seals them. */
export function withNestedCode(wish: NestedWish): (recipe: Recipe) => Recipe {
  return (recipe) => {
    const framework = makeFramework();
    const helper = signSlice(SLICE, {
      ...signing('ports-helper'),
      team: wish.helperTeam ?? TEAM,
      entitlements: wish.helperEntitlements ?? {},
    });
    const files: Files = new Map(recipe.app.files);
    for (const [path, content] of framework.files) files.set(`Frameworks/Ports.framework/${path}`, content);
    files.set('Helpers/ports-helper', helper.bytes);
    files.set('Resources/link', 'app.icns');
    const code = new Map([
      ['Frameworks/Ports.framework', framework.cdhash],
      ['Helpers/ports-helper', helper.cdhash],
    ]);
    return { ...recipe, app: { ...recipe.app, files, code } };
  };
}

function signing(identifier: string) {
  const requirements = developerIdRequirements(identifier, TEAM);
  return {
    identifier,
    team: TEAM,
    signer: FAKE.developerId,
    timestamp: new Date('2026-03-01T12:00:00Z'),
    requirements,
  };
}

function makeFramework(): { files: Files; cdhash: Buffer } {
  const identifier = 'com.example.ports';
  const info = xmlPlist({ CFBundleIdentifier: identifier, CFBundleExecutable: 'Ports', CFBundlePackageType: 'FMWK' });
  const files: Files = new Map<string, Buffer | string>([
    ['Versions/A/Resources/Info.plist', info],
    ['Versions/A/Resources/words.txt', Buffer.from('words')],
  ]);
  const resources = makeSeal(files, 'Versions/A/', 'Versions/A/Ports', 'flat');
  files.set('Versions/A/_CodeSignature/CodeResources', resources);
  const { bytes, cdhash } = signSlice(SLICE, { ...signing(identifier), entitlements: {}, info, resources });
  files.set('Versions/A/Ports', bytes);
  files.set('Versions/Current', 'A');
  files.set('Ports', 'Versions/Current/Ports');
  files.set('Resources', 'Versions/Current/Resources');
  return { files, cdhash };
}
