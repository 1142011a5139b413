// sysfs.ts — Linux' /sys/bus/usb/devices in, a dump of each device out. Needs no privileges, and shows what libusb hides.
//
// Folders are read with opendir: what emulates /sys for tests does not see Node's other calls.

import { opendirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Binding, type Dump, knownPart } from '../../model/usb/dump.ts';
import { readSpeed } from '../../model/usb/text/speed.ts';
import { stringsOf } from '../../model/usb/text/umockdev.ts';
import { EXIT, UserError } from '../../model/user-error.ts';

export const SYSFS = '/sys/bus/usb/devices';

const NO_FOLDER = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'];

/** Names in a folder; undefined when there is no such folder. Throws UserError when nobody may look into it. */
export function listFolder(path: string): string[] | undefined {
  try {
    const folder = opendirSync(path);
    const names: string[] = [];
    for (let entry = folder.readSync(); entry; entry = folder.readSync()) names.push(entry.name);
    folder.closeSync();
    return names.sort();
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    if (NO_FOLDER.includes(code)) return undefined;
    throw new UserError(`${path} cannot be read (${code})`, 'Name a folder you may look into.', EXIT.unusable);
  }
}

/** A device can be unplugged between two reads: what is gone is undefined. */
function readIfThere(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return undefined;
  }
}

const readText = (path: string) => {
  const bytes = readIfThere(path);
  return bytes && new TextDecoder().decode(bytes).replace(/\0/g, '').trim();
};

/** Every device below `root`, by bus and port; undefined when this machine has no such folder: no USB at all. */
export function readSysfs(root: string = SYSFS): Dump[] | undefined {
  const names = listFolder(root);
  return names
    ?.filter((name) => /^(usb\d+|\d+-\d+(\.\d+)*)$/.test(name))
    .flatMap((name) => readSysfsDevice(join(root, name), root) ?? []);
}

const ATTRIBUTES = ['speed', 'busnum', 'devnum', 'bConfigurationValue', 'manufacturer', 'product', 'serial'] as const;

/** One device folder; undefined when it is none (any more). `root` is where its interfaces stand. */
export function readSysfsDevice(folder: string, root: string): Dump | undefined {
  const descriptors = readIfThere(join(folder, 'descriptors'));
  if (!descriptors) return undefined;
  const bos = readIfThere(join(folder, 'bos_descriptors'));
  const attributes = new Map<string, string>();
  for (const name of ATTRIBUTES) {
    const text = readText(join(folder, name));
    if (text) attributes.set(name, text);
  }
  const number = (name: string) =>
    /^\d+$/.test(attributes.get(name) ?? '') ? Number(attributes.get(name)) : undefined;
  const [bus, address, active] = [number('busnum'), number('devnum'), number('bConfigurationValue')];
  const speed = readSpeed(attributes.get('speed'));
  const bindings = readBindings(folder, root, active);
  const ntb = readNtb(bindings);
  return {
    form: 'sysfs',
    name: folder,
    descriptors: knownPart(descriptors),
    ...(bos && { bos: knownPart(bos) }),
    strings: stringsOf(descriptors, attributes),
    unreadableStrings: new Set(),
    ...(speed && { speed }),
    location: { port: basename(folder), ...(bus !== undefined && { bus }), ...(address !== undefined && { address }) },
    ...(active !== undefined && { activeConfiguration: active }),
    bindings: bindings.map(({ binding }) => binding),
    ...(ntb.size > 0 && { ntbParameters: ntb }),
    system: 'linux',
    notes: [],
  };
}

interface Bound {
  readonly binding: Binding;
  /** Folder of the OS interface. */
  readonly net: string | undefined;
}

/** Interfaces stand in folders `<device>:<configuration>.<interface>` beside or below the device. */
function readBindings(folder: string, root: string, active: number | undefined): Bound[] {
  const prefix = `${basename(folder)}:${active ?? ''}`;
  const inside = (listFolder(folder) ?? []).map((name) => join(folder, name));
  const beside = (listFolder(root) ?? []).map((name) => join(root, name));
  const paths = new Map([...beside, ...inside].map((path) => [basename(path), path]));
  return [...paths]
    .filter(([name]) => name.startsWith(prefix) && /:\d+\.\d+$/.test(name))
    .map(([name, path]) => readBound(path, Number(name.split('.').at(-1))))
    .sort((one, other) => one.binding.interface - other.binding.interface);
}

function readBound(path: string, number: number): Bound {
  const driver = linkTarget(join(path, 'driver'));
  const name = listFolder(join(path, 'net'))?.[0];
  const net = name && join(path, 'net', name);
  const mac = net && readText(join(net, 'address'));
  return {
    binding: {
      interface: number,
      ...(driver && { driver }),
      ...(name && { osInterface: name }),
      ...(mac && { mac }),
    },
    net,
  };
}

function linkTarget(path: string): string | undefined {
  try {
    return basename(readlinkSync(path));
  } catch {
    return undefined;
  }
}

/** What cdc_ncm read from the device and shows (Documentation/ABI/testing/sysfs-class-net-cdc_ncm), as the answer it got. */
const NTB_FIELDS: readonly (readonly [string, number, number])[] = [
  ['bmNtbFormatsSupported', 2, 2],
  ['dwNtbInMaxSize', 4, 4],
  ['wNdpInDivisor', 8, 2],
  ['wNdpInPayloadRemainder', 10, 2],
  ['wNdpInAlignment', 12, 2],
  ['dwNtbOutMaxSize', 16, 4],
  ['wNdpOutDivisor', 20, 2],
  ['wNdpOutPayloadRemainder', 22, 2],
  ['wNdpOutAlignment', 24, 2],
  ['wNtbOutMaxDatagrams', 26, 2],
];

function readNtb(bindings: readonly Bound[]): Map<number, Uint8Array> {
  return new Map(
    bindings.flatMap(({ binding, net }) => {
      const folder = net && join(net, 'cdc_ncm');
      if (!folder || readText(join(folder, 'dwNtbInMaxSize')) === undefined) return [];
      const answer = new Uint8Array(28);
      answer[0] = 28;
      const view = new DataView(answer.buffer);
      for (const [name, at, size] of NTB_FIELDS) {
        const value = Number(readText(join(folder, name)) ?? 0);
        if (size === 2) view.setUint16(at, value, true);
        else view.setUint32(at, value, true);
      }
      return [[binding.interface, answer] as const];
    }),
  );
}
