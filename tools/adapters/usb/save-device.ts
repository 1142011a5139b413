// save-device.ts — an inspected device in, a folder of firmware-info out: device.json and descriptors.hex.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { descriptorsHex, deviceFile } from '../../report/probe/device-file.ts';
import type { Inspection } from '../../report/probe/device-report.ts';
import { EXIT, UserError } from '../../report/user-error.ts';

/** Refuses to replace a device file: it holds facts somebody added by hand. */
export function saveDevice(folder: string, inspection: Inspection): number {
  const path = join(folder, 'device.json');
  if (existsSync(path)) throw new UserError(`${path} is there already`, 'Name another folder, or remove it first.');
  const file = deviceFile(inspection);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
  writeFileSync(join(folder, 'descriptors.hex'), descriptorsHex(inspection.subject.dump));
  console.error(`Wrote ${path} and ${join(folder, 'descriptors.hex')}`);
  return EXIT.fine;
}
