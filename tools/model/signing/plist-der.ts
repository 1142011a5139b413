// plist-der.ts — a property list in DER in, as in a code signature's slot 7 and in DER-Encoded-Profile; its value out.
//
// entitlements ::= [APPLICATION 16] { INTEGER 1, dict }         older: the dict alone
// dict ::= [16] { SEQUENCE { UTF8String key, value } … }        older, and a profile's top: a SET instead of [16]
// value ::= BOOLEAN | INTEGER | NumericString (integers of profiles made until 2022) | UTF8String | OCTET STRING | UTCTime | GeneralizedTime | SEQUENCE { value … } | dict

import { type Asn1, readWholeAsn1, TAG } from './asn1.ts';
import { boolean, integer, text, time } from './asn1-values.ts';
import type { PlistDict, PlistValue } from './plist.ts';
import type { View } from './view.ts';

const VERSION = 1;

/** Reads a dictionary in DER that fills the view. Throws FormatError. */
export function readDerPlist(view: View): PlistDict {
  return dictOf(readWholeAsn1(view, 'property list', true));
}

function isDictionary(element: Asn1): boolean {
  return element.is(16, 'context') || element.is(TAG.set) || element.is(16, 'application');
}

function dictOf(element: Asn1): PlistDict {
  if (element.is(16, 'application')) {
    const version = integer(element.child(0, 'version'));
    if (version !== VERSION) throw element.error(`entitlements of version ${version}`);
    return dictOf(element.child(1, 'dictionary'));
  }
  if (!isDictionary(element)) throw element.error('no dictionary where one should be');
  const dict = new Map<string, PlistValue>();
  for (const pair of element.children) {
    const key = text(pair.expect(TAG.sequence, 'entry').child(0, 'key').expect(TAG.utf8String, 'key'));
    if (dict.has(key)) throw pair.error(`the key ${JSON.stringify(key)} occurs twice`);
    dict.set(key, plistValueOf(pair.child(1, 'value')));
  }
  return dict;
}

function plistValueOf(element: Asn1): PlistValue {
  if (isDictionary(element)) return dictOf(element);
  if (element.class !== 'universal') throw element.error('a value of a type of its own');
  switch (element.tag) {
    case TAG.boolean:
      return boolean(element);
    case TAG.integer:
      return integer(element);
    case TAG.numericString:
      return decimal(element);
    case TAG.utf8String:
      return text(element);
    case TAG.octetString:
      return new Uint8Array(element.content.bytes);
    case TAG.utcTime:
    case TAG.generalizedTime:
      return time(element);
    case TAG.sequence:
      return element.children.map(plistValueOf);
    default:
      throw element.error(`a value of type ${element.tag}`);
  }
}

function decimal(element: Asn1): number {
  const digits = text(element);
  if (!/^\d{1,15}$/.test(digits)) throw element.error(`${JSON.stringify(digits)} is no whole number`);
  return Number(digits);
}
