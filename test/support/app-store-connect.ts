// app-store-connect.ts — a local stand-in of the App Store Connect API: its resources, its errors, its limits.
//
// Shapes as Apple documents them: https://developer.apple.com/documentation/appstoreconnectapi

import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Stored {
  readonly type: string;
  readonly id: string;
  readonly attributes: Record<string, unknown>;
  readonly relationships: Record<string, { readonly data: unknown }>;
}

/** What goes wrong with the next request that fits, once. `drop` does the work and then cuts the connection. */
export interface Trouble {
  readonly method: string;
  readonly path: string;
  readonly answer:
    | { readonly status: number; readonly code: string; readonly headers?: Record<string, string> }
    | 'drop';
}

export interface StandIn {
  readonly url: string;
  /** The .p8 file of the only key that is accepted. */
  readonly privateKey: string;
  readonly keyId: string;
  readonly issuer: string;
  readonly store: Stored[];
  /** "POST /v1/bundleIds", in order; answers that were errors end in their status. */
  readonly requests: string[];
  readonly troubles: Trouble[];
  /** What came as authorization, in order. */
  readonly authorizations: string[];
  /** Tokens older than this many seconds are refused; for tests of tokens that run out. */
  now: () => number;
  pageSize: number;
  put(type: string, attributes: Record<string, unknown>, relationships?: Stored['relationships']): Stored;
  close(): Promise<void>;
}

const ISSUER = '57246542-96fe-1a63-e053-0824d011072a';
const KEY_ID = '2X9R4HXF34';
const TYPES = ['bundleIds', 'bundleIdCapabilities', 'certificates', 'devices', 'profiles'];
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  bundleIds: ['identifier', 'name', 'platform'],
  bundleIdCapabilities: ['capabilityType'],
  certificates: ['certificateType', 'csrContent'],
  devices: ['name', 'platform', 'udid'],
  profiles: ['name', 'profileType'],
};
/** What must be unique among resources of a type. */
const UNIQUE: Readonly<Record<string, string>> = { bundleIds: 'identifier', devices: 'udid', profiles: 'name' };

/** `complete` gives a new resource the attributes Apple would: the content of a certificate or of a profile. */
export type Complete = (made: Stored, all: readonly Stored[]) => Record<string, unknown>;

