// check.ts — the rule engine: a bundle, a bare program or a provisioning profile in, every reason macOS would refuse it out.

import type { Finding } from '../../model/finding.ts';
import { troubles } from '../../model/finding.ts';
import type { Bundle } from '../../model/signing/bundle.ts';
import { type Parsed, parsed } from '../../model/signing/format-error.ts';
import type { Program, SignedSlice } from '../../model/signing/program.ts';
import { checkActivation, checkInstalled, checkTicket } from './check-activation.ts';
import { checkDistribution } from './check-distribution.ts';
import { checkDriverEntitlements } from './check-driver-entitlements.ts';
import { checkEntitlements } from './check-entitlements.ts';
import { checkDexts, checkLayout } from './check-layout.ts';
import { checkPersonalities } from './check-personalities.ts';
import { checkProfile } from './check-profile.ts';
import { checkProgram } from './check-program.ts';
import { checkAppleDoubles, checkSeal } from './check-seal.ts';
import { checkSignature } from './check-signature.ts';
import { checkSigner } from './check-signer.ts';
import type { CheckOptions } from './options.ts';
import { inOrder } from './reach.ts';
import { broken } from './report-trouble.ts';
import { type SlicesSigner, signerOf } from './signer.ts';
import { entitlementsOf, type Subject, subjectOf } from './subject.ts';

/** Every finding about a bundle and the dexts in it, in the order in which macOS would come upon them. */
export function check(bundle: Bundle, options: CheckOptions): readonly Finding[] {
  const places = checkDexts(bundle);
  const duplicates = new Set(places.map(({ subject }) => subject));
  const dexts = bundle.dexts
    .flatMap((dext) => checkBundle(dext, new Set(), { ...options, profile: undefined }))
    .filter((finding) => !(finding.rule === 'layout-name' && duplicates.has(finding.subject)));
  const known = new Set(bundle.dexts.flatMap((dext) => changedPaths(dext, dexts)));
  const findings = [
    ...checkAppleDoubles(bundle),
    ...places,
    ...dexts,
    ...bundle.nested.flatMap((nested) => checkNested(nested, options)),
    ...checkBundle(bundle, known, options),
  ];
  const isDexts = (subject: string) =>
    bundle.kind === 'dext' || bundle.dexts.some(({ path }) => subject === path || subject.startsWith(`${path}/`));
  return inOrder(oncePerSlice(findings), isDexts);
}

/** Every finding about a program without a bundle. */
export function checkTool(program: Parsed<Program>, path: string, options: CheckOptions): readonly Finding[] {
  if (!program.ok) return [broken(path, 'program-form', program.error.message)];
  const subject: Subject = {
    kind: 'tool',
    path,
    program: program.value,
    info: new Map(),
    infoPath: '',
    infoFile: undefined,
    sealFile: undefined,
    profile: options.profile && { ok: true, value: options.profile },
    profilePath: '',
  };
  return inOrder(oncePerSlice(checkSubject(subject, undefined, options)), () => false);
}

export { checkProfile } from './check-profile.ts';

function checkBundle(bundle: Bundle, known: ReadonlySet<string>, options: CheckOptions): readonly Finding[] {
  const layout = checkLayout(bundle);
  if (troubles(layout).some(({ rule }) => UNREADABLE.has(rule))) return layout;
  const findings: Finding[] = [...layout];
  if (bundle.program && !bundle.program.ok) {
    findings.push(broken(bundle.programPath ?? bundle.name, 'program-form', bundle.program.error.message));
  }
  const subject = subjectOf(bundle, options.profile);
  if (subject) findings.push(...checkSubject(subject, bundle, options));
  const explained = troubles(findings).filter(({ id, subject: path }) => id === 'F20' && path === subject?.profilePath);
  findings.push(...checkSeal(bundle, new Set([...known, ...explained.map(({ subject: path }) => path)])));
  if (bundle.kind === 'dext' && bundle.info?.ok) {
    findings.push(
      ...checkPersonalities(bundle.infoPath, bundle.info.value, bundle.classesMissing, options.usbDevice),
      ...checkInstalled(bundle, options),
    );
  }
  return findings;
}

