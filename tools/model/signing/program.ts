// program.ts — one executable file in; its slices, each with its signature taken apart and its pages hashed, out.

import { type ByteSource, readView } from './byte-source.ts';
import { readSignedData, type SignedData } from './cms.ts';
import { blobContent, type CodeSignature, readCodeSignature, SLOT } from './code-signature.ts';
import { type Parsed, parsed } from './format-error.ts';
import { type Place, readMachO, type Slice } from './mach-o.ts';
import { type PageVerdict, verifyPages } from './page-hashes.ts';
import type { PlistDict } from './plist.ts';
import { readDerPlist } from './plist-der.ts';
import { readPlistDict } from './read-plist.ts';
import { strayByte } from './stray-bytes.ts';
import type { View } from './view.ts';

/** A signature beyond this is nobody's: 16 MiB hash a program of 2 GiB. */
const MAX_SIGNATURE = 64 << 20;
const MAX_INFO = 4 << 20;

export interface SliceSignature {
  readonly signature: CodeSignature;
  /** One verdict per code directory, in their order. */
  readonly pages: readonly PageVerdict[];
  /** The XML form; its error when it is none. */
  readonly entitlements: Parsed<PlistDict> | undefined;
  readonly entitlementsDer: PlistDict | undefined;
  /** Undefined for an ad-hoc signature. */
  readonly cms: SignedData | undefined;
}

export interface SignedSlice {
  readonly slice: Slice;
  /** Undefined when the slice is not signed. */
  readonly signed: Parsed<SliceSignature> | undefined;
  /** The Info.plist inside a bare program. */
  readonly infoPlist: View | undefined;
}

export interface Program {
  /** Path of the file below what was checked. */
  readonly path: string;
  readonly slices: readonly SignedSlice[];
  /** Where the first byte lies that no signature covers. */
  readonly stray: number | undefined;
}

/** Reads one executable file. Throws FormatError when it is no usable Mach-O file. */
export function readProgram(path: string, source: ByteSource): Program {
  const slices = readMachO(source);
  return { path, slices: slices.map((slice) => readSignedSlice(source, slice)), stray: strayByte(source, slices) };
}

function readSignedSlice(source: ByteSource, slice: Slice): SignedSlice {
  const { signature, infoPlist } = slice;
  return {
    slice,
    signed: signature && parsed(() => readSignature(source, slice, signature)),
    infoPlist:
      infoPlist && infoPlist.size <= MAX_INFO
        ? readView(source, infoPlist.offset, infoPlist.size, 'Info.plist')
        : undefined,
  };
}

function readSignature(source: ByteSource, slice: Slice, place: Place): SliceSignature {
  const view = readView(source, place.offset, Math.min(place.size, MAX_SIGNATURE), 'signature');
  const signature = readCodeSignature(view);
  const xml = blobContent(signature, SLOT.entitlements);
  const der = blobContent(signature, SLOT.entitlementsDer);
  const cms = blobContent(signature, SLOT.cms);
  return {
    signature,
    pages: signature.directories.map((directory) => verifyPages(source, slice.place, directory)),
    entitlements: xml && parsed(() => readPlistDict(xml)),
    entitlementsDer: der && readDerPlist(der),
    cms: cms && cms.length > 0 ? readSignedData(cms) : undefined,
  };
}