export async function standIn(complete: Complete = () => ({})): Promise<StandIn> {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = createServer((request, response) => void answer(api, publicKey, complete, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    keyId: KEY_ID,
    issuer: ISSUER,
    store: [],
    requests: [],
    troubles: [],
    authorizations: [],
    now: () => Date.now() / 1000,
    pageSize: 200,
    put: (type, attributes, relationships = {}) => {
      const made: Stored = { type, id: randomUUID().slice(0, 10).toUpperCase(), attributes, relationships };
      Object.assign(made.attributes, complete(made, api.store));
      api.store.push(made);
      return made;
    },
    close: () => closeServer(server),
  };
  return api;
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

class Refused extends Error {
  readonly status: number;
  readonly body: object;
  readonly headers: Record<string, string>;
  constructor(status: number, code: string, detail: string, pointer?: string, headers: Record<string, string> = {}) {
    super(detail);
    this.status = status;
    this.headers = headers;
    const source = pointer === undefined ? {} : { source: { pointer } };
    this.body = { errors: [{ id: randomUUID(), status: String(status), code, title: code, detail, ...source }] };
  }
}

async function answer(
  api: StandIn,
  key: KeyObject,
  complete: Complete,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', api.url);
  const method = request.method ?? 'GET';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const name = `${method} ${url.pathname}`;
  api.authorizations.push(request.headers.authorization ?? '');
  const limits = { 'x-rate-limit': `user-hour-lim:3600;user-hour-rem:${3600 - api.requests.length};` };
  const index = api.troubles.findIndex((trouble) => trouble.method === method && url.pathname.startsWith(trouble.path));
  const [trouble] = index < 0 ? [] : api.troubles.splice(index, 1);
  try {
    if (trouble && trouble.answer !== 'drop') {
      const { status, code, headers } = trouble.answer;
      throw new Refused(status, code, `As asked for: ${code}.`, undefined, headers);
    }
    authorize(api, key, request.headers.authorization);
    const [status, body] = serve(api, complete, method, url, Buffer.concat(chunks).toString());
    api.requests.push(name);
    if (trouble) return void request.socket.destroy();
    response
      .writeHead(status, { ...limits, 'content-type': 'application/json' })
      .end(body === undefined ? '' : JSON.stringify(body));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    api.requests.push(`${name} ${error.status}`);
    response
      .writeHead(error.status, { ...limits, ...error.headers, 'content-type': 'application/json' })
      .end(JSON.stringify(error.body));
  }
}

function authorize(api: StandIn, key: KeyObject, header: string | undefined): void {
  const refuse = (why: string) =>
    new Refused(401, 'NOT_AUTHORIZED', `Authentication credentials are missing or invalid. (${why})`);
  const [head = '', claims = '', signature = ''] = header?.replace(/^Bearer /, '').split('.') ?? [];
  const signed = Buffer.from(`${head}.${claims}`);
  const genuine = verify(
    'sha256',
    signed,
    { key: createPublicKey(key.export({ type: 'spki', format: 'pem' })), dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  if (!genuine) throw refuse('signature');
  const decode = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
  const { alg, kid } = decode(head);
  const { iss, aud, iat, exp } = decode(claims);
  if (alg !== 'ES256' || kid !== api.keyId || iss !== api.issuer || aud !== 'appstoreconnect-v1')
    throw refuse('claims');
  if (Number(exp) <= api.now() || Number(exp) - Number(iat) > 1200) throw refuse('times');
}

function serve(
  api: StandIn,
  complete: Complete,
  method: string,
  url: URL,
  text: string,
): readonly [number, object | undefined] {
  const [, version, type = '', id, below] = url.pathname.split('/');
  if (version !== 'v1' || !TYPES.includes(type))
    throw new Refused(404, 'NOT_FOUND', 'The specified resource does not exist.');
  const item = id === undefined ? undefined : api.store.find((stored) => stored.type === type && stored.id === id);
  if (id !== undefined && !item)
    throw new Refused(404, 'NOT_FOUND', `There is no resource of type '${type}' with id '${id}'`);
  if (method === 'GET' && below !== undefined)
    return page(
      api,
      url,
      api.store.filter((stored) => stored.type === below && belongsTo(stored, id)),
    );
  if (method === 'GET' && item) return [200, { data: item }];
  if (method === 'GET')
    return page(
      api,
      url,
      api.store.filter((stored) => stored.type === type && fits(stored, url)),
    );
  if (method === 'POST') return [201, { data: create(api, complete, type, text) }];
  if (method === 'PATCH' && item)
    return [
      200,
      { data: Object.assign(item, { attributes: { ...item.attributes, ...JSON.parse(text).data.attributes } }) },
    ];
  if (method === 'DELETE' && item) return remove(api, item);
  throw new Refused(405, 'METHOD_NOT_ALLOWED', 'The request method is not valid for the resource path.');
}

const belongsTo = (stored: Stored, id: string | undefined) =>
  Object.values(stored.relationships).some(({ data }) =>
    [data].flat().some((target) => (target as { id?: string }).id === id),
  );

/** `filter[identifier]=` matches beginnings as well, which has surprised many. */
function fits({ attributes }: Stored, url: URL): boolean {
  return [...url.searchParams].every(([name, value]) => {
    const attribute = /^filter\[(?<name>\w+)\]$/.exec(name)?.groups?.name;
    return (
      attribute === undefined || value.split(',').some((wanted) => String(attributes[attribute]).startsWith(wanted))
    );
  });
}

function page(api: StandIn, url: URL, found: readonly Stored[]): readonly [number, object] {
  const limit = Math.min(Number(url.searchParams.get('limit') ?? 20), api.pageSize);
  const start = Number(url.searchParams.get('cursor') ?? 0);
  const next = new URL(url);
  next.searchParams.set('cursor', String(start + limit));
  const links = { self: url.href, ...(start + limit < found.length ? { next: next.href } : {}) };
  return [200, { data: found.slice(start, start + limit), links, meta: { paging: { total: found.length, limit } } }];
}

function create(api: StandIn, complete: Complete, type: string, text: string): Stored {
  const { data } = JSON.parse(text) as { data: Stored };
  for (const name of REQUIRED[type] ?? []) {
    const pointer = `/data/attributes/${name}`;
    if (data.attributes[name] === undefined)
      throw new Refused(409, 'ENTITY_ERROR.ATTRIBUTE.REQUIRED', `The attribute '${name}' is required.`, pointer);
  }
  const unique = UNIQUE[type];
  const taken =
    unique !== undefined &&
    api.store.some((stored) => stored.type === type && stored.attributes[unique] === data.attributes[unique]);
  if (taken)
    throw new Refused(
      409,
      'ENTITY_ERROR.ATTRIBUTE.INVALID',
      `A ${type} resource with ${unique} '${data.attributes[unique]}' already exists.`,
      `/data/attributes/${unique}`,
    );
  const made: Stored = {
    type,
    id: randomUUID().slice(0, 10).toUpperCase(),
    attributes: data.attributes,
    relationships: data.relationships ?? {},
  };
  Object.assign(made.attributes, complete(made, api.store));
  api.store.push(made);
  return made;
}

function remove(api: StandIn, item: Stored): readonly [number, undefined] {
  if (item.type === 'devices') throw new Refused(405, 'METHOD_NOT_ALLOWED', 'Devices cannot be deleted.');
  const inUse =
    item.type === 'bundleIds' && api.store.some((stored) => stored.type === 'profiles' && belongsTo(stored, item.id));
  if (inUse) throw new Refused(409, 'ENTITY_ERROR.RELATIONSHIP.INVALID', 'The App ID is in use by a profile.');
  api.store.splice(api.store.indexOf(item), 1);
  return [204, undefined];
}
