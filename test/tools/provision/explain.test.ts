import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { explain } from '../../../tools/commands/provision/explain.ts';
import { capture, capturesIn } from '../../support/captures.ts';
import { type RecordedSystem, recordedSystem } from '../../support/recorded-system.ts';
import { schemaErrors } from '../../support/schema.ts';

let system: RecordedSystem;
afterEach(() => system.dispose());

async function run(args: readonly string[], recorded: Parameters<typeof recordedSystem>[0] = {}) {
  system = recordedSystem({ platform: 'linux', ...recorded });
  return explain(args, system);
}

describe('tools/provision explain', () => {
  it.each([
    [['4'], 0, /OSSystemExtensionErrorDomain 4: extensionNotFound[\s\S]*F32 the dext is not named after its bundle id/],
    [['OSSystemExtensionErrorDomain', 'code', '8'], 0, /codeSignatureInvalid/],
    [['-67062'], 0, /errSecCSUnsigned/],
    [['0xe00002e2'], 0, /IOReturn 0xe00002e2: kIOReturnNotPermitted[\s\S]*F66/],
    [['5'], 0, /extensionMissingIdentifier[\s\S]*Put CFBundleIdentifier/],
    [['f53'], 0, /F53 the program was built for macOS/],
    [['kernel: DK: PortEthernet-0x1::start(PortNub-0x2) fail'], 0, /F63 the driver's Start returned an error/],
    [['it does not work'], 1, /Nothing in the text given is known[\s\S]*explain --help/],
    [['31337'], 1, /Nothing/],
  ])('%j: ends with %i and says %s', async (args, exitCode, words) => {
    expect(await run(args)).toBe(exitCode);
    expect(system.printed.out).toMatch(words);
  });

  it('reads a log from a file and quotes the line', async () => {
    system = recordedSystem({ platform: 'linux' });
    await system.files.write('/Users/me/multiport/sent.log', capture('amfi/no-eligible-profile.log'));
    expect(await explain(['sent.log'], system)).toBe(0);
    expect(system.printed.out).toContain(
      'line 1: Disallowing NVSBridge because no eligible provisioning profiles found',
    );
  });

  it('reads a log from standard input', async () => {
    expect(await run(['-'], { input: capture('sysextd/mdm-deny-error10.txt') })).toBe(0);
    expect(system.printed.out).toContain('F45');
  });

  it('says that nothing points to a failure where nothing does', async () => {
    expect(await run(['-'], { input: capture('kernel/usb-nic-start-ok.log') })).toBe(0);
    expect(system.printed.out).toContain('Nothing here points to a failure.');
  });

  it('keeps to its schema for every capture', async () => {
    for (const path of ['sysextd', 'amfi', 'kernel', 'spctl', 'systemextensionsctl'].flatMap(capturesIn)) {
      await run(['-', '--json'], { input: capture(path) });
      expect(schemaErrors('provision-explain', system.printed.out), path).toEqual([]);
      expect(system.printed.err).toBe('');
      system.dispose();
    }
    await run(['4', '--json']);
    expect(schemaErrors('provision-explain', system.printed.out)).toEqual([]);
  });

  it('refuses what is no text, naming the byte', async () => {
    system = recordedSystem({ platform: 'linux' });
    await system.files.write('/Users/me/multiport/log', new Uint8Array([0x61, 0, 0x62]));
    await expect(explain(['log'], system)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('byte 1'),
    });
  });

  it('says that a file is not there', async () => {
    await expect(run(['logs/gone.log'])).rejects.toMatchObject({ exitCode: 2, message: 'logs/gone.log: no such file' });
  });

  it('refuses a folder without calling it a bug', async () => {
    system = recordedSystem({ platform: 'linux' });
    await system.files.write('/Users/me/multiport/logs/a', 'x');
    await expect(explain(['logs'], system)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('refuses what may never end', async () => {
    system = recordedSystem({ platform: 'linux' });
    execFileSync('mkfifo', [join(system.root, 'pipe')]);
    await expect(explain(['/pipe'], system)).rejects.toMatchObject({ exitCode: 2, fix: 'Pipe it into explain -' });
  });

  it('refuses a wrong option', async () => {
    await expect(run(['--colour', '4'])).rejects.toMatchObject({ exitCode: 2 });
  });
});
