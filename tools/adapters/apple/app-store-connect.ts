// app-store-connect.ts — resources of the App Store Connect API: listed, made, changed, removed.
//
// Apple: "App Store Connect API", https://developer.apple.com/documentation/appstoreconnectapi

import { Secret, withoutSecrets } from '../../model/secret.ts';
import { EXIT, UserError } from '../../model/user-error.ts';
import type { HttpRequest, HttpResponse, System } from '../system.ts';
import { type ApiKey, makeToken } from './api-key.ts';
import { ApiRefusal, apiErrors, refusalOf } from './api-refusal.ts';

export const APPLE_API = 'https://api.appstoreconnect.apple.com';

export interface Resource {
  readonly type: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface Draft {
  readonly type: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** By name: the resource, or the resources, it belongs to. */
  readonly relationships?: Readonly<Record<string, Resource | readonly Resource[]>>;
}

export interface AppStoreConnect {
  /** All pages. `path` is below /v1/. */
  list(path: string, filter?: Readonly<Record<string, string>>): Promise<readonly Resource[]>;
  create(draft: Draft): Promise<Resource>;
  update(resource: Pick<Resource, 'type' | 'id'>, attributes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Fine when it is gone already. */
  remove(resource: Pick<Resource, 'type' | 'id'>): Promise<void>;
}

const TOKEN_SECONDS = 15 * 60;
const RENEW_SECONDS = 60;
const PAGE = '200'; // the most Apple gives
const MAX_PAGES = 100;
const MAX_TRIES = 5;
const SECOND = 1000;

/** `api` is Apple's address, or a stand-in's on this machine. */
export function appStoreConnect(system: System, key: ApiKey, api: string = APPLE_API): AppStoreConnect {
  const origin = checkedOrigin(api);
  const send = sender(system, key);
  return {
    list: async (path, filter = {}) => {
      const query = new URLSearchParams({ ...filter, limit: PAGE });
      const found: Resource[] = [];
      let url: string | undefined = `${origin}/v1/${path}?${query}`;
      for (let page = 0; url !== undefined; page++) {
        if (page === MAX_PAGES)
          throw new UserError(`${path} has more than ${MAX_PAGES} pages`, 'Clean up in the developer portal.');
        const body = await send({ method: 'GET', url });
        found.push(...resourcesIn(body.data));
        url = nextPage(body, origin);
      }
      return found;
    },
    create: async ({ type, attributes, relationships = {} }) => {
      const data = { type, attributes, relationships: Object.fromEntries(Object.entries(relationships).map(relate)) };
      const [made] = resourcesIn(
        (await send({ method: 'POST', url: `${origin}/v1/${type}`, body: JSON.stringify({ data }) })).data,
      );
      if (!made)
        throw new UserError(
          `App Store Connect made ${type} without saying so`,
          'Run the command again: it looks first.',
        );
      return made;
    },
    update: async ({ type, id }, attributes) => {
      await send({
        method: 'PATCH',
        url: at(origin, type, id),
        body: JSON.stringify({ data: { type, id, attributes } }),
      });
    },
    remove: async ({ type, id }) => {
      await send({ method: 'DELETE', url: at(origin, type, id) }).catch((error: unknown) => {
        if (!(error instanceof ApiRefusal && error.status === 404)) throw error;
      });
    },
  };
}

const at = (origin: string, type: string, id: string) => `${origin}/v1/${type}/${encodeURIComponent(id)}`;

/** The token goes wherever this points, so it is Apple over TLS, or this very machine. */
function checkedOrigin(api: string): string {
  const url = URL.canParse(api) ? new URL(api) : undefined;
  const loopback = url !== undefined && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url && (url.origin === APPLE_API || (url.protocol === 'http:' && loopback))) return url.origin;
  throw new UserError(
    `${api} is neither Apple's API nor a server on this machine`,
    `Leave --api out, or use ${APPLE_API}.`,
    EXIT.unusable,
  );
}

type Body = Readonly<Record<string, unknown>>;
type Send = (request: Pick<HttpRequest, 'method' | 'url' | 'body'>) => Promise<Body>;

/** One request with a fresh token; repeated as long as that can help and does no harm. */
function sender(system: System, key: ApiKey): Send {
  let token: { readonly text: Secret; readonly expires: number } | undefined;
  const freshToken = (): Secret => {
    const now = Math.floor(system.now().getTime() / SECOND);
    if (!token || token.expires - now < RENEW_SECONDS)
      token = { text: makeToken(key, now, TOKEN_SECONDS), expires: now + TOKEN_SECONDS };
    return token.text;
  };
  let inTrouble = false; // the server failed however often it was asked, and has not answered since
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const bearer = freshToken();
      const answer = await system.http({ ...request, headers: headersFor(bearer, request.body) });
      const response = { ...answer, body: withoutSecrets(answer.body, [bearer]) }; // servers repeat what they were sent
      const failed = response.status >= 500;
      const pause = failed && inTrouble ? undefined : pauseBefore(attempt, request.method, response);
      inTrouble = failed && (inTrouble || attempt >= MAX_TRIES);
      if (response.status < 300) return parseBody(response);
      const errors = apiErrors(response.body);
      if (pause === undefined) throw refusalOf(request, response, errors, system.now());
      if (response.status === 401) token = undefined;
      await system.wait(pause);
    }
  };
}

