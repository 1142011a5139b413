import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../tools/checks/diagnosis/diagnose.ts';
import { parseLog } from '../../../tools/checks/diagnosis/log-line.ts';
import { capture, capturesIn } from '../../support/captures.ts';

const summary = (text: string) => diagnose(text).explained.map(({ entry, certainty }) => `${entry} ${certainty}`);

/** What each log says, surest first; the folders are covered completely. */
const LOGS: readonly (readonly [string, readonly string[]])[] = [
  ['sysextd/activate-ok-staging-karabiner-macos11.3.log', []],
  [
    'sysextd/code4-no-policy-outside-applications.log',
    ['F32 likely', 'F33 possible', 'F35 possible', 'F36 possible', 'F34 possible', 'F30 possible', 'F31 possible'],
  ],
  ['sysextd/code4-silent-after-realize-macos26.4.log', ['F39 likely', 'F32 possible', 'F33 possible']],
  [
    'sysextd/error-messages.txt',
    // Five messages that have nothing to do with each other.
    [
      'F38 certain',
      'F41 certain',
      'F45 certain',
      'F42 likely',
      'F32 possible',
      'F40 possible',
      'F07 possible',
      'F08 possible',
      'F36 possible',
    ],
  ],
  ['sysextd/mdm-deny-error10.txt', ['F45 certain']],
  ['sysextd/unsigned-dext-67062.log', ['F34 certain']],
  ['sysextd/upgrade-deferred-to-reboot-macos26.log', ['F69 certain']],
  ['sysextd/upgrade-deferred-viewflow-exact.log', ['F69 certain']],
  ['sysextd/validation-failed-uninstalling.log', ['F50 certain']],
  ['amfi/adhoc-restricted-424.log', ['F21 certain', 'F19 follows']],
  ['amfi/adhoc-unknown-chain-423.log', ['F22 likely']],
  ['amfi/amfiunserialize-syntax-error.txt', ['F04 certain']],
  ['amfi/app-no-matching-profile-macos14.log', ['F20 certain', 'F17 certain', 'F25 follows', 'F19 follows']],
  ['amfi/dext-usb-value-mismatch-macos26.6.log', ['F20 certain', 'F01 possible', 'F19 follows', 'F51 follows']],
  ['amfi/launch-error-163.txt', ['F17 certain']],
  ['amfi/macos11-signature-not-valid-67050.log', ['F24 certain', 'F19 follows']],
  ['amfi/no-eligible-profile.log', ['F20 certain', 'F26 possible', 'F27 possible', 'F28 possible']],
  ['kernel/crash-loop-panic.txt', ['F64 certain']],
  ['kernel/entitlements-check-failed-2020.log', ['F55 certain', 'F56 likely', 'F57 possible']],
  ['kernel/kernelmanagerd-arch-mismatch.log', ['F51 likely', 'F52 possible', 'F53 possible']],
  ['kernel/log-show-dext-own-lines-2020.log', []],
  ['kernel/usb-nic-start-fail.log', ['F63 certain']],
  ['kernel/usb-nic-start-ok.log', []],
  ['kernel/user-server-timeout-macos26.log', ['F51 likely', 'F52 possible', 'F53 possible', 'F19 follows']],
];
const TABLES = ['amfi/usb-entitlement-match-table.csv', 'kernel/message-templates.tsv'];

