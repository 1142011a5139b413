import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../../tools/commands/provision/verify.ts';
import { UserError } from '../../../tools/model/user-error.ts';
import { explain } from '../../../tools/report/explain.ts';
import { schemaErrors } from '../../support/schema.ts';
import { APP_ID, DEXT_ID, DEXT_PATH, makeApp, makeDext, NOW, plainRecipe } from '../../support/signing/bundle.ts';
import { FAKE, FAKE_ROOTS } from '../../support/signing/fake-apple.ts';
import { writeFiles } from '../../support/signing/memory-tree.ts';
import { xmlPlist } from '../../support/signing/plist.ts';
import { makeProfile } from '../../support/signing/profile.ts';
import { claim, info } from '../../support/signing/variants/change.ts';

const USB = 'com.apple.developer.driverkit.transport.usb';

let folder = '';
const at = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'multiport-verify-'));
  writeFiles(makeApp(plainRecipe('developer-id')), at('good/Multiport.app'));
  writeFiles(makeDext(plainRecipe('developer-id')), at(`${DEXT_ID}.dext`));
  writeFiles(makeApp(claim('dext', { [USB]: [{ idVendor: 0x0bda }] })(plainRecipe('development'))), at('Bad.app'));
  writeFiles(
    makeApp(
      info('dext', { CFBundleVersion: undefined, CFBundleIdentifierX: 'x' })(
        claim('app', { 'com.apple.developer.x': true })(plainRecipe('developer-id')),
      ),
    ),
    at('Twice.app'),
  );
  const wish = { kind: 'developer-id', identifier: APP_ID, signers: [FAKE.developerId], entitlements: {} } as const;
  writeFileSync(at('good.provisionprofile'), makeProfile(wish));
  writeFileSync(at('short.provisionprofile'), makeProfile(wish).subarray(0, 900));
  writeFileSync(at('text.txt'), 'words');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: readonly string[]): Promise<{ exitCode: number; out: string }> {
  const printed: string[] = [];
  const out = (text: string) => void printed.push(text);
  const columns = Number.POSITIVE_INFINITY;
  const exitCode = await verify(args, { now: () => NOW, platform: 'linux', trustedRoots: FAKE_ROOTS, out, columns });
  return { exitCode, out: printed.join('\n') };
}

