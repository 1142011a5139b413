// mach-o.ts — a Mach-O file, thin or universal, in; its slices with platform, oldest system and place of the signature out.
//
// universal (big-endian)   0 magic 0xcafebabe or 0xcafebabf, 4 number of slices; per slice cputype, cpusubtype, offset,
//                          size, align (32 bits each; 64-bit offset and size and 4 bytes more for 0xcafebabf)   fat.h
// thin (little-endian)     0 magic 0xfeedfacf, 4 cputype, 8 cpusubtype, 12 filetype, 16 ncmds, 20 sizeofcmds,
//                          24 flags, 28 reserved (not for 0xfeedface, the 32-bit variant of old universal files);
//                          then the load commands: 0 cmd, 4 cmdsize                                        loader.h

import { type ByteSource, readView } from './byte-source.ts';
import { FormatError } from './format-error.ts';
import type { View } from './view.ts';

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;
const THIN_64 = 0xfeedfacf;
const THIN_32 = 0xfeedface;
/** A Java class file begins with FAT_MAGIC too; there the number of slices would be its version, 43 or more. */
const MAX_SLICES = 30;
/** MAXSECTALIGN of Apple's linker and lipo. */
const MAX_ALIGN = 15;
const MAX_COMMANDS = 4096;
const MAX_COMMAND_BYTES = 1 << 20;

const CPU = { x86: 7, x86_64: 0x01000007, arm: 12, arm64: 0x0100000c } as const;
const COMMAND = {
  symbols: 0x02,
  segment64: 0x19,
  signature: 0x1d,
  versionMinMacos: 0x24,
  buildVersion: 0x32,
} as const;

/** Platforms of LC_BUILD_VERSION, loader.h. */
export const PLATFORM = { macos: 1, driverkit: 10 } as const;

/** Where something lies in the file, in bytes from its start. */
export interface Place {
  readonly offset: number;
  readonly size: number;
}

export interface Slice {
  /** As lipo says it: x86_64, arm64, arm64e; a number for what is unknown. */
  readonly architecture: string;
  readonly place: Place;
  readonly fileType: number;
  /** LC_BUILD_VERSION's; 1 for the older LC_VERSION_MIN_MACOSX; undefined when neither is there. */
  readonly platform: number | undefined;
  /** Oldest system, "20.0"; a DriverKit version for DriverKit. */
  readonly minimum: string | undefined;
  readonly sdk: string | undefined;
  readonly signature: Place | undefined;
  /** The section __TEXT,__info_plist of a bare program. */
  readonly infoPlist: Place | undefined;
  /** Names of symbols, for looking classes up. */
  readonly symbolNames: Place | undefined;
}

/** Whether a file begins as a Mach-O file does. */
export function isMachO(source: ByteSource): boolean {
  if (source.size < 32) return false;
  const start = readView(source, 0, 8, 'header');
  const magic = start.u32(0);
  if (magic === FAT_MAGIC || magic === FAT_MAGIC_64) return start.u32(4) <= MAX_SLICES;
  return start.u32le(0) === THIN_64 || start.u32le(0) === THIN_32;
}

/** The header and the table of a universal file; of a thin file, which has none, no bytes. */
export function tableOfSlices(source: ByteSource): Place {
  const start = readView(source, 0, Math.min(8, source.size), 'header');
  const entry = { [FAT_MAGIC]: 20, [FAT_MAGIC_64]: 32 }[start.u32(0, 'magic')];
  return { offset: 0, size: entry === undefined ? 0 : 8 + entry * start.u32(4) };
}

/** Reads the slices of a Mach-O file, one for a thin file. Throws FormatError. */
export function readMachO(source: ByteSource): readonly Slice[] {
  const start = readView(source, 0, Math.min(8, source.size), 'header');
  const magic = start.u32(0, 'magic');
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return [readSlice(source, { offset: 0, size: source.size })];
  const count = start.u32(4, 'number of slices');
  if (count === 0 || count > MAX_SLICES) throw start.error(4, `${count} slices`);
  const wide = magic === FAT_MAGIC_64;
  const table = readView(source, 8, count * (wide ? 32 : 20), 'table of slices');
  const slices: Slice[] = [];
  for (let at = 0; at < table.length; at += wide ? 32 : 20) {
    const offset = wide ? table.u64(at + 8) : table.u32(at + 8);
    const size = wide ? table.u64(at + 16) : table.u32(at + 12);
    if (offset < 8 + table.length || offset > source.size || size > source.size - offset) {
      throw table.error(at, `a slice of ${size} bytes at ${offset} in a file of ${source.size}`);
    }
    if (slices.some(({ place }) => offset < place.offset + place.size && place.offset < offset + size)) {
      throw table.error(at, 'slices that overlap');
    }
    const slice = readSlice(source, { offset, size });
    const inside = readView(source, offset + 4, 8, 'Mach-O header');
    const isSame =
      inside.u32le(0) === table.u32(at) && plainSubtype(inside.u32le(4)) === plainSubtype(table.u32(at + 4));
    if (!isSame) throw table.error(at, `a slice that is ${slice.architecture} inside and something else outside`);
    const align = table.u32(at + (wide ? 24 : 16));
    if (align > MAX_ALIGN || offset % 2 ** align !== 0)
      throw table.error(at, `a slice at ${offset} that says it is aligned to two to the ${align}`);
    slices.push(slice);
  }
  return slices;
}

