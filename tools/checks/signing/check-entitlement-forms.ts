// check-entitlement-forms.ts — the two forms of a slice's entitlements: can macOS read them, and do they say the same?

import type { Trouble } from '../../model/finding.ts';
import { blobContent, SLOT } from '../../model/signing/code-signature.ts';
import { samePlist, show } from '../../model/signing/plist.ts';
import { stumblingComments } from '../../model/signing/plist-xml.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { isBinary } from '../../model/signing/read-plist.ts';
import { isAtLeast } from '../../model/signing/system-version.ts';
import { broken, trouble } from './report-trouble.ts';

/** macOS 12 and DriverKit 21 read the DER form; older systems the XML. Both have to say the same. */
export function checkEntitlementForms(
  path: string,
  { slice }: SignedSlice,
  signed: SliceSignature,
): readonly Trouble[] {
  const unreadable = unreadableXml(signed);
  if (unreadable) return [trouble('F04', 'entitlements-xml', { subject: path, seen: unreadable })];
  const entitlements = signed.entitlements?.ok ? signed.entitlements.value : undefined;
  const { entitlementsDer } = signed;
  if (entitlements && entitlementsDer && !samePlist(entitlements, entitlementsDer)) {
    const keys = [...new Set([...entitlements.keys(), ...entitlementsDer.keys()])];
    const key = keys.find((candidate) => !samePlist(entitlements.get(candidate), entitlementsDer.get(candidate))) ?? '';
    return [
      broken(
        path,
        'entitlements-forms',
        `${key} is ${show(entitlements.get(key))} in XML and ${show(entitlementsDer.get(key))} in DER`,
      ),
    ];
  }
  const first = slice.platform === 10 ? '21.0' : '12.0';
  if (!entitlements || entitlements.size === 0 || entitlementsDer || !isAtLeast(slice.minimum ?? '0', first)) return [];
  return [
    trouble('F24', 'entitlements-der', {
      level: 'warn',
      subject: path,
      seen: `${slice.architecture}: entitlements in XML only, for ${slice.minimum} and later`,
      title: 'the entitlements lack the DER form newer systems read',
      consequence: 'the system may see no entitlements at all',
    }),
  ];
}

/** What macOS' own XML parser makes of the entitlements: it stumbles on what other parsers read. */
function unreadableXml({ signature, entitlements }: SliceSignature): string | undefined {
  const xml = blobContent(signature, SLOT.entitlements);
  if (!xml || !entitlements) return undefined;
  if (!entitlements.ok) return `the entitlements, ${entitlements.error.message}`;
  if (isBinary(xml)) return 'the entitlements are a binary property list';
  const text = xml.text();
  const [comment] = stumblingComments(text);
  if (comment === undefined) return undefined;
  return `a comment with "--" inside at offset ${comment}, line ${text.slice(0, comment).split('\n').length} of the entitlements`;
}
