// read-machine.ts — the devices plugged into this machine, as dumps.

import { execFileSync } from 'node:child_process';
import { registryTrees } from '../../model/apple/registry-tree.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { readIdentity } from '../../model/usb/identity.ts';
import { readSubject } from '../../model/usb/subject.ts';
import { readIoreg } from '../../model/usb/text/ioreg.ts';
import { parsePlistXml } from '../../model/usb/text/plist-xml.ts';
import { UserError } from '../../model/user-error.ts';
import { readSysfs } from './sysfs.ts';

export interface MachineOptions {
  readonly live?: boolean | undefined;
  readonly 'no-requests'?: boolean | undefined;
  readonly port?: string | undefined;
}

/** Devices named by id or port are asked themselves; for a list the system's knowledge does. */
export async function readMachine(options: MachineOptions, ids: readonly string[]): Promise<Dump[]> {
  const dumps = systemDumps();
  const isNamed = (dump: Dump) =>
    (options.port !== undefined && dump.location?.port === options.port) ||
    ids.includes(readIdentity(readSubject(dump))?.id ?? '');
  if (options['no-requests']) return dumps;
  const { readLive } = await import('./read-live.ts');
  return Promise.all(dumps.map((dump) => (isNamed(dump) ? readLive(dump, options.live ? 'all' : 'standard') : dump)));
}

function systemDumps(): Dump[] {
  const dumps = process.platform === 'darwin' ? macDumps() : readSysfs();
  if (dumps && dumps.length > 0) return dumps;
  if (dumps)
    throw new UserError('No USB device is plugged in', 'Plug the adapter in, or name a dump: tools/probe FILE.');
  throw new UserError(
    'This machine has no USB: there is no /sys/bus/usb/devices',
    'Run it where the adapter is plugged in, or name a dump somebody sent: tools/probe FILE.',
  );
}

/** The registry knows who drives what; the bytes come from the device itself. */
function macDumps(): Dump[] {
  const plist = execFileSync('/usr/sbin/ioreg', ['-a', '-r', '-c', 'IOUSBHostDevice', '-l'], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return plist.trim() === '' ? [] : readIoreg(registryTrees(parsePlistXml(plist)), 'this Mac');
}