describe('provision verify', () => {
  it('passes an app, a dext, a program in its bundle and a provisioning profile, and says what it looked at', async () => {
    const { exitCode, out } = await run(
      at('good/Multiport.app'),
      at(`${DEXT_ID}.dext`),
      at(`good/Multiport.app/Contents/MacOS/Multiport`),
      at('good.provisionprofile'),
    );
    expect(out).toContain(
      'signed by Developer ID Application: Example (A1B2C3D4E5) < Test Developer ID CA < Test Root CA',
    );
    expect(out.match(/→ nothing here makes macOS refuse it/g)).toHaveLength(4);
    expect(out).not.toMatch(/[✖!] F/);
    expect(exitCode).toBe(0);
  });

  it('finds the bundles in a folder that is none', async () => {
    expect((await run(at('good'))).out).toContain('good/Multiport.app (app)');
  });

  it('says in words what was seen, what macOS would do and what helps', async () => {
    const { exitCode, out } = await run(at('Bad.app'));
    expect(exitCode).toBe(1);
    expect(out).toContain(`✖ F01 ${USB} is claimed with another value than granted`);
    expect(out).toContain(`where  ${DEXT_PATH}/${DEXT_ID}`);
    expect(out).toMatch(
      /seen {3}claimed \[\{idVendor = 3034\}\], .* grants \[\{idVendor = "\*"\}\]; rule: literal dictionary/,
    );
    expect(out).toContain(`macOS  at launch: taskgated-helper: Unsatisfied entitlements: ${USB}; amfid: Code=-413`);
    expect(out).toMatch(/fix {4}Claim exactly what the profile grants/);
    expect(out).toContain('→ macOS would refuse it: 1 reason');
  });

  it('puts what macOS comes to first in front, and marks what it never comes to', async () => {
    const { out } = await run(at('Twice.app'));
    expect(out.indexOf('✖ F17')).toBeLessThan(out.indexOf('✖ F35'));
    expect(out).toContain('macOS  at install, which it does not reach: OSSystemExtensionErrorDomain code 4');
  });

  it('writes JSON that keeps to its schema', async () => {
    for (const name of ['Bad.app', 'Twice.app', 'good/Multiport.app', 'short.provisionprofile']) {
      const { out } = await run('--json', at(name));
      expect(schemaErrors('findings', out)).toEqual([]);
      expect(JSON.parse(out).refused).toBe(name !== 'good/Multiport.app');
    }
  });

  it('writes SARIF with a rule for each entry of the catalogue and a result for each trouble', async () => {
    const { out } = await run('--sarif', at('Bad.app'), at('good/Multiport.app'));
    const [{ tool, results }] = JSON.parse(out).runs;
    expect(tool.driver.rules).toHaveLength(84);
    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ ruleId: 'F01', ruleIndex: 0, level: 'error' });
    expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toContain(`Bad.app/${DEXT_PATH}/${DEXT_ID}`);
  });

  it('writes one annotation for each trouble, with line ends and commas escaped', async () => {
    const { out } = await run('--github', at('Bad.app'));
    expect(out).toMatch(
      /^::error file=[^,]*Bad\.app[^,]*,title=F01 [^,]*::claimed [^\n]*%0AmacOS: [^\n]*%0AFix: [^\n]*$/,
    );
  });

  it('says nothing to GitHub when nothing is wrong', async () => {
    expect(await run('--github', at('good/Multiport.app'))).toEqual({ exitCode: 0, out: '' });
  });

  it('judges as of another day, for another target', async () => {
    expect((await run('--now', '2027-06-01', at('Bad.app'))).out).toContain('F27 the provisioning profile has expired');
    expect((await run('--macos', '11.0', at('good/Multiport.app'))).out).toContain('✖ F54');
    expect((await run('--device', 'nobody', '--for', 'development', at('Bad.app'))).out).toContain(
      'nobody is not among its 1 devices',
    );
  });

  it('compares with another provisioning profile, a device and an installed version', async () => {
    expect((await run('--profile', at('good.provisionprofile'), at(`${DEXT_ID}.dext`))).out).toContain(
      '✖ F03 the provisioning profile is none for DriverKit',
    );
    writeFileSync(at('device.txt'), 'Bus 001 Device 002: ID 1234:5678 Somebody\n');
    writeFileSync(
      at('db.plist'),
      xmlPlist({
        version: 1,
        extensions: [
          {
            identifier: DEXT_ID,
            state: 'activated_enabled',
            bundleVersion: { CFBundleVersion: '42', CFBundleShortVersionString: '1.0' },
            stagedCdhashes: {},
          },
        ],
      }),
    );
    expect((await run('--installed', at('db.plist'), at(`${DEXT_ID}.dext`))).out).toContain('✖ F68');
  });

  it.each([
    [['nowhere.app'], /does not exist/],
    [['text.txt'], /neither a Mach-O file nor a provisioning profile/],
    [['--now', 'tomorrow', 'good'], /is no date/],
    [['--for', 'everybody', 'good'], /neither development nor developer-id/],
    [['--profile', 'text.txt', 'good'], /is no provisioning profile: offset \d+/],
    [[], /needs a bundle/],
  ])('refuses %j with words, not with a stack', async (args, message) => {
    const error = await run(
      ...args.map((argument) =>
        argument.startsWith('--') || /^(tomorrow|everybody)$/.test(argument) ? argument : at(argument),
      ),
    ).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('says what is wrong with a path instead of waiting or breaking', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('pipe-that-went', at('broken'));
    symlinkSync('loop', at('loop'));
    mkdirSync(at('odd'));
    writeFileSync(at('odd/Contents'), '');
    const wrong = ['pipe', 'broken', 'loop', 'text.txt/x', 'a'.repeat(300), 'odd'];
    for (const name of wrong) {
      const error = await run(at(name)).catch((thrown: unknown) => thrown);
      expect(explain(error), name).toMatchObject({ exitCode: 2, text: expect.not.stringContaining('bug') });
    }
  });
});
