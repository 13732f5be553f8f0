import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Host } from '../../../local/host.ts';
import { startFixture } from '../start-fixture.ts';

let host: Host;
beforeAll(async () => {
  host = await startFixture();
});
afterAll(() => host.stop());

/** Acts as a browser: follows redirects within the host and keeps cookies. */
function makeBrowser() {
  const cookies = new Map<string, string>();
  return async (address: string, init: RequestInit = {}): Promise<{ url: URL; body: string }> => {
    let url = new URL(address, host.url);
    let request = init;
    for (;;) {
      const response = await fetch(url, {
        ...request,
        redirect: 'manual',
        headers: {
          ...(request.headers as Record<string, string>),
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        },
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [name = '', ...value] = (cookie.split(';')[0] ?? '').split('=');
        cookies.set(name, value.join('='));
      }
      const location = response.headers.get('location');
      if (location === null) return { url, body: await response.text() };
      url = new URL(location, url);
      if (url.searchParams.has('code')) return { url, body: '' };
      request = {};
    }
  };
}

test('a person is chosen, and the token that follows opens the API', async () => {
  const browse = makeBrowser();
  const verifier = randomBytes(32).toString('base64url');
  const discovery = await fetch(`${host.url}/oidc/.well-known/openid-configuration`);
  const provider = (await discovery.json()) as Record<string, string>;
  expect(provider['issuer']).toBe(`${host.url}/oidc`);

  const authorize = new URL(provider['authorization_endpoint'] ?? '');
  authorize.search = new URLSearchParams({
    client_id: 'toritsugi-web',
    response_type: 'code',
    redirect_uri: `${host.url}/`,
    scope: 'openid profile email',
    state: 'kept',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const signIn = await browse(authorize.href);
  expect(signIn.body).toContain('operator-b1');

  const returned = await browse(signIn.url.href, {
    method: 'POST',
    body: new URLSearchParams({ sub: 'demo-operator-b1' }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(returned.url.searchParams.get('state')).toBe('kept');

  const exchanged = await fetch(provider['token_endpoint'] ?? '', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'toritsugi-web',
      code: returned.url.searchParams.get('code') ?? '',
      redirect_uri: `${host.url}/`,
      code_verifier: verifier,
    }),
  });
  const tokens = (await exchanged.json()) as { access_token: string };
  const me = await fetch(`${host.url}/me`, {
    headers: { authorization: `Bearer ${tokens.access_token}` },
  });
  expect(me.status).toBe(200);
  const event = (await me.json()) as {
    requestContext: { authorizer: { jwt: { claims: Record<string, string> } } };
  };
  expect(event.requestContext.authorizer.jwt.claims).toMatchObject({
    sub: 'demo-operator-b1',
    username: 'operator-b1',
    token_use: 'access',
    client_id: 'toritsugi-web',
  });
});

test('a sign-in that nobody began says so', async () => {
  const response = await fetch(`${host.url}/oidc/sign-in/unknown`);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('This sign-in has ended');
});
