import { describe, expect, it } from 'vitest';
import { EXTENSION_STATES, extensionState } from '../../../tools/model/apple/system-extension.ts';
import { parseSystemExtensionsList, refusedBySip } from '../../../tools/model/apple/system-extensions-list.ts';
import { capture, capturesIn } from '../../support/captures.ts';

const rowsOf = (name: string) => {
  const { extensions, unreadable } = parseSystemExtensionsList(capture(`systemextensionsctl/list-${name}.txt`));
  expect(unreadable).toEqual([]);
  return extensions.map(({ identifier, version, team, state, enabled, active }) => {
    const stars = [enabled, active].map((star) => (star === undefined ? '?' : star ? '*' : '.')).join('');
    return `${stars} ${team ?? '-'} ${identifier} ${version.short}/${version.build ?? ''} ${state.phase}`;
  });
};

describe('systemextensionsctl list', () => {
  it.each([
    ['zero', []],
    ['driver-enabled-macos12', ['** G43BCU2T37 org.pqrs.Karabiner-DriverKit-VirtualHIDDevice 1.0.0/1.0.0 staged']],
    ['driver-enabled-macos13', ['** G43BCU2T37 org.pqrs.Karabiner-DriverKit-VirtualHIDDevice 1.7.0/1.7.0 staged']],
    ['driver-enabled-macos26.2', ['** JK9U78YRLU com.ronganchina.usbapp.MyUserUSBInterfaceDriver 1.3/4 staged']],
    ['activated-disabled-driver', ['.* QED4VVPZWA com.logi.ghub.hidfilter 1.1.19/1.1.19 disabled']],
    ['waiting-for-user', ['.. WCKWMMKJ35 ai.canyonroad.agentsh.SysExt 1.0/14 waits-for-user']],
    [
      'two-categories-empty-cmio',
      [
        '** W5364U7YZB io.tailscale.ipn.macsys.network-extension 1.98.8/101.98.8 staged',
        '.. YHUG37CKN8 com.surfshark.vpnclient.macos.direct.TransparentProxy 4.29.0/4541 gone-after-reboot',
      ],
    ],
    [
      'upgrade-old-terminated-new-enabled',
      [
        '.. WCKWMMKJ35 ai.canyonroad.agentsh.SysExt 1.0/13 gone-after-reboot',
        '** WCKWMMKJ35 ai.canyonroad.agentsh.SysExt 1.0/14 staged',
      ],
    ],
    [
      'waiting-for-user-active-star',
      [
        '.* 2MMRE5MTB8 com.obsproject.obs-studio.mac-camera-extension 31.1.2/165 waits-for-user',
        '** ABCDE12345 com.vendor.usbdriver 2.0/ staged',
      ],
    ],
  ])('%s: reads what macOS printed', (name, rows) => {
    expect(rowsOf(name)).toEqual(rows);
  });

  it.each([
    ['apple-sample-doc', ['** A123456789 com.example.apple-samplecode.NetworkingDriverKitSample 1.0/1 staged']],
    [
      'name-glued-to-state',
      ['** G43BCU2T37 org.pqrs.driverkit.KarabinerDriverKitVirtualHIDKeyboard 0.2.13/0.2.13 staged'],
    ],
    [
      'spaces-not-tabs-lulu',
      [
        '.. VBG97UB4TA com.objective-see.lulu.extension 2.4.0/2.4.0 gone-after-reboot',
        '** VBG97UB4TA com.objective-see.lulu.extension 2.4.2/2.4.2 staged',
      ],
    ],
    ['spaces-usb-nic-adhoc-noteam', ['** - com.github.stewartallen.smsc95xx.driver 0.9/9 staged']],
    [
      'spaces-usb-nic-terminating-for-upgrade',
      [
        '?? - com.github.stewartallen.smsc95xx.driver 1.3/13 staged',
        '.. - com.github.stewartallen.smsc95xx.driver 1.2/12 still-running',
      ],
    ],
    ['wch-extra-dashes-line', ['** 5JZGQTGU4W cn.wch.CH34xVCPDriver 1.0/1 staged']],
  ])('%s: reads a list whose tabs were lost', (name, rows) => {
    expect(rowsOf(name)).toEqual(rows);
  });

  it('covers every list there is', () => {
    const lists = capturesIn('systemextensionsctl').filter((path) => /\/list-/.test(path));
    expect(lists).toHaveLength(15);
    for (const path of lists) expect(parseSystemExtensionsList(capture(path)).unreadable, path).toEqual([]);
  });

  it('keeps names with spaces and dots, and the category of each row', () => {
    const { extensions, count } = parseSystemExtensionsList(
      capture('systemextensionsctl/list-two-categories-empty-cmio.txt'),
    );
    expect(count).toBe(4);
    expect(extensions.map(({ name, category }) => [name, category])).toEqual([
      ['Tailscale Network Extension', 'com.apple.system_extension.network_extension'],
      ['Surfshark. TransparentProxy', 'com.apple.system_extension.network_extension'],
    ]);
  });

  it('shows a row it cannot read instead of dropping it', () => {
    const text =
      '--- com.apple.system_extension.driver_extension\n*\t*\tABCDE12345\tno version\tname\t[activated enabled]';
    expect(parseSystemExtensionsList(text).unreadable).toHaveLength(1);
  });

  it('keeps the word of a state nobody has seen yet', () => {
    const row = '*\t*\tABCDE12345\torg.a.b (1/2)\tname\t[activated pending moonrise]';
    expect(parseSystemExtensionsList(row).extensions[0]?.state).toEqual({
      word: 'activated_pending_moonrise',
      phase: 'unknown',
    });
  });

  it('knows every state of db.plist', () => {
    const states = capture('systemextensionsctl/states.txt').trim().split('\n');
    expect([...EXTENSION_STATES].sort()).toEqual([...states].sort());
    for (const state of states) expect(extensionState(state).phase, state).not.toBe('unknown');
    expect(extensionState('constructor').phase).toBe('unknown');
  });

  it('recognises the refusal under System Integrity Protection', () => {
    expect(refusedBySip(capture('systemextensionsctl/refused-sip-enabled.txt'))).toBe(true);
    expect(refusedBySip(capture('systemextensionsctl/list-zero.txt'))).toBe(false);
  });
});
