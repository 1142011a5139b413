// check-seal.ts — a bundle's seal against its files: what was changed, added or lost after signing.

import type { Finding, Trouble } from '../../model/finding.ts';
import type { Bundle } from '../../model/signing/bundle.ts';
import type { SealVerdict } from '../../model/signing/code-resources.ts';
import { fine, trouble } from './report-trouble.ts';

/** Paths listed in one finding; more say no more. */
const MAX_LISTED = 5;

/** `known` are paths whose change another finding explains already: those of a dext that does not verify by itself. */
export function checkSeal(bundle: Bundle, known: ReadonlySet<string>): readonly Finding[] {
  const path = bundle.path || bundle.name;
  if (!bundle.seal) return [];
  if (!bundle.seal.ok) {
    return [sealTrouble(`${path}/_CodeSignature/CodeResources`, 'seal-form', bundle.seal.error.message)];
  }
  const news = (paths: readonly string[]) => paths.filter((below) => !known.has(bundle.base + below));
  const verdict = bundle.seal.value;
  const differences = [
    describe('changed', news(verdict.changed)),
    describe('added', news(verdict.added)),
    describe('missing', news(verdict.missing)),
  ].filter((text) => text !== '');
  if (differences.length === 0)
    return [fine('seal', path, `all ${verdict.files} sealed files are as they were signed`)];
  const [dext] = bundle.dexts.filter(({ path: inside }) => touches(bundle, verdict, inside, known));
  return [
    sealTrouble(
      path,
      dext ? 'seal-dext' : 'seal-files',
      differences.join('; '),
      dext && { title: 'the dext was signed or changed after its app' },
    ),
  ];
}

function touches(bundle: Bundle, verdict: SealVerdict, dext: string, known: ReadonlySet<string>): boolean {
  return [...verdict.changed, ...verdict.added, ...verdict.missing].some(
    (below) => (bundle.base + below).startsWith(`${dext}/`) && !known.has(bundle.base + below),
  );
}

function describe(what: string, paths: readonly string[]): string {
  if (paths.length === 0) return '';
  const rest = paths.length > MAX_LISTED ? ` and ${paths.length - MAX_LISTED} more` : '';
  return `${what}: ${paths.slice(0, MAX_LISTED).join(', ')}${rest}`;
}

function sealTrouble(subject: string, rule: string, seen: string, details: { title?: string } = {}): Trouble {
  return trouble('F07', rule, {
    subject,
    seen,
    consequence: 'codesign: a sealed resource is missing or invalid (-67054); sysextd: code 8, code signature invalid',
    related: ['F42'],
    ...details,
  });
}

/** AppleDouble files: harmless where a package was unpacked off a Mac, refused where a signature has to cover them. */
export function checkAppleDoubles(bundle: Bundle): readonly Trouble[] {
  const strays = bundle.appleDoubles.filter(({ paired }) => !paired);
  const pairs = bundle.appleDoubles.filter(({ paired }) => paired);
  const found: Trouble[] = [];
  if (strays.length > 0) {
    found.push(
      trouble('F06', 'detritus', {
        subject: bundle.path || bundle.name,
        seen: describe(
          'AppleDouble files without the file they belong to',
          strays.map(({ path }) => path),
        ),
        fix: 'Delete them: dot_clean -m BUNDLE, or find BUNDLE -name "._*" -delete.',
        related: ['F07', 'F77'],
      }),
    );
  }
  if (pairs.length > 0) {
    found.push(
      trouble('F77', 'apple-doubles', {
        level: 'warn',
        subject: bundle.path || bundle.name,
        title: 'AppleDouble files lie in the bundle, made by unpacking or copying it off a Mac',
        seen: describe(
          'AppleDouble files',
          pairs.map(({ path }) => path),
        ),
        consequence:
          'codesign: a sealed resource is missing or invalid (-67054), once the copy goes back to a Mac with them',
        fix: 'Delete them before packing this copy: find BUNDLE -name "._*" -delete. In the package itself they are extended attributes.',
      }),
    );
  }
  return found;
}
