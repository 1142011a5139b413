// variants.ts — one thing wrong each: how the plain recipe is changed, and what has to be said about it.

import type { CatalogueId } from '../../../tools/checks/signing/catalogue.ts';
import type { CheckOptions } from '../../../tools/checks/signing/options.ts';
import type { Recipe } from './bundle.ts';
import { ENTITLEMENT_VARIANTS } from './variants/entitlements.ts';
import { LAYOUT_VARIANTS } from './variants/layout.ts';
import { NESTED_VARIANTS } from './variants/nested.ts';
import { PERSONALITIES_VARIANTS } from './variants/personalities.ts';
import { PLATFORM_VARIANTS } from './variants/platform.ts';
import { PROFILE_VARIANTS } from './variants/profile.ts';
import { RELEASE_VARIANTS } from './variants/release.ts';
import { SIGNATURE_VARIANTS } from './variants/signature.ts';
import { SIGNER_VARIANTS } from './variants/signer.ts';
import { TAMPERING_VARIANTS } from './variants/tampering.ts';

export interface Variant {
  /** What is wrong, as a sentence's end: "names …". */
  readonly name: string;
  readonly kind: 'development' | 'developer-id';
  readonly change: (recipe: Recipe) => Recipe;
  readonly options?: Partial<CheckOptions>;
  readonly id: CatalogueId;
  readonly rule: string;
  readonly level?: 'warn';
  /** What the finding has to quote. */
  readonly seen: RegExp;
}

export const VARIANTS: readonly Variant[] = [
  ...LAYOUT_VARIANTS,
  ...PERSONALITIES_VARIANTS,
  ...PLATFORM_VARIANTS,
  ...SIGNATURE_VARIANTS,
  ...TAMPERING_VARIANTS,
  ...SIGNER_VARIANTS,
  ...RELEASE_VARIANTS,
  ...PROFILE_VARIANTS,
  ...ENTITLEMENT_VARIANTS,
  ...NESTED_VARIANTS,
];
