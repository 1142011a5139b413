import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findApiKey } from '../../../tools/adapters/apple/api-key.ts';
import { appStoreConnect } from '../../../tools/adapters/apple/app-store-connect.ts';
import { realSystem } from '../../../tools/adapters/system-here.ts';
import { explain } from '../../../tools/report/explain.ts';
import { type StandIn, standIn } from '../../support/app-store-connect.ts';
import { type RecordedSystem, recordedSystem } from '../../support/recorded-system.ts';

let api: StandIn;
let system: RecordedSystem;

beforeEach(async () => {
  api = await standIn();
  system = recordedSystem({ platform: 'linux', now: new Date(), http: realSystem().http });
  api.now = () => system.now().getTime() / 1000;
});
afterEach(async () => {
  system.dispose();
  await api.close();
});

async function connect(issuer = api.issuer) {
  await system.files.write(`/keys/AuthKey_${api.keyId}.p8`, api.privateKey, 0o600);
  const key = await findApiKey(system, { file: `/keys/AuthKey_${api.keyId}.p8`, issuer });
  if (!key) throw new Error('no key');
  return appStoreConnect(system, key, api.url);
}

const identifiers = async () =>
  (await (await connect()).list('bundleIds')).map(({ attributes }) => attributes.identifier);

describe('the App Store Connect API', () => {
  it('lists all pages', async () => {
    api.pageSize = 3;
    for (let index = 0; index < 8; index++)
      api.put('bundleIds', { identifier: `org.a.b${index}`, name: 'x', platform: 'MAC_OS' });
    expect(await identifiers()).toHaveLength(8);
    expect(api.requests).toHaveLength(3);
  });

  it('makes, changes and removes resources', async () => {
    const client = await connect();
    const made = await client.create({ type: 'devices', attributes: { name: 'Mac', platform: 'MAC_OS', udid: 'A' } });
    await client.update(made, { status: 'DISABLED' });
    expect(api.store[0]?.attributes).toMatchObject({ udid: 'A', status: 'DISABLED' });
    const id = await client.create({
      type: 'bundleIds',
      attributes: { identifier: 'org.a', name: 'x', platform: 'MAC_OS' },
    });
    await client.remove(id);
    await client.remove(id); // gone already
    expect(api.store.map(({ type }) => type)).toEqual(['devices']);
  });

  it('signs a new token before the old one runs out', async () => {
    const client = await connect();
    await client.list('bundleIds');
    await system.wait(15.5 * 60_000);
    await client.list('bundleIds');
    expect(api.requests.filter((request) => request.endsWith('401'))).toEqual([]);
  });

  it('signs a new token when the server says the old one ran out', async () => {
    api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer: { status: 401, code: 'NOT_AUTHORIZED' } });
    expect(await identifiers()).toEqual([]);
    expect(api.requests).toEqual(['GET /v1/bundleIds 401', 'GET /v1/bundleIds']);
    expect(new Set(api.authorizations).size).toBe(2);
  });

  it('waits as long as the server asks when it sends too fast', async () => {
    const answer = { status: 429, code: 'RATE_LIMIT_EXCEEDED', headers: { 'retry-after': '7' } };
    api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer });
    const before = system.now().getTime();
    expect(await identifiers()).toEqual([]);
    expect(system.now().getTime() - before).toBe(7000);
  });

  it('gives up at once when the hour is used up', async () => {
    const headers = { 'x-rate-limit': 'user-hour-lim:3600;user-hour-rem:0;' };
    api.troubles.push({
      method: 'GET',
      path: '/v1/bundleIds',
      answer: { status: 429, code: 'RATE_LIMIT_EXCEEDED', headers },
    });
    await expect(identifiers()).rejects.toThrow('no more requests');
    expect(api.requests).toEqual(['GET /v1/bundleIds 429']);
  });

  it('repeats a question after a failure of the server, but nothing that could be done twice', async () => {
    const answer = { status: 503, code: 'UNEXPECTED_ERROR' };
    api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer });
    expect(await identifiers()).toEqual([]);
    api.troubles.push({ method: 'POST', path: '/v1/devices', answer });
    const client = await connect();
    const device = { type: 'devices', attributes: { name: 'Mac', platform: 'MAC_OS', udid: 'A' } };
    await expect(client.create(device)).rejects.toThrow('trouble of its own (503)');
    expect(api.requests.filter((request) => request.startsWith('POST'))).toEqual(['POST /v1/devices 503']);
  });

  it('asks a server in trouble once for each thing more, until it answers', async () => {
    const answer = { status: 503, code: 'UNEXPECTED_ERROR' };
    const client = await connect();
    const trouble = { method: 'GET', path: '/v1', answer };
    api.troubles.push(...Array.from({ length: 5 }, () => trouble));
    await expect(client.list('bundleIds')).rejects.toThrow('503');
    const tries = api.requests.length;
    expect(tries).toBeGreaterThan(1);
    api.troubles.splice(0);
    api.troubles.push(trouble);
    await expect(client.list('devices')).rejects.toThrow('503');
    expect(api.requests).toHaveLength(tries + 1);
    await client.list('devices');
    api.troubles.push(trouble);
    expect(await client.list('devices')).toEqual([]);
  });

  it.each(['title', 'detail'])('shows no token that the server repeats in its %s', async (field) => {
    const { http } = realSystem();
    const client = await connect();
    let token = '';
    Object.assign(system, {
      http: async ({ headers }: Parameters<typeof http>[0]) => {
        const { authorization } = headers;
        token = typeof authorization === 'string' ? authorization : (authorization?.reveal() ?? '');
        const error = { status: '403', code: 'X', [field]: `no ${token}; ${token.slice(0, 90)} is refused` };
        return { status: 403, headers: new Headers(), body: JSON.stringify({ errors: [error] }) };
      },
    });
    const refusal = await client.list('bundleIds').catch((error: unknown) => error);
    const shown = explain(refusal).text;
    expect(token).toMatch(/^Bearer eyJ/);
    expect(shown).toContain('***');
    expect(JSON.stringify(refusal) + shown).not.toContain(token.slice(7, 40));
  });

  it.each([
    [403, 'FORBIDDEN_ERROR', 'may not do this'],
    [403, 'FORBIDDEN.REQUIRED_AGREEMENTS_MISSING_OR_EXPIRED', 'An agreement with Apple'],
    [409, 'ENTITY_ERROR.ATTRIBUTE.INVALID', 'refuses GET /v1/bundleIds with 409'],
  ])('explains %i %s', async (status, code, words) => {
    api.troubles.push({ method: 'GET', path: '/v1/bundleIds', answer: { status, code } });
    await expect(identifiers()).rejects.toThrow(words);
  });

  it('says that the clock is wrong when a key is refused because of it', async () => {
    api.now = () => system.now().getTime() / 1000 + 3 * 3600;
    const date = new Date(system.now().getTime() + 3 * 3600_000).toUTCString();
    for (let n = 0; n < 2; n++) {
      api.troubles.push({
        method: 'GET',
        path: '/v1',
        answer: { status: 401, code: 'NOT_AUTHORIZED', headers: { date } },
      });
    }
    await expect(identifiers()).rejects.toMatchObject({ fix: expect.stringContaining('-180 minutes off') });
  });

  it('says what to check when a key is refused for itself', async () => {
    const client = await connect('00000000-0000-0000-0000-000000000000');
    await expect(client.list('bundleIds')).rejects.toMatchObject({ fix: expect.stringContaining('issuer id') });
  });

  it('follows no page to another server', async () => {
    const { http } = realSystem();
    const client = await connect();
    Object.assign(system, {
      http: async (request: Parameters<typeof http>[0]) => {
        expect(new URL(request.url).origin).toBe(api.url);
        const body = JSON.stringify({ data: [], links: { next: 'https://evil.example/v1/bundleIds?cursor=2' } });
        return { status: 200, headers: new Headers(), body };
      },
    });
    await expect(client.list('bundleIds')).rejects.toThrow('another server');
  });

  it.each(['https://example.com', 'http://api.appstoreconnect.apple.com', 'file:///etc', 'nonsense'])(
    'sends no token to %s',
    async (url) => {
      await connect();
      const key = await findApiKey(system, { file: `/keys/AuthKey_${api.keyId}.p8` });
      expect(() => key && appStoreConnect(system, key, url)).toThrow('neither');
    },
  );
});

