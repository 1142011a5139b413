import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { walkRegistry } from '../../tools/model/host/registry.ts';
import { RunningHost } from '../support/host/running-host.ts';

const build = (...args: string[]) => execa('tools/host', ['build', ...args], { reject: false });

describe('tools/host build', () => {
  it("makes a bundle of somebody's dext that the host matches and starts", async () => {
    const { stdout, exitCode, stderr } = await build('test/host/dexts/Greeter', '--define', 'WHOM=world');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const host = await RunningHost.start({ bundles: [stdout.trim()] });
    try {
      await host.quiet();
      const entries = [...walkRegistry(await host.registry())];
      const provider = entries.find(({ children }) => children.some(({ name }) => name === 'Greeter'));
      expect(provider?.name).toBe('IOUserResources');
      expect((await host.log()).map(({ text }) => text)).toContain('hello, world');
    } finally {
      await host.stop();
    }
  }, 600_000);

  it('says which build setting is missing, and what is no dext', async () => {
    const missing = await build('test/host/dexts/Greeter');
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('IOKitPersonalities, Greeter, Whom: nobody knows the build setting $(WHOM)');
    expect(missing.stderr).toContain('--define WHOM=VALUE');
    const none = await build('test/tools');
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toMatch(/has no Info.plist with IOKitPersonalities|dexts:/);
  });
});
