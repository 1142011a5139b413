// check-signature.ts — a program's signature against the bytes it was made for: pages, slots, Info.plist, seal, cdhashes.

import type { Finding, Trouble } from '../../model/finding.ts';
import { bestDirectory, CODE_FLAG, type CodeDirectory } from '../../model/signing/code-directory.ts';
import { blobContent, SLOT } from '../../model/signing/code-signature.ts';
import { digest, same } from '../../model/signing/crypto.ts';
import { samePlist, show } from '../../model/signing/plist.ts';
import { stumblingComments } from '../../model/signing/plist-xml.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { isBinary } from '../../model/signing/read-plist.ts';
import { isAtLeast } from '../../model/signing/system-version.ts';
import { fine, trouble } from './report-trouble.ts';
import type { Subject } from './subject.ts';

const SIGNED_SLOTS: ReadonlyMap<number, string> = new Map([
  [SLOT.requirements, 'requirements'],
  [SLOT.entitlements, 'entitlements'],
  [SLOT.entitlementsDer, 'DER entitlements'],
  [SLOT.launchSelf, 'launch constraints'],
  [SLOT.launchParent, "parent's launch constraints"],
  [SLOT.launchResponsible, "responsible process' launch constraints"],
  [SLOT.library, 'library constraints'],
]);

/** Everything about a slice's signature that needs no certificate. */
export function checkSignature(subject: Subject, signedSlice: SignedSlice): readonly Finding[] {
  const { slice, signed } = signedSlice;
  const path = subject.program.path;
  if (!signed) {
    return [
      trouble('F09', 'signature-present', {
        // Intel Macs run bare programs without a signature.
        ...(subject.kind === 'tool' && !slice.architecture.startsWith('arm64') && { level: 'warn' }),
        subject: path,
        seen: `the ${slice.architecture} slice has no LC_CODE_SIGNATURE`,
        consequence: 'codesign: code object is not signed at all (-67062)',
        related: subject.kind === 'dext' ? ['F34'] : [],
      }),
    ];
  }
  if (!signed.ok)
    return [broken(path, 'signature-form', `in the ${slice.architecture} slice, ${signed.error.message}`)];
  const own = [...checkPages(path, signedSlice, signed.value), ...checkSlots(path, signed.value)];
  const found = [
    ...own,
    ...checkInfoSlot(subject, signedSlice, signed.value),
    ...checkSealSlot(subject, signed.value),
    ...(own.length > 0 ? [] : checkEntitlementForms(path, signedSlice, signed.value)),
    ...checkIdentifier(subject, signed.value),
  ];
  if (found.length > 0) return found;
  const pages = signed.value.pages.reduce((sum, { pages }) => sum + pages, 0);
  return [fine('signature', path, `${slice.architecture}: ${pages} pages and every slot are as they were signed`)];
}

/** A signature that does not hold: codesign says -67061, sysextd code 8. */
export function broken(path: string, rule: string, seen: string): Trouble {
  return trouble('F42', rule, {
    subject: path,
    seen,
    consequence:
      'codesign: invalid signature (code or signature have been modified) (-67061); sysextd: code 8, code signature invalid',
    confidence: 'high',
    related: ['F19', 'F24'],
  });
}

function checkPages(path: string, { slice }: SignedSlice, { signature, pages }: SliceSignature): readonly Trouble[] {
  const found: Trouble[] = [];
  for (const [index, directory] of signature.directories.entries()) {
    const differing = pages[index]?.differing ?? [];
    if (differing.length > 0) {
      const places = differing.map((offset) => `0x${offset.toString(16)}`).join(', ');
      found.push(
        broken(
          path,
          'signature-pages',
          `${slice.architecture}: the ${directory.hash} hashes differ for the pages at ${places}`,
        ),
      );
    }
    const end = (slice.signature?.offset ?? 0) - slice.place.offset;
    if (directory.codeLimit < end) {
      found.push(
        broken(
          path,
          'signature-limit',
          `${slice.architecture}: bytes ${directory.codeLimit} to ${end} are covered by no hash`,
        ),
      );
    }
  }
  return found.slice(0, 1);
}

