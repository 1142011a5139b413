// assessment.ts — what spctl, stapler and notarytool print in, their verdicts out.

export interface Assessment {
  readonly accepted: boolean;
  /** "Notarized Developer ID", "Unnotarized Developer ID", … */
  readonly source: string | undefined;
  readonly origin: string | undefined;
  /** What stands in parentheses behind `rejected`. */
  readonly reason: string | undefined;
  /** Gatekeeper is switched off on this Mac: `accepted` proves nothing then. */
  readonly overridden: boolean;
}

/** `spctl -a -vv`, which prints to standard error. */
export function parseAssessment(text: string): Assessment {
  const field = (pattern: RegExp) => pattern.exec(text)?.[1]?.trim();
  return {
    accepted: /(^|: )accepted$/m.test(text),
    source: field(/^source=(.+)$/m),
    origin: field(/^origin=(.+)$/m),
    reason: field(/(?:^|: )rejected \((.+)\)$/m),
    overridden: /^override=security disabled$/m.test(text),
  };
}

export interface StapleResult {
  readonly worked: boolean;
  readonly error: number | undefined;
}

/** `stapler staple` and `stapler validate`. */
export function parseStaple(text: string): StapleResult {
  const error = /action failed! Error (?<code>\d+)/.exec(text)?.groups?.code;
  return {
    worked: /action worked!/.test(text) && error === undefined,
    error: error === undefined ? undefined : Number(error),
  };
}

export interface Submission {
  readonly id: string | undefined;
  /** "Accepted", "Invalid", "Rejected", "In Progress". The exit code is no verdict: it is 0 for Invalid, too. */
  readonly status: string;
}

export interface NotaryIssue {
  readonly severity: string;
  readonly path: string;
  readonly message: string;
}

/** `notarytool submit --output-format json`. */
export function parseSubmission(json: string): Submission {
  const root = objectIn(json);
  return { id: text(root.id), status: text(root.status) ?? 'unknown' };
}

/** `notarytool log`: why a submission is Invalid. */
export function parseNotaryLog(json: string): readonly NotaryIssue[] {
  const { issues } = objectIn(json);
  if (!Array.isArray(issues)) return [];
  return issues.filter(isObject).map((issue) => ({
    severity: text(issue.severity) ?? 'error',
    path: text(issue.path) ?? '',
    message: text(issue.message) ?? '',
  }));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

function objectIn(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
