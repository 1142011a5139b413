// code-signature-report.ts — what `codesign` prints about a bundle in, the facts it states out.

export interface CodeSignatureReport {
  readonly identifier: string | undefined;
  readonly format: string | undefined;
  readonly flags: readonly string[];
  readonly adHoc: boolean;
  /** From the leaf to the root. */
  readonly authorities: readonly string[];
  readonly team: string | undefined;
  readonly cdhash: string | undefined;
  /** A secure timestamp is `Timestamp=`; `Signed Time=` is only what the signer's clock said. */
  readonly secureTimestamp: string | undefined;
}

/** `codesign -dvvv`, which prints to standard error. Undefined for code that is not signed at all. */
export function parseCodeSignature(text: string): CodeSignatureReport | undefined {
  if (/code object is not signed at all/.test(text)) return undefined;
  const all = (key: string) =>
    [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map((match) => match[1]?.trim() ?? '');
  const flags = /flags=0x[0-9a-f]+\((?<names>[^)]*)\)/.exec(text)?.groups?.names;
  const team = all('TeamIdentifier')[0];
  return {
    identifier: all('Identifier')[0],
    format: all('Format')[0],
    flags: flags === undefined || flags === 'none' ? [] : flags.split(','),
    adHoc: all('Signature')[0] === 'adhoc',
    authorities: all('Authority'),
    team: team === 'not set' ? undefined : team,
    cdhash: all('CDHash')[0] ?? all('CandidateCDHash sha256')[0],
    secureTimestamp: all('Timestamp')[0],
  };
}

export interface CodeVerification {
  readonly valid: boolean;
  /** The sentence behind the path: "a sealed resource is missing or invalid". */
  readonly problem: string | undefined;
  /** "file added: …", "file missing: …", "file modified: …", as printed. */
  readonly details: readonly string[];
}

/** `codesign --verify --strict -vv`. */
export function parseCodeVerification(text: string): CodeVerification {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const valid =
    lines.length > 0 && lines.every((line) => /: (valid on disk|satisfies its Designated Requirement)$/.test(line));
  const details = lines.filter((line) => /^file (added|missing|modified):/.test(line));
  const problem = valid ? undefined : lines.find((line) => !details.includes(line))?.replace(/^.*?: /, '');
  return { valid, problem, details };
}

/** `codesign -d --entitlements -` in its form for people: keys with the values that follow them. */
export function parseEntitlementsForPeople(text: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  let values: string[] | undefined;
  for (const line of text.split(/\r?\n/)) {
    const key = /^\s*\[Key\] (?<key>.+)$/.exec(line)?.groups?.key;
    if (key !== undefined) {
      values = [];
      found[key] = values;
    }
    const value = /^\s*\[(?:Bool|String|Int|Number)\] (?<value>.*)$/.exec(line)?.groups?.value;
    if (value !== undefined) values?.push(value);
  }
  return found;
}
