// check-signature.ts — a program's signature against the bytes it was made for: pages, slots, Info.plist, seal, cdhashes.

import type { Finding, Trouble } from '../../model/finding.ts';
import { bestDirectory, CODE_FLAG, type CodeDirectory } from '../../model/signing/code-directory.ts';
import { SLOT } from '../../model/signing/code-signature.ts';
import { digest, same } from '../../model/signing/crypto.ts';
import type { SignedSlice, SliceSignature } from '../../model/signing/program.ts';
import { checkEntitlementForms } from './check-entitlement-forms.ts';
import { broken, fine, trouble } from './report-trouble.ts';
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