/** Blob and hash belong together: a hash without its blob and a blob without its hash are both refused. */
function checkSlots(path: string, { signature }: SliceSignature): readonly Trouble[] {
  const found: Trouble[] = [];
  for (const directory of signature.directories) {
    for (const [slot, name] of SIGNED_SLOTS) {
      const blob = signature.blobs.get(slot);
      const stored = directory.specials.get(slot);
      if (!blob && !stored) continue;
      const seen = !blob
        ? 'are missing'
        : !stored
          ? 'have no hash'
          : matches(directory, stored, blob.bytes)
            ? ''
            : 'differ from their hash';
      if (seen) found.push(broken(path, 'signature-slot', `the ${name} (slot -${slot}) ${seen}`));
    }
  }
  return found.slice(0, 1);
}

function matches(directory: CodeDirectory, stored: Uint8Array, bytes: Uint8Array): boolean {
  return same(stored, digest(directory.hash, bytes).subarray(0, directory.hashSize));
}

/** Slot 1 hashes Info.plist as it lies there, binary or not. */
function checkInfoSlot(
  subject: Subject,
  { infoPlist }: SignedSlice,
  { signature }: SliceSignature,
): readonly Trouble[] {
  const file = subject.kind === 'tool' ? infoPlist : subject.infoFile;
  const directory = bestDirectory(signature.directories);
  const stored = directory.specials.get(SLOT.infoPlist);
  if (!stored && !(file && subject.kind !== 'tool')) return [];
  if (stored && file && matches(directory, stored, file.bytes)) return [];
  return [
    trouble('F08', 'signature-info', {
      subject: subject.infoPath || subject.program.path,
      seen: !file
        ? 'the signed Info.plist is gone'
        : stored
          ? 'Info.plist differs from the hash in slot -1'
          : 'the signature does not cover Info.plist',
      consequence: 'codesign: invalid Info.plist (plist or signature have been modified) (-67030)',
      related: ['F42'],
    }),
  ];
}

/** Slot 3 hashes _CodeSignature/CodeResources. */
function checkSealSlot(subject: Subject, { signature }: SliceSignature): readonly Trouble[] {
  if (subject.kind === 'tool') return [];
  const directory = bestDirectory(signature.directories);
  const stored = directory.specials.get(SLOT.resources);
  const file = subject.sealFile;
  if ((!stored && !file) || (stored && file && matches(directory, stored, file.bytes))) return [];
  return [
    trouble('F07', 'signature-seal', {
      subject: `${subject.path}/_CodeSignature/CodeResources`,
      seen: !file
        ? 'the sealed CodeResources file is gone'
        : stored
          ? 'CodeResources differs from the hash in slot -3'
          : 'the signature does not cover CodeResources',
      consequence: 'codesign: a sealed resource is missing or invalid (-67054)',
      related: ['F42'],
    }),
  ];
}

/** macOS 12 and DriverKit 21 read the DER form; older systems the XML. Both have to say the same. */
function checkEntitlementForms(path: string, { slice }: SignedSlice, signed: SliceSignature): readonly Trouble[] {
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

function checkIdentifier(subject: Subject, { signature }: SliceSignature): readonly Trouble[] {
  const identifier = subject.info.get('CFBundleIdentifier');
  const [primary] = signature.directories;
  if (subject.kind !== 'dext' || typeof identifier !== 'string' || primary.identifier === identifier) return [];
  return [
    trouble('F42', 'signature-identifier', {
      subject: subject.program.path,
      title: 'the signature is for another bundle id',
      seen: `signed as ${JSON.stringify(primary.identifier)}, CFBundleIdentifier is ${JSON.stringify(identifier)}`,
      consequence: 'sysextd: code 4 or 8; the designated requirement names another program',
      fix: `Sign again with codesign --identifier ${identifier}.`,
    }),
  ];
}

/** Whether a signature has no signer on purpose. */
export function isAdhoc(signed: SliceSignature): boolean {
  return (signed.signature.directories[0].flags & CODE_FLAG.adhoc) !== 0;
}
