import { describe, expect, it } from 'vitest';
import {
  parseAssessment,
  parseNotaryLog,
  parseStaple,
  parseSubmission,
} from '../../../tools/model/apple/assessment.ts';
import {
  parseCodeSignature,
  parseCodeVerification,
  parseEntitlementsForPeople,
} from '../../../tools/model/apple/code-signature-report.ts';
import { parseIdentities } from '../../../tools/model/apple/identity.ts';
import {
  parseBootArguments,
  parseIntegrityProtection,
  riskyBootArguments,
} from '../../../tools/model/apple/integrity-protection.ts';
import { parseHardwarePorts, parseIfconfig } from '../../../tools/model/apple/interface-configuration.ts';
import { parseHardware, parseUsbDevices } from '../../../tools/model/apple/system-report.ts';
import { capture } from '../../support/captures.ts';

describe('security find-identity', () => {
  it('lists identities with the reason macOS distrusts one', () => {
    const identities = parseIdentities(capture('security/find-identity-mixed-revoked.txt'));
    expect(identities.map(({ kind, parenthesis, problem }) => [kind, parenthesis, problem])).toEqual([
      ['Apple Development', 'AA00AABB0A', 'CSSMERR_TP_CERT_REVOKED'],
      ['Apple Development', 'BB00AABB0A', undefined],
      ['iPhone Distribution', 'CC00AABB0B', 'CSSMERR_TP_CERT_REVOKED'],
      ['Apple Development', 'AA00AABB0A', undefined],
    ]);
  });

  it('finds none where there is none', () => {
    expect(parseIdentities(capture('security/find-identity-zero.txt'))).toEqual([]);
  });
});

describe('codesign', () => {
  it('reads a Developer ID signature with its secure timestamp', () => {
    expect(parseCodeSignature(capture('codesign/dvv-developer-id-2026.txt'))).toEqual({
      identifier: 'io.github.o0000-code.ensemble',
      format: 'app bundle with Mach-O thin (arm64)',
      flags: ['runtime'],
      adHoc: false,
      authorities: [
        'Developer ID Application: Example Two (4WZ6SMP55G)',
        'Developer ID Certification Authority',
        'Apple Root CA',
      ],
      team: '4WZ6SMP55G',
      cdhash: undefined,
      secureTimestamp: 'May 11, 2026 at 9:15:29 PM',
    });
  });

  it('reads the cdhash of a full report', () => {
    const report = parseCodeSignature(capture('codesign/dvvv-developer-id-v20500-full.txt'));
    expect(report?.cdhash).toBe('97cb5bb480cd24ee3f3abc025271110f481bef5a');
  });

  it('reads a development and an ad-hoc signature', () => {
    expect(parseCodeSignature(capture('codesign/dvv-apple-development.txt'))).toMatchObject({
      team: 'ABCDE12345',
      secureTimestamp: undefined,
      adHoc: false,
    });
    expect(parseCodeSignature(capture('codesign/dvv-adhoc.txt'))).toMatchObject({
      team: undefined,
      adHoc: true,
      flags: ['adhoc'],
      authorities: [],
    });
  });

  it('says that code is not signed', () => {
    expect(parseCodeSignature(capture('codesign/not-signed.txt'))).toBeUndefined();
  });

  it('verifies, or says what does not fit the seal', () => {
    expect(parseCodeVerification(capture('codesign/verify-ok.txt'))).toEqual({
      valid: true,
      problem: undefined,
      details: [],
    });
    const broken = parseCodeVerification(capture('codesign/verify-sealed-resource.txt'));
    expect(broken).toMatchObject({ valid: false, problem: 'a sealed resource is missing or invalid' });
    expect(broken.details).toHaveLength(2);
    expect(parseCodeVerification('').valid).toBe(false);
  });

  it('reads entitlements in the form for people', () => {
    expect(parseEntitlementsForPeople(capture('codesign/entitlements-human.txt'))).toEqual({
      'com.apple.developer.hid.virtual.device': ['true'],
    });
  });
});

describe('spctl, stapler and notarytool', () => {
  it.each([
    ['accepted-notarized', { accepted: true, source: 'Notarized Developer ID', overridden: false }],
    ['accepted-override-disabled', { accepted: true, source: undefined, overridden: true }],
    ['rejected-unnotarized', { accepted: false, source: 'Unnotarized Developer ID', reason: undefined }],
    ['rejected-not-an-app', { accepted: false, reason: 'the code is valid but does not seem to be an app' }],
  ])('reads the verdict of %s', (name, verdict) => {
    expect(parseAssessment(capture(`spctl/${name}.txt`))).toMatchObject(verdict);
  });

  it('tells a stapled ticket from error 65', () => {
    const [worked, staple, validate] = capture('spctl/stapler.txt').split('---\n').map(parseStaple);
    expect(worked).toEqual({ worked: true, error: undefined });
    expect(staple).toEqual({ worked: false, error: 65 });
    expect(validate).toEqual({ worked: false, error: 65 });
  });

  it('takes the status of a submission from the JSON alone, and its reasons from the log', () => {
    expect(parseSubmission('{"id":"2efe2717","status":"Invalid","message":"Processing complete"}')).toEqual({
      id: '2efe2717',
      status: 'Invalid',
    });
    expect(parseSubmission('Error: no network').status).toBe('unknown');
    const messages = capture('spctl/notary-issues.txt').trim().split('\n');
    const log = JSON.stringify({
      issues: messages.map((message) => ({ severity: 'error', path: 'a.zip/a.app', message })),
    });
    expect(parseNotaryLog(log).map(({ message }) => message)).toEqual(messages);
    expect(parseNotaryLog('{"issues":null}')).toEqual([]);
  });
});

