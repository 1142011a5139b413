import { build, buildBinary } from 'plist';
import { describe, expect, it } from 'vitest';
import { parseExtensionsDatabase } from '../../../tools/model/apple/extensions-database.ts';
import { UserError } from '../../../tools/model/user-error.ts';
import { capture } from '../../support/captures.ts';

describe('db.plist', () => {
  it('is read as `defaults read` prints it, with abridged data', () => {
    const { developerMode, extensions } = parseExtensionsDatabase(
      capture('systemextensionsctl/db-plist-defaults-read.txt'),
    );
    expect(developerMode).toBe(false);
    expect(extensions.map(({ identifier }) => identifier)).toEqual([
      'ch.protonvpn.mac.OpenVPN-Extension',
      'at.obdev.littlesnitch.networkextension',
      'ch.protonvpn.mac.WireGuard-Extension',
      'com.obsproject.obs-studio.mac-camera-extension',
    ]);
    expect(extensions[1]).toEqual({
      identifier: 'at.obdev.littlesnitch.networkextension',
      version: { short: '5.5', build: '6273' },
      state: { word: 'activated_enabled', phase: 'staged' },
      team: 'MLZF7K7B5R',
      category: 'com.apple.system_extension.network_extension',
      uniqueId: '33593376-322C-47B5-BF99-9DE1ACE68DAD',
      originPath:
        '/Applications/Little Snitch.app/Contents/Library/SystemExtensions/at.obdev.littlesnitch.networkextension.systemextension',
      containerPath: undefined,
      stagedPath:
        '/Library/SystemExtensions/33593376-322C-47B5-BF99-9DE1ACE68DAD/at.obdev.littlesnitch.networkextension.systemextension',
      cdhashes: ['191878b25be9436ebfc3e14648f4584901eab657', '27d374587e4c0ea1103d1b80b305751568ebae2b'],
    });
  });

  const database = {
    developerMode: true,
    extensions: [
      { identifier: 'org.a.b', state: 'activated_waiting_for_user', stagedBundleURL: { relative: 'file:///L/%zz' } },
    ],
  };

  it.each([
    ['XML', build(database)],
    ['binary', buildBinary(database)],
  ])('is read as %s', (_, source) => {
    const { developerMode, extensions } = parseExtensionsDatabase(source);
    expect(developerMode).toBe(true);
    expect(extensions[0]).toMatchObject({
      identifier: 'org.a.b',
      state: { phase: 'waits-for-user' },
      stagedPath: undefined,
    });
  });

  it('keeps extensions of a shape nobody promised', () => {
    expect(parseExtensionsDatabase(build({ extensions: ['what', { state: 7 }], version: 9 })).extensions).toHaveLength(
      2,
    );
  });

  it('says what is wrong with something else', () => {
    expect(() => parseExtensionsDatabase('<plist><dict>')).toThrow(UserError);
    expect(() => parseExtensionsDatabase(new Uint8Array([0x62, 0x70, 0x6c, 0x69, 0x73, 0x74, 0x30, 0x30]))).toThrow(
      UserError,
    );
  });
});