describe('diagnose', () => {
  it.each(LOGS)('%s: names what fits', (path, expected) => {
    expect(summary(capture(path))).toEqual(expected);
  });

  it('was shown every log there is', () => {
    const all = ['sysextd', 'amfi', 'kernel'].flatMap(capturesIn).filter((path) => !TABLES.includes(path));
    expect(LOGS.map(([path]) => path).sort()).toEqual([...all].sort());
  });

  it.each([
    ['sysextd/activate-ok-staging-karabiner-macos11.3.log', /goes from realizing to staging/],
    ['kernel/usb-nic-start-ok.log', /the dext started on its device/],
    ['kernel/log-show-dext-own-lines-2020.log', /Karabiner-DriverKit-VirtualHIDDevice runs/],
  ])('%s: says how far it went well', (path, words) => {
    const { progress, explained, notes } = diagnose(capture(path));
    expect(progress.join('\n')).toMatch(words);
    expect([...explained, ...notes]).toEqual([]);
  });

  it('judges a table of grants and claims as it was measured', () => {
    const { explained, notes, progress } = diagnose(capture('amfi/usb-entitlement-match-table.csv'));
    expect(notes).toEqual([]);
    expect(explained[0]).toMatchObject({ entry: 'F20', certainty: 'certain' });
    expect(explained[0]?.evidence.map(({ line }) => line)).toEqual([4, 5, 6, 7]);
    expect(explained[0]?.because[0]).toBe(
      'granted [{idVendor:"*"}], claimed [{idVendor:1060},{idVendor:6223}]: refused (literal dictionary)',
    );
    expect(progress).toHaveLength(2);
  });

  it('sees in a pasted tree of ioreg that a driver of macOS has the port', () => {
    const { explained } = diagnose(capture('ioreg/usb-nic-apple-ecm.txt'));
    expect(explained.map(({ entry, certainty }) => `${entry} ${certainty}`)).toEqual(['F59 likely', 'F58 possible']);
    expect(explained[0]?.because).toEqual(['AppleUserECM of macOS serves the port en11, not our driver']);
    expect(diagnose(capture('ioreg/networking-driverkit-sample-line.txt')).progress).toEqual([
      'NetworkingDriverKitSample serves the port without an interface',
    ]);
  });

  it('says where a table contradicts the rule', () => {
    const table = capture('amfi/usb-entitlement-match-table.csv').replace('true,REJECTED', 'true,ACCEPTED');
    expect(diagnose(table).notes.map(({ evidence }) => evidence[0]?.line)).toEqual([7]);
  });

  it('quotes the line an entry rests on, with its number', () => {
    const [first] = diagnose(capture('amfi/dext-usb-value-mismatch-macos26.6.log')).explained;
    expect(first?.because[0]).toContain('com.apple.developer.driverkit.transport.usb');
    expect(first?.evidence[0]).toEqual({
      line: 2,
      text: 'ProfileGrantsEntitlement matchEntitlement failed value match for entitlement: com.apple.developer.driverkit.transport.usb',
    });
  });

  it('knows every message the kernel has about dexts', () => {
    const rows = capture('kernel/message-templates.tsv').trim().split('\n').slice(1);
    for (const row of rows) {
      const [template = '', pattern = ''] = row.split('\t');
      for (const variant of template.replace(/ ok\|fail$/, ' ok#fail').split('#')) {
        const full = variant === 'fail' ? template.replace(/ ok\|fail$/, ' fail') : variant;
        const line = full
          .replaceAll('%s', 'org.a.b')
          .replaceAll('%qx', '100002b46')
          .replaceAll(/%d|%zu/g, '3')
          .replace(', ...', ', 1 running');
        expect(line, 'the sample is one of the kernel').toMatch(new RegExp(pattern));
        const { explained, notes, progress } = diagnose(`kernel: ${line}`);
        expect(explained.length + notes.length + progress.length, line).toBeGreaterThan(0);
      }
    }
  });

  it('takes "no policy" for a red herring when amfid names the cause', () => {
    const log = `${capture('sysextd/code4-no-policy-outside-applications.log')}\n${capture('amfi/no-eligible-profile.log')}`;
    expect(summary(log)).toContain('F37 follows');
    expect(summary(log)[0]).toBe('F20 certain');
    expect(summary(log).join()).not.toContain('F32');
  });

  it('does not call a launch without crashes a crash loop', () => {
    expect(summary('kernel: Driver org.a.b has crashed 0 time(s)')).toEqual([]);
    expect(summary('kernel: Driver org.a.b has crashed 4 time(s)')).toEqual(['F64 certain']);
  });

  it('finds nothing in words that are no log', () => {
    expect(diagnose('Dear team,\nit does not work on my machine.\n')).toEqual({
      explained: [],
      notes: [],
      progress: [],
    });
  });
});

describe('parseLog', () => {
  const message = 'DK: PortEthernet-0x100002b46 user server timeout';
  it.each([
    ['default', `2026-02-19 08:56:35.538578-0800 0xaeed     Default     0x0    283    0    kernel: ${message}`],
    ['compact', `2026-02-19 08:56:35.538 Df kernel[0:aeed] ${message}`],
    ['syslog', `2026-02-19 08:56:35.538578-0800  localhost kernel[0]: ${message}`],
    ['Console', `default\t2026-02-19 08:56:35.538578 -0800\tkernel\t${message}`],
    ['ndjson', JSON.stringify({ timestamp: 'x', processImagePath: '/kernel', eventMessage: message })],
    ['json', JSON.stringify([{ processImagePath: '/kernel', eventMessage: message }], undefined, 2)],
    ['bare', `kernel: ${message}`],
  ])('reads the style %s', (_, text) => {
    expect(parseLog(text)).toMatchObject([{ process: 'kernel', message }]);
  });

  it('skips entries without a message, such as the count that ends ndjson', () => {
    expect(parseLog('{"count":12,"finished":1}\n{broken\n')).toEqual([]);
  });

  it('comes to an end with a line that is all one word', () => {
    expect(diagnose(`DK: ${'a-0x1'.repeat(200_000)}`).explained).toEqual([]);
  });
});

it.each([
  ['App[312]: IOServiceOpen failed: 0xe00002e2', ['F66 certain']],
  ['App[312]: could not open the user client (e00002c7)', ['F67 certain']],
  ['App[312]: read failed: 0xe00002e2', []],
  ['codesign: invalid signature -67061', ['F42 likely', 'F07 possible']],
  ['sysextd: code signature invalid', ['F42 likely', 'F07 possible', 'F08 possible', 'F36 possible']],
  ['System Settings shows "Placeholder Developer"', ['F48 certain']],
  ['Hardware Port: Ethernet Adapter (en10)', ['F79 likely']],
])('says of %s what fits', (line, expected) => {
  expect(summary(line)).toEqual(expected);
});
