// identity.ts — the output of `security find-identity` in, signing identities out.

export interface Identity {
  /** SHA-1 of the certificate as printed: what `codesign --sign` takes without doubt. */
  readonly hash: string;
  readonly name: string;
  /** "Apple Development", "Developer ID Application", … */
  readonly kind: string;
  /**
   * What stands in parentheses. For Apple Development it is the person, not the team: only the certificate's OU tells
   * the team then.
   */
  readonly parenthesis: string | undefined;
  /** CSSMERR_… when macOS does not trust it. */
  readonly problem: string | undefined;
}

const ROW = /^\s*\d+\)\s+(?<hash>[0-9A-Za-z]+)\s+"(?<name>[^"]*)"(?:\s+\((?<problem>\w+)\))?\s*$/;

export function parseIdentities(text: string): readonly Identity[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const row = ROW.exec(line)?.groups;
    if (!row) return [];
    const name = row.name ?? '';
    return {
      hash: row.hash ?? '',
      name,
      kind: name.split(':')[0] ?? name,
      parenthesis: /\((?<id>[A-Z0-9]{10})\)$/.exec(name)?.groups?.id,
      problem: row.problem,
    };
  });
}
