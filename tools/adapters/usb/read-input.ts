// read-input.ts — what a person names on the command line in, dumps out: a file, a folder of them, a sysfs folder, `-` for stdin.

import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isCapture } from '../../model/usb/capture/packets.ts';
import type { Dump } from '../../model/usb/dump.ts';
import { recognise } from '../../model/usb/text/recognise.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import { listFolder, readSysfs, readSysfsDevice } from './sysfs.ts';

/** Captures can be large, but what we want from one is at its beginning. */
const LARGEST_FILE = 256 * 1024 * 1024;

const FORMS =
  'Known are: descriptor bytes (sysfs `descriptors`), hex text, `lsusb -v`, usbmon and pcapng captures, `ioreg -a`, `system_profiler -json`, usb-devices, cyme and fwupd JSON, umockdev files.';

const NO_DESCRIPTORS =
  'It is a capture, but no descriptors went by in it. Begin capturing, then plug the device in: that is when it is asked who it is.';

/** Folders of folders of dumps are common in collections; deeper than this nobody means it. */
const DEEPEST = 4;

/** Throws UserError when there is nothing of the kind. */
export function readInput(path: string): Dump[] {
  const names = path === '-' ? undefined : listFolder(path);
  if (names) return readFolder(path, names);
  const sibling = basename(path) === 'descriptors' ? readSysfsDevice(dirname(path), dirname(dirname(path))) : undefined;
  if (sibling) return [sibling];
  const bytes = readBytes(path);
  const dumps = recognise(bytes, path);
  if (dumps.length > 0) return dumps;
  const isLate = isCapture(bytes);
  const what = isLate ? 'holds no USB descriptors' : 'holds no USB descriptors in a form we know';
  throw new UserError(`${path} ${what}`, isLate ? NO_DESCRIPTORS : FORMS, EXIT.unusable);
}

/** A device's own folder, a folder of such, or a folder of dumps; files of another kind between them are passed over. */
function readFolder(path: string, names: readonly string[]): Dump[] {
  const dumps = dumpsIn(path, names, 1);
  if (dumps.length > 0) return dumps;
  throw new UserError(`${path} holds no dump of a USB device`, FORMS, EXIT.unusable);
}

function dumpsIn(path: string, names: readonly string[], depth: number): Dump[] {
  const device = names.includes('descriptors') ? readSysfsDevice(path, dirname(path)) : undefined;
  if (device) return [device];
  const live = readSysfs(path) ?? [];
  if (live.length > 0) return live;
  return names.flatMap((name) => {
    const inside = join(path, name);
    const below = listFolder(inside);
    if (!below) return isFile(inside) ? recognise(readBytes(inside), inside) : [];
    return depth < DEEPEST && !name.startsWith('.') ? dumpsIn(inside, below, depth + 1) : [];
  });
}

/** Reading a pipe or a device that lies in a folder would wait for ever; a link may lead nowhere. */
const isFile = (path: string) => existsSync(path) && statSync(path).isFile();

function readBytes(path: string): Uint8Array {
  try {
    const bytes = path === '-' ? readFileSync(0) : readStart(path);
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const words: Readonly<Record<string, string>> = { ENOENT: 'is not there', EACCES: 'may not be read' };
    throw new UserError(
      `${path} ${words[code] ?? `cannot be read (${code})`}`,
      'Name a dump, or no file to look at this machine.',
      EXIT.unusable,
    );
  }
}

function readStart(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total < LARGEST_FILE; ) {
      const chunk = Buffer.allocUnsafe(Math.min(1 << 20, LARGEST_FILE - total));
      const count = readSync(file, chunk);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  } finally {
    closeSync(file);
  }
}