/** Layout troubles behind which nothing else can be told. */
const UNREADABLE: ReadonlySet<string> = new Set(['layout-form', 'layout-info', 'layout-program']);

/** A profile that is no good makes comparing entitlements with it idle; a signature that is broken, everything else. */
function checkSubject(subject: Subject, bundle: Bundle | undefined, options: CheckOptions): readonly Finding[] {
  const profile = subject.profile?.ok ? checkProfile(subject.profilePath, subject.profile.value, options) : [];
  const genuine = !troubles(profile).some(({ rule }) => rule.endsWith('signature'));
  return [
    ...profile,
    ...checkProgram(subject, options.target),
    ...subject.program.slices.flatMap((slice) => checkSlice(subject, slice, bundle, genuine, options)),
  ];
}

function checkSlice(
  subject: Subject,
  slice: SignedSlice,
  bundle: Bundle | undefined,
  genuine: boolean,
  options: CheckOptions,
): readonly Finding[] {
  const findings = parsed(() => {
    const signer = slice.signed?.ok ? signerOf(slice.signed.value, options.roots, options.now) : undefined;
    return [
      ...checkSignature(subject, slice),
      ...checkSigner(subject, slice, signer, options),
      ...checkClaims(subject, slice, bundle, genuine, signer?.problem ? undefined : signer, options),
    ];
  });
  return findings.ok ? findings.value : [broken(subject.program.path, 'signature-form', findings.error.message)];
}

/** What a signed slice claims: against the profile, the notary service, the kernel and sysextd. */
function checkClaims(
  subject: Subject,
  slice: SignedSlice,
  bundle: Bundle | undefined,
  genuine: boolean,
  signer: SlicesSigner | undefined,
  options: CheckOptions,
): readonly Finding[] {
  if (!slice.signed?.ok || !slice.signed.value.cms) return [];
  const claim = entitlementsOf(slice);
  const findings = genuine ? [...checkEntitlements(subject, claim, signer)] : [];
  if (signer) findings.push(...checkDistribution(subject, slice.signed.value, claim, signer, options.target));
  if (subject.kind === 'dext') {
    const usbRefused = troubles(findings).some(({ id }) => id === 'F01');
    findings.push(
      ...checkDriverEntitlements(subject, claim, options.usbDevice).filter(({ id }) => !usbRefused || id !== 'F56'),
    );
  }
  if (bundle?.kind === 'app') {
    findings.push(...checkActivation(bundle, subject, claim, signer, options), ...checkTicket(bundle, signer, options));
  }
  return findings;
}

function checkNested(nested: Bundle | Parsed<Program>, options: CheckOptions): readonly Finding[] {
  const plain = { ...options, profile: undefined };
  if (!('kind' in nested)) return checkTool(nested, nested.ok ? nested.value.path : 'nested program', plain);
  return [...nested.nested.flatMap((inner) => checkNested(inner, options)), ...checkBundle(nested, new Set(), plain)];
}

/** Findings that say why a file of the dext is not what it was. */
const EXPLAINING = /^(signature|program-form|layout-info|profile-(der-)?signature|profile-form)/;

/** Paths in a dext whose change its own findings explain, so that the app's seal need not repeat them. */
function changedPaths(dext: Bundle, findings: readonly Finding[]): readonly string[] {
  const own = troubles(findings)
    .filter(({ rule }) => EXPLAINING.test(rule))
    .map(({ subject }) => subject);
  const seal = dext.seal?.ok ? dext.seal.value : undefined;
  const files = seal ? [...seal.changed, ...seal.added, ...seal.missing].map((path) => dext.base + path) : [];
  return [...own, ...files];
}

/** Both slices of a universal program usually have the same trouble: it is said once. */
function oncePerSlice(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key =
      finding.level === 'ok'
        ? `${finding.rule} ${finding.subject} ${finding.title}`
        : `${finding.id} ${finding.rule} ${finding.subject} ${finding.title}`;
    return !seen.has(key) && seen.add(key);
  });
}
