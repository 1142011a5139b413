// subject.ts — a bundle in, the facts every check about its program needs out.

import type { Bundle, BundleKind } from '../../model/signing/bundle.ts';
import type { Certificate } from '../../model/signing/certificate.ts';
import type { Parsed } from '../../model/signing/format-error.ts';
import type { PlistDict } from '../../model/signing/plist.ts';
import type { Profile } from '../../model/signing/profile.ts';
import type { Program, SignedSlice } from '../../model/signing/program.ts';
import type { View } from '../../model/signing/view.ts';

/** A program with what stands around it: a bundle's, or a bare one. */
export interface Subject {
  readonly kind: BundleKind | 'tool';
  /** Path for findings about the whole. */
  readonly path: string;
  readonly program: Program;
  readonly info: PlistDict;
  readonly infoPath: string;
  /** What slot 1 hashes, for a bundle; a bare program has it inside. */
  readonly infoFile: View | undefined;
  readonly sealFile: View | undefined;
  readonly profile: Parsed<Profile> | undefined;
  readonly profilePath: string;
}

/** The subject of a bundle whose program and Info.plist can be read. */
export function subjectOf(bundle: Bundle, profile: Profile | undefined): Subject | undefined {
  if (!bundle.program?.ok) return undefined;
  return {
    kind: bundle.kind,
    path: bundle.path || bundle.name,
    program: bundle.program.value,
    info: bundle.info?.ok ? bundle.info.value : new Map(),
    infoPath: bundle.infoPath,
    infoFile: bundle.infoFile,
    sealFile: bundle.sealFile,
    profile: profile ? { ok: true, value: profile } : bundle.profile,
    profilePath: `${bundle.base}embedded.provisionprofile`,
  };
}

/** What macOS takes a slice's entitlements to be: the DER ones when there are any. */
export function entitlementsOf({ signed }: SignedSlice): PlistDict {
  if (!signed?.ok) return new Map();
  const { entitlements, entitlementsDer } = signed.value;
  return entitlementsDer ?? (entitlements?.ok ? entitlements.value : new Map());
}

/** Who signed a slice, as far as its signature says. */
export interface SigningIdentity {
  readonly certificate: Certificate;
  readonly slice: SignedSlice;
}