function readSlice(source: ByteSource, place: Place): Slice {
  const header = readView(source, place.offset, Math.min(32, place.size), 'Mach-O header');
  const magic = header.u32le(0, 'magic');
  if (magic !== THIN_64 && magic !== THIN_32) throw header.error(0, `magic 0x${magic.toString(16)} is no Mach-O file`);
  const length = magic === THIN_64 ? 32 : 28;
  const bytes = header.u32le(20, 'size of the load commands');
  if (bytes > MAX_COMMAND_BYTES || bytes > place.size - length)
    throw header.error(20, `load commands of ${bytes} bytes`);
  const count = header.u32le(16, 'number of load commands');
  if (count > MAX_COMMANDS) throw header.error(16, `${count} load commands`);
  const commands = readCommands(readView(source, place.offset + length, bytes, 'load commands'), count, place);
  return {
    architecture: architecture(header.u32le(4), header.u32le(8)),
    place,
    fileType: header.u32le(12),
    ...commands,
  };
}

type Commands = Omit<Slice, 'architecture' | 'place' | 'fileType'>;

function readCommands(view: View, count: number, place: Place): Commands {
  const found: { -readonly [Key in keyof Commands]: Commands[Key] } = {
    platform: undefined,
    minimum: undefined,
    sdk: undefined,
    signature: undefined,
    infoPlist: undefined,
    symbolNames: undefined,
  };
  let at = 0;
  for (let index = 0; index < count; index++) {
    const size = view.u32le(at + 4, 'size of a load command');
    if (size < 8 || size % 4 !== 0) throw view.error(at + 4, `a load command of ${size} bytes`);
    const command = view.slice(at, size, 'load command');
    switch (command.u32le(0)) {
      case COMMAND.buildVersion:
        found.platform = command.u32le(8);
        found.minimum = version(command.u32le(12));
        found.sdk = version(command.u32le(16));
        break;
      case COMMAND.versionMinMacos:
        found.platform = PLATFORM.macos;
        found.minimum = version(command.u32le(8));
        found.sdk = version(command.u32le(12));
        break;
      case COMMAND.signature:
        if (found.signature) throw command.error(0, 'a second signature');
        found.signature = within(place, command, command.u32le(8), command.u32le(12));
        break;
      case COMMAND.symbols:
        found.symbolNames = within(place, command, command.u32le(16), command.u32le(20));
        break;
      case COMMAND.segment64:
        found.infoPlist ??= infoPlistSection(command, place);
        break;
    }
    at += size;
  }
  return found;
}

function infoPlistSection(segment: View, place: Place): Place | undefined {
  const sections = segment.u32le(64, 'number of sections');
  for (let index = 0; index < sections; index++) {
    const section = segment.slice(72 + 80 * index, 80, 'section');
    const name = Buffer.from(section.slice(0, 16).bytes).toString('latin1').replace(/\0.*$/, '');
    if (name === '__info_plist') return within(place, section, section.u32le(48), section.u64le(40));
  }
  return undefined;
}

function within(place: Place, view: View, offset: number, size: number): Place {
  if (offset > place.size || size > place.size - offset) {
    throw new FormatError(view.offset, `${size} bytes at ${offset} in a slice of ${place.size}`);
  }
  return { offset: place.offset + offset, size };
}

/** The highest byte is flags, which a universal file's table need not repeat. */
const plainSubtype = (subtype: number) => subtype & 0xffffff;

function architecture(type: number, subtype: number): string {
  const kind = plainSubtype(subtype);
  if (type === CPU.arm64) return kind === 2 ? 'arm64e' : 'arm64';
  if (type === CPU.x86_64) return kind === 8 ? 'x86_64h' : 'x86_64';
  if (type === CPU.x86) return 'i386';
  return type === CPU.arm ? 'arm' : `cpu ${type}`;
}

/** X.Y.Z in nibbles xxxx.yy.zz; a Z of nought is left out. */
function version(packed: number): string {
  const patch = packed & 0xff;
  return `${packed >>> 16}.${(packed >>> 8) & 0xff}${patch ? `.${patch}` : ''}`;
}
