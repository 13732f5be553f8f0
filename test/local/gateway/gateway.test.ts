import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../local/host.ts';
import { startFixture } from '../start-fixture.ts';

let host: Host;
beforeAll(async () => {
  host = await startFixture();
});
afterAll(() => host.stop());

interface Echo {
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly cookies?: string[];
  readonly headers: Record<string, string>;
  readonly queryStringParameters?: Record<string, string>;
  readonly pathParameters?: Record<string, string>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly http: { method: string; path: string };
    readonly authorizer?: { jwt: { claims: Record<string, string>; scopes: unknown } };
  };
}

async function echo(path: string, init?: RequestInit): Promise<Echo> {
  const response = await fetch(`${host.url}${path}`, init);
  expect(response.status).toBe(200);
  return (await response.json()) as Echo;
}

describe('an event', () => {
  test('is of payload format 2.0', async () => {
    const event = await echo('/things/caf%C3%A9%201?a=1&a=2&b=x%20y', {
      headers: { cookie: 'one=1; two=2', 'x-several': 'p' },
    });
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'GET /things/{thing}',
      rawPath: '/things/café 1',
      rawQueryString: 'a=1&a=2&b=x%20y',
      cookies: ['one=1', 'two=2'],
      queryStringParameters: { a: '1,2', b: 'x y' },
      pathParameters: { thing: 'café 1' },
      isBase64Encoded: false,
      requestContext: { http: { method: 'GET', path: '/things/café 1' }, stage: '$default' },
    });
    expect(event.headers['x-several']).toBe('p');
    expect(event.headers['cookie']).toBeUndefined();
    expect(event.requestContext.authorizer).toBeUndefined();
  });

  test('carries text as it is and other bodies in base64', async () => {
    const post = (type: string, body: string) =>
      echo('/things/1/parts', { method: 'POST', headers: { 'content-type': type }, body });
    expect(await post('application/json', '{"名":1}')).toMatchObject({
      body: '{"名":1}',
      isBase64Encoded: false,
    });
    expect(await post('text/csv', 'a,b')).toMatchObject({ body: 'a,b' });
    expect(await post('application/octet-stream', 'a,b')).toMatchObject({
      body: Buffer.from('a,b').toString('base64'),
      isBase64Encoded: true,
    });
  });

  test('prefers a literal route to one with a parameter', async () => {
    expect((await echo('/things/special')).routeKey).toBe('GET /things/special');
    expect((await echo('/things/other')).routeKey).toBe('GET /things/{thing}');
  });

  test('is answered with the cookies that the function sets', async () => {
    const response = await fetch(`${host.url}/things/1`);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

describe('the gateway answers by itself', () => {
  async function answer(path: string, init?: RequestInit) {
    const response = await fetch(`${host.url}${path}`, init);
    return { status: response.status, body: await response.json() };
  }

  test('404 where there is no route', async () => {
    const notFound = { status: 404, body: { message: 'Not Found' } };
    expect(await answer('/nothing')).toEqual(notFound);
    expect(await answer('/things/1', { method: 'DELETE' })).toEqual(notFound);
    expect(await answer('/things/1/')).toEqual(notFound);
  });

  test('413 over 6 MB', async () => {
    const body = 'x'.repeat(6 * 1024 * 1024 + 1);
    expect(
      await answer('/things/1/parts', {
        method: 'POST',
        body,
        headers: { 'content-type': 'text/plain' },
      }),
    ).toEqual({ status: 413, body: { message: 'Request Entity Too Large' } });
  });

  test('500 when the function throws or is late, and nothing of the inside', async () => {
    const internal = { status: 500, body: { message: 'Internal Server Error' } };
    expect(await answer('/crash', { method: 'POST' })).toEqual(internal);
    expect(await answer('/slow')).toEqual(internal);
  });

  test('503 when the function takes longer than the integration waits', async () => {
    expect(await answer('/late')).toEqual({
      status: 503,
      body: { message: 'Service Unavailable' },
    });
  });

  test('a preflight from an origin that the template allows', async () => {
    const preflight = (origin: string) =>
      fetch(`${host.url}/things/1`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'GET' },
      });
    expect((await preflight('http://web.example')).headers.get('access-control-allow-origin')).toBe(
      'http://web.example',
    );
    expect(
      (await preflight('http://other.example')).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});

describe('a route with an authorizer', () => {
  const me = (authorization?: string) =>
    fetch(`${host.url}/me`, authorization === undefined ? {} : { headers: { authorization } });

  test('admits a demonstration person and passes the claims on as text', async () => {
    const response = await me(`Bearer ${host.token('operator-a1')}`);
    expect(response.status).toBe(200);
    const { requestContext } = (await response.json()) as Echo;
    expect(requestContext.authorizer?.jwt).toMatchObject({
      claims: {
        sub: 'demo-operator-a1',
        username: 'operator-a1',
        token_use: 'access',
        client_id: 'toritsugi-web',
        exp: expect.stringMatching(/^\d+$/),
      },
      scopes: null,
    });
  });

  test('answers 401 without a token', async () => {
    const response = await me();
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ message: 'Unauthorized' });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('answers 401 to a token that is damaged or unsigned', async () => {
    const [header, payload, signature] = host.token('lead-1').split('.');
    const claims = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'demo-lead-2' }));
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      `${header}.${forged.toString('base64url')}.${signature}`,
      `${unsigned}.${payload}.`,
      'nonsense',
    ]) {
      const response = await me(`Bearer ${token}`);
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('invalid_token');
    }
  });

  test('knows no person outside of the demonstration world', () => {
    expect(() => host.token('nobody')).toThrow(/There are employee-1, /);
  });
});