function headersFor(token: Secret, body: string | undefined): Record<string, string | Secret> {
  const authorization = new Secret(`Bearer ${token.reveal()}`);
  return {
    authorization,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
}

/**
 * Milliseconds until it is worth another try; undefined when it is not. A request that makes something is only repeated
 * when the server certainly did nothing: after 401 and 429.
 */
function pauseBefore(attempt: number, method: string, response: HttpResponse): number | undefined {
  if (attempt >= MAX_TRIES) return undefined;
  if (response.status === 401) return attempt === 1 ? 0 : undefined; // the token may have run out on the way
  if (response.status === 429)
    return hourIsUsedUp(response) ? undefined : (retryAfter(response) ?? 2 ** attempt * SECOND);
  const harmless = method === 'GET' || method === 'DELETE';
  return response.status >= 500 && harmless ? 2 ** (attempt - 1) * SECOND : undefined;
}

function retryAfter({ headers }: HttpResponse): number | undefined {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 && seconds <= 120 ? seconds * SECOND : undefined;
}

/** `X-Rate-Limit: user-hour-lim:3600;user-hour-rem:0;` A rolling hour: waiting it out is the user's choice. */
const hourIsUsedUp = ({ headers }: HttpResponse) => /user-hour-rem:0\b/.test(headers.get('x-rate-limit') ?? '');

function parseBody({ body, status }: HttpResponse): Body {
  if (body === '') return {};
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // reported below
  }
  throw new UserError(
    `App Store Connect answered ${status} with something that is no JSON`,
    'Is there a proxy in between?',
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function resourcesIn(data: unknown): readonly Resource[] {
  return (Array.isArray(data) ? data : [data]).flatMap((item) => {
    if (!isObject(item) || typeof item.id !== 'string' || typeof item.type !== 'string') return [];
    return { type: item.type, id: item.id, attributes: isObject(item.attributes) ? item.attributes : {} };
  });
}

/** Only on the same server: the token is for nobody else. */
function nextPage({ links }: Body, origin: string): string | undefined {
  const next = isObject(links) && typeof links.next === 'string' ? links.next : undefined;
  if (next === undefined) return undefined;
  if (!URL.canParse(next, origin) || new URL(next, origin).origin !== origin) {
    throw new UserError('App Store Connect points to its next page on another server', 'Is there a proxy in between?');
  }
  return new URL(next, origin).href;
}

function relate([name, target]: readonly [string, Resource | readonly Resource[]]): readonly [string, object] {
  const reference = ({ type, id }: Resource) => ({ type, id });
  return [name, { data: 'id' in target ? reference(target) : target.map(reference) }];
}