describe('csrutil and nvram', () => {
  it.each([
    ['enabled', { state: 'enabled' }],
    ['disabled', { state: 'disabled' }],
    [
      'custom-configuration',
      { state: 'custom', disabled: ['Apple Internal', 'NVRAM Protections', 'Boot-arg Restrictions'] },
    ],
  ])('reads the state %s', (name, state) => {
    expect(parseIntegrityProtection(capture(`csrutil/${name}.txt`))).toEqual(state);
  });

  it('does not guess', () => {
    expect(parseIntegrityProtection('command not found')).toEqual({ state: 'unknown' });
  });

  it('reads boot arguments, and none where the variable does not exist', () => {
    const present = parseBootArguments(capture('csrutil/nvram-boot-args-present.txt'));
    expect(present).toHaveLength(5);
    expect(riskyBootArguments(present)).toEqual([]);
    expect(parseBootArguments(capture('csrutil/nvram-boot-args-absent.txt'))).toEqual([]);
    expect(riskyBootArguments(['amfi_get_out_of_my_way=1', 'debug=1', 'dk=0x1000', 'dkim=1'])).toEqual([
      'amfi_get_out_of_my_way=1',
      'dk=0x1000',
    ]);
  });
});

describe('ifconfig and networksetup', () => {
  it.each([
    [
      'usb-nic-dext-en10',
      { name: 'en10', mac: '02:00:00:00:00:0a', addresses: ['fe80::f7:b71:b3c7:eeae', '169.254.53.68'] },
    ],
    ['usb-nic-dext-en11', { name: 'en11', mac: '02:00:00:00:00:0b', addresses: ['169.254.85.31'] }],
  ])('reads %s', (name, facts) => {
    expect(parseIfconfig(capture(`ifconfig/${name}.txt`))).toEqual([
      { ...facts, up: true, mtu: 1500, media: 'autoselect (10baseT/UTP <half-duplex>)', link: 'up' },
    ]);
  });

  it('sees a driver that never reported its link', () => {
    expect(parseIfconfig(capture('ifconfig/media-none-no-status.txt'))).toMatchObject([
      { media: 'none', link: undefined },
    ]);
  });

  it('takes an error for no interface', () => {
    expect(parseIfconfig(capture('ifconfig/errors.txt'))).toEqual([]);
  });

  it('reads the names people see', () => {
    expect(parseHardwarePorts(capture('misc/networksetup-listallhardwareports.txt'))).toEqual([
      { label: '10BASE-T', device: 'en10' },
      { label: '10BASE-T1S', device: 'en11' },
    ]);
  });
});

describe('system_profiler', () => {
  it('reads USB devices in the shape of macOS 15 and before', () => {
    const devices = parseUsbDevices(capture('system_profiler/SPUSBDataType-cyme.json'));
    expect(devices.find(({ name }) => name === 'Android')).toEqual({
      name: 'Android',
      vendorId: 0x05c6,
      productId: 0x9091,
      vendor: 'Android',
      serial: '*******************',
      location: '0x14313000',
      speed: 'high_speed',
    });
    expect(devices.some(({ vendorId }) => vendorId === 0x05ac)).toBe(true);
  });

  it.each([
    ['macos26', [[0x0781, 'SanDisk 3.2 Gen1', '5 Gb/s']]],
    [
      'usb-nic-behind-hub',
      [
        [0x2109, 'USB3.1 Hub', undefined],
        [0x0bda, 'USB 10/100/1000 LAN', '5 Gb/s'],
      ],
    ],
  ])('reads USB devices in the shape of macOS 26: %s', (name, expected) => {
    const devices = parseUsbDevices(capture(`system_profiler/SPUSBHostDataType-${name}.json`));
    expect(devices.map((device) => [device.vendorId, device.name, device.speed])).toEqual(expected);
  });

  it('takes the Provisioning UDID and not the Hardware UUID where both are', () => {
    const udid = '00008103-000A1B2C3D4E5F60';
    const hardware = {
      machine_name: 'MacBook Air',
      chip_type: 'Apple M3',
      platform_UUID: 'A-B',
      provisioning_UDID: udid,
    };
    expect(parseHardware(JSON.stringify({ SPHardwareDataType: [hardware] })).provisioningId).toBe(udid);
    expect(parseHardware('{"SPHardwareDataType":[{"platform_UUID":"A-B"}]}').provisioningId).toBe('A-B');
  });
});