describe('the API key', () => {
  it('is found where the tools of Apple look', async () => {
    await system.files.write(`/Users/me/.appstoreconnect/private_keys/AuthKey_${api.keyId}.p8`, api.privateKey, 0o600);
    expect(await findApiKey(system, {})).toMatchObject({ id: api.keyId, issuer: undefined });
  });

  it('is not guessed when there are two', async () => {
    for (const id of ['AAAAAAAAAA', 'BBBBBBBBBB']) {
      await system.files.write(`/Users/me/.private_keys/AuthKey_${id}.p8`, api.privateKey, 0o600);
    }
    await expect(findApiKey(system, {})).rejects.toThrow('There are 2 API keys');
    expect(await findApiKey(system, { id: 'BBBBBBBBBB' })).toMatchObject({ id: 'BBBBBBBBBB' });
  });

  it.each([0o644, 0o640, 0o604, 0o660])('is refused when others can read it (%o)', async (mode) => {
    await system.files.write('/keys/AuthKey_AAAAAAAAAA.p8', api.privateKey, mode);
    await expect(findApiKey(system, { file: '/keys/AuthKey_AAAAAAAAAA.p8' })).rejects.toMatchObject({
      message: expect.stringContaining('can be read by others'),
      fix: expect.stringContaining('chmod 600'),
    });
  });

  it.each([
    ['a truncated key', (pem: string) => pem.slice(0, 120)],
    ['no key', () => 'hello'],
    ['a key that others may not see in an error', (pem: string) => pem.replace(/[A-Z]/g, 'a')],
  ])('shows nothing of its text when it is %s', async (_, spoil) => {
    const text = spoil(api.privateKey);
    await system.files.write('/keys/AuthKey_AAAAAAAAAA.p8', text, 0o600);
    const error: unknown = await findApiKey(system, { file: '/keys/AuthKey_AAAAAAAAAA.p8' }).catch(
      (thrown: unknown) => thrown,
    );
    const shown = explain(error).text;
    expect(shown).toContain('no P-256 private key');
    for (const line of text.split('\n').filter((part) => part.length > 4)) expect(shown).not.toContain(line);
  });
});
