// code-signature.ts — the signature at the end of a Mach-O slice in; code directories, entitlements, CMS out.
//
// SuperBlob (all big-endian)   0 magic 0xfade0cc0, 4 length, 8 count; per blob type, offset       xnu cs_blobs.h
// blob                         0 magic, 4 length, 8 contents

import { type CodeDirectory, readCodeDirectory } from './code-directory.ts';
import type { View } from './view.ts';

const SUPER_BLOB = 0xfade0cc0;
const MAX_BLOBS = 64;

/** Slots of a SuperBlob. Those below 16 have a hash in the code directory at minus their number. */
export const SLOT = {
  codeDirectory: 0,
  infoPlist: 1,
  requirements: 2,
  resources: 3,
  application: 4,
  entitlements: 5,
  diskImage: 6,
  entitlementsDer: 7,
  launchSelf: 8,
  launchParent: 9,
  launchResponsible: 10,
  library: 11,
  alternateDirectories: 0x1000,
  cms: 0x10000,
  identification: 0x10001,
  ticket: 0x10002,
} as const;

const MAGIC: Readonly<Record<number, number>> = {
  [SLOT.requirements]: 0xfade0c01,
  [SLOT.entitlements]: 0xfade7171,
  [SLOT.entitlementsDer]: 0xfade7172,
  [SLOT.launchSelf]: 0xfade8181,
  [SLOT.launchParent]: 0xfade8181,
  [SLOT.launchResponsible]: 0xfade8181,
  [SLOT.library]: 0xfade8181,
  [SLOT.cms]: 0xfade0b01,
};

export interface CodeSignature {
  /** The one in slot 0 first: it is what the CMS signs. */
  readonly directories: readonly [CodeDirectory, ...CodeDirectory[]];
  /** Every blob with its header, by slot. */
  readonly blobs: ReadonlyMap<number, View>;
}

/** Reads a slice's signature; zero bytes may follow it. Throws FormatError. */
export function readCodeSignature(view: View): CodeSignature {
  const magic = view.u32(0, 'magic of the signature');
  if (magic !== SUPER_BLOB) throw view.error(0, `magic 0x${magic.toString(16)} is no code signature`);
  const whole = view.slice(0, view.u32(4, 'length of the signature'), 'signature');
  const count = whole.u32(8, 'number of blobs');
  if (count > MAX_BLOBS) throw whole.error(8, `${count} blobs`);
  const blobs = new Map<number, View>();
  for (let index = 0; index < count; index++) {
    const slot = whole.u32(12 + 8 * index, 'slot');
    const offset = whole.u32(16 + 8 * index, 'place of a blob');
    if (blobs.has(slot)) throw whole.error(12 + 8 * index, `slot ${slot} occurs twice`);
    if (offset < 12 + 8 * count) throw whole.error(16 + 8 * index, 'a blob that begins inside the index');
    blobs.set(slot, readBlob(whole.slice(offset), slot));
  }
  const primary = blobs.get(SLOT.codeDirectory);
  if (!primary) throw whole.error(0, 'a signature without a code directory');
  const alternates = [...blobs].filter(
    ([slot]) => slot >= SLOT.alternateDirectories && slot < SLOT.alternateDirectories + 5,
  );
  return {
    directories: [readCodeDirectory(primary), ...alternates.map(([, blob]) => readCodeDirectory(blob))],
    blobs,
  };
}

function readBlob(view: View, slot: number): View {
  const magic = view.u32(0, 'magic of a blob');
  const expected = MAGIC[slot];
  if (expected !== undefined && magic !== expected)
    throw view.error(0, `magic 0x${magic.toString(16)} in slot ${slot}`);
  const length = view.u32(4, 'length of a blob');
  if (length < 8) throw view.error(4, `a blob of ${length} bytes`);
  return view.slice(0, length, 'blob');
}

/** The contents of a blob, without its header; undefined when the slot is empty. */
export function blobContent(signature: CodeSignature, slot: number): View | undefined {
  return signature.blobs.get(slot)?.slice(8);
}
