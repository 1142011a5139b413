import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { walkRegistry } from '../../tools/model/host/registry.ts';
import { RunningHost } from '../support/host/running-host.ts';

const build = (...args: string[]) => execa('tools/host', ['build', ...args], { reject: false });

describe('tools/host build', () => {
  it("makes a bundle of somebody's dext that the host matches and starts", async () => {
    const { stdout, exitCode, stderr } = await build('test/host/dexts/Greeter', '--define', 'WHOM=world');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stderr).toContain('Greeter: CFBundleIdentifierKernel is ');
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

  it("runs somebody's USB dext on an interface: transfers that are waited for, and what was refused by its rule", async () => {
    const { stdout, exitCode, stderr } = await build('test/host/dexts/Sender');
    expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
    const host = await RunningHost.start({ bundles: [stdout.trim()] });
    try {
      await host.plug({ ports: 1, speed: 'super' });
      const log = await host.log();
      const words = log.map(({ text }) => text);
      expect(words).toEqual(
        expect.arrayContaining([
          'sent: 0x0, 64 bytes',
          'too much: 0xe00002c2',
          'nothing came: 0xe00002d6',
          'in: 1024 bytes a packet, USB 300',
          'idle after 7 ms',
          'a queue nobody names: 0xe00002c2',
          expect.stringMatching(/^queue-name: Sender .*, queue Wrok/),
        ]),
      );
      const entries = [...walkRegistry(await host.registry())];
      const provider = entries.find(({ children }) => children.some(({ name }) => name === 'Sender'));
      expect(provider?.class).toBe('IOUSBHostInterface');
    } finally {
      await host.stop();
    }
  }, 600_000);

  it('names what macOS would never match, a class that is declared nowhere and a framework that is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'multiport-build-test-'));
    try {
      cpSync('test/host/dexts/Greeter', folder, { recursive: true });
      const change = (file: string, from: string, to: string) => {
        const text = readFileSync(join(folder, file), 'utf8');
        writeFileSync(join(folder, file), text.replace(from, to));
      };
      change(
        'Info.plist',
        '<key>IOUserClass</key>\n        <string>Greeter',
        '<key>IOUserClass</key>\n        <string>Greter',
      );
      const unknown = await build(folder, '--define', 'WHOM=you');
      expect(unknown.exitCode).toBe(1);
      expect(unknown.stderr).toContain(
        'Info.plist, IOKitPersonalities, Greeter, IOUserClass: no .iig declares a class Greter',
      );
      expect(unknown.stderr).toContain('Write one of those that are declared: Greeter.');
      change('Info.plist', 'Greter', 'Greeter');
      change('Greeter.cpp', '#include <os/log.h>', '#include <HIDDriverKit/HIDDriverKit.h>');
      const missing = await build(folder, '--define', 'WHOM=you');
      expect(missing.exitCode).toBe(1);
      expect(missing.stderr).toContain(
        'Greeter.cpp:4 includes HIDDriverKit/HIDDriverKit.h: the host has no HIDDriverKit',
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

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
