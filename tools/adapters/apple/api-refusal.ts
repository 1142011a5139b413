// api-refusal.ts — what App Store Connect says when it refuses, in words that help.

import { UserError } from '../../model/user-error.ts';
import type { HttpRequest, HttpResponse } from '../system.ts';

export interface ApiError {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  /** "/data/attributes/identifier" */
  readonly pointer: string | undefined;
}

/** A refusal somebody may want to look into: 409 can mean that it is there already. */
export class ApiRefusal extends UserError {
  readonly status: number;
  readonly errors: readonly ApiError[];

  constructor(status: number, errors: readonly ApiError[], message: string, fix: string) {
    super(message, fix);
    this.name = 'ApiRefusal';
    this.status = status;
    this.errors = errors;
  }
}

/** The documented shape: `{"errors": [{"status", "code", "title", "detail", "source": {"pointer"}}]}`. */
export function apiErrors(body: string): readonly ApiError[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: unknown };
    return Array.isArray(errors) ? errors.map(readError) : [];
  } catch {
    return [];
  }
}

function readError(error: unknown): ApiError {
  const { code, title, detail, source } = (typeof error === 'object' && error !== null ? error : {}) as Record<
    string,
    unknown
  >;
  const pointer = (source as { pointer?: unknown } | undefined)?.pointer;
  return {
    code: text(code),
    title: text(title),
    detail: text(detail),
    pointer: typeof pointer === 'string' ? text(pointer) : undefined,
  };
}

/** What a server repeats of a token, or of another one's, whole or in part. */
const TOKEN = /eyJ[\w-]{6,}(?:\.[\w-]*)*/g;
const text = (value: unknown) => (typeof value === 'string' ? value.replaceAll(TOKEN, '***') : '');

const MINUTE = 60_000;
const CLOCK_TOLERANCE = 2 * MINUTE;

export function refusalOf(
  request: Pick<HttpRequest, 'method' | 'url'>,
  response: HttpResponse,
  errors: readonly ApiError[],
  now: Date,
): ApiRefusal {
  const { status, headers } = response;
  const said = errors
    .map(({ detail, title, pointer }) => `${detail || title}${pointer ? ` (${pointer})` : ''}`)
    .join(' ');
  const what = `${request.method} ${new URL(request.url).pathname}`;
  const [message, fix] = explainStatus(status, errors, headers, now) ?? [
    `App Store Connect refuses ${what} with ${status}`,
    said || 'Try again later.',
  ];
  return new ApiRefusal(status, errors, message, said !== '' && fix !== said ? `${fix} Apple says: ${said}` : fix);
}

function explainStatus(
  status: number,
  errors: readonly ApiError[],
  headers: Headers,
  now: Date,
): readonly [string, string] | undefined {
  switch (status) {
    case 401:
      return [
        'App Store Connect does not accept the API key',
        clockAdvice(headers, now) ??
          'Check key id and issuer id under Users and Access > Integrations; is the key revoked?',
      ];
    case 403:
      return errors.some(({ code }) => code.includes('REQUIRED_AGREEMENTS'))
        ? [
            'An agreement with Apple is missing or has expired',
            'The Account Holder signs it at https://developer.apple.com/account.',
          ]
        : [
            'The API key may not do this',
            'Use a key with the role Admin; Developer ID certificates need the Account Holder.',
          ];
    case 429:
      return [
        'App Store Connect wants no more requests for now',
        'Run the command again later: it goes on where it stopped.',
      ];
    default:
      return status >= 500
        ? [
            `App Store Connect has trouble of its own (${status})`,
            'Run the command again later: it goes on where it stopped.',
          ]
        : undefined;
  }
}

/** Tokens carry times: a clock that is wrong is refused like a wrong key. */
function clockAdvice(headers: Headers, now: Date): string | undefined {
  const theirs = Date.parse(headers.get('date') ?? '');
  const off = Math.round((now.getTime() - theirs) / MINUTE);
  return Math.abs(now.getTime() - theirs) > CLOCK_TOLERANCE
    ? `Set the clock of this machine: it is ${off} minutes off.`
    : undefined;
}