describe('objects', () => {
  async function upload(content: string): Promise<number> {
    const signed = await fetch(`${host.url}/upload`, { method: 'POST' });
    const { url, fields } = (await signed.json()) as {
      url: string;
      fields: Record<string, string>;
    };
    expect(url.startsWith(`http://127.0.0.1:${new URL(host.url).port}/s3/`)).toBe(true);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([content]), 'one.txt');
    return (await fetch(url, { method: 'POST', body: form })).status;
  }

  test('are uploaded by a signed form within its length range', async () => {
    expect(await upload('content')).toBe(204);
    expect(await upload('x'.repeat(101))).toBe(400);
    expect(await upload('')).toBe(400);
  });

  test('are not uploaded by a form that somebody changed', async () => {
    const signed = await fetch(`${host.url}/upload`, { method: 'POST' });
    const { url, fields } = (await signed.json()) as {
      url: string;
      fields: Record<string, string>;
    };
    const form = new FormData();
    for (const [name, value] of Object.entries({ ...fields, key: 'elsewhere' })) {
      form.append(name, value);
    }
    form.append('file', new Blob(['content']), 'one.txt');
    expect((await fetch(url, { method: 'POST', body: form })).status).toBe(403);
  });

  test('are uploaded from pages of origins that the template allows', async () => {
    const signed = await fetch(`${host.url}/upload`, { method: 'POST' });
    const { url } = (await signed.json()) as { url: string };
    const allowed = async (origin: string) => {
      const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin } });
      return preflight.headers.get('access-control-allow-origin');
    };
    expect(await allowed('http://web.example')).toBe('http://web.example');
    expect(await allowed(host.url)).toBe(host.url);
    expect(await allowed('http://other.example')).toBeNull();
  });

  test('are downloaded by a presigned URL, as it says, and by no other', async () => {
    const url = (await (await fetch(`${host.url}/download`)).json()) as string;
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('content');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="one.txt"');
    const changed = new URL(url);
    changed.searchParams.set('response-content-disposition', 'inline');
    expect((await fetch(changed)).status).toBe(403);
    changed.search = '';
    expect((await fetch(changed)).status).toBe(403);
  });
});

test('a secret is generated once, in the form that the template asks for', async () => {
  const read = async () => (await (await fetch(`${host.url}/secret`)).json()) as string;
  const secret = JSON.parse(await read()) as { current: string };
  expect(secret.current).toHaveLength(32);
  expect(JSON.parse(await read())).toEqual(secret);
});
