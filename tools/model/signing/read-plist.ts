// read-plist.ts — a property list in XML or binary in, one value out.

import { isDict, type PlistDict, type PlistValue, show } from './plist.ts';
import { readBinaryPlist } from './plist-binary.ts';
import { readXmlPlist } from './plist-xml.ts';
import type { View } from './view.ts';

/** Reads an XML or a binary property list. Throws FormatError. */
export function readPlist(view: View): PlistValue {
  return isBinary(view) ? readBinaryPlist(view) : readXmlPlist(view);
}

/** Reads a property list whose top is a dictionary, as all of Apple's files are. Throws FormatError. */
export function readPlistDict(view: View): PlistDict {
  const value = readPlist(view);
  if (!isDict(value)) throw view.error(0, `the property list holds ${show(value)}, not a dictionary`);
  return value;
}

export function isBinary(view: View): boolean {
  return view.length >= 8 && Buffer.from(view.bytes.subarray(0, 6)).toString('latin1') === 'bplist';
}
