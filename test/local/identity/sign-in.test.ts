import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../local/host.ts';
import {
  openSignInBrowser,
  readClaims,
  type SignInBrowser,
  type TokenAnswer,
} from '../../support/sign-in-browser.ts';
import { startFixture } from '../start-fixture.ts';

let host: Host;
beforeAll(async () => {
  host = await startFixture();
});
afterAll(() => host.stop());

const operator = { sub: 'demo-operator-b1' };

async function signIn(person: Record<string, string> = operator) {
  const browser = await openSignInBrowser(host.url);
  const returned = await browser.submit(await browser.open(), person);
  return { browser, tokens: await browser.exchange(returned) };
}

/** The request as the gateway passes it on. */
async function askMe({ access_token }: TokenAnswer) {
  const response = await fetch(`${host.url}/me`, {
    headers: { authorization: `Bearer ${access_token}` },
  });
  return { status: response.status, event: JSON.parse(await response.text()) };
}

test('a person is chosen, and the token that follows opens the API', async () => {
  const browser = await openSignInBrowser(host.url);
  expect(browser.issuer).toBe(`${host.url}/oidc`);
  const page = await browser.open();
  expect(page.body).toContain('operator-b1');
  const returned = await browser.submit(page, operator);
  expect(returned.url.searchParams.get('state')).toBe('kept');
  const { status, event } = await askMe(await browser.exchange(returned));
  expect(status).toBe(200);
  expect(event.requestContext.authorizer.jwt.claims).toMatchObject({
    sub: 'demo-operator-b1',
    username: 'operator-b1',
    token_use: 'access',
    client_id: 'toritsugi-web',
    scope: 'openid profile email',
  });
});

test("tokens carry the claims of Cognito's", async () => {
  const { tokens } = await signIn();
  const access = readClaims(tokens.access_token);
  expect(access).not.toHaveProperty('aud');
  expect(Object.keys(readClaims(host.token('operator-b1'))).sort()).toEqual(
    expect.arrayContaining(['client_id', 'iss', 'sub', 'token_use', 'username', 'version']),
  );
  expect(readClaims(host.token('operator-b1'))).not.toHaveProperty('aud');
  expect(readClaims(tokens.id_token)).toMatchObject({
    aud: 'toritsugi-web',
    token_use: 'id',
    'cognito:username': 'operator-b1',
    email: 'operator-b1@vendor-b.example',
    email_verified: true,
    name: '高橋 三郎',
  });
});

test('somebody new gives an address and a name, and is the same account the next time', async () => {
  const taro = { address: 'Taro@toritsugi.example', name: '山田 太郎' };
  const first = readClaims((await signIn(taro)).tokens.id_token);
  expect(first).toMatchObject({ email: taro.address, name: taro.name });
  expect(first['sub']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  const again = await signIn({ address: 'taro@toritsugi.example', name: 'other' });
  expect(readClaims(again.tokens.id_token)['sub']).toBe(first['sub']);
  const known = await signIn({ address: 'operator-b1@vendor-b.example', name: 'other' });
  expect(readClaims(known.tokens.id_token)['sub']).toBe('demo-operator-b1');
});

describe('the page', () => {
  let browser: SignInBrowser;
  beforeAll(async () => {
    browser = await openSignInBrowser(host.url, 'en-GB,en;q=0.9');
  });

  test('is in the language of the browser, or in the other by its link', async () => {
    const page = await browser.open();
    expect(page.body).toContain('<html lang="en">');
    const other = await browser.visit(`${page.url.pathname}?lang=ja`);
    expect(other.body).toContain('<html lang="ja">');
    expect(other.body).toContain('デモの利用者でサインイン');
  });

  test.each([
    ['an address that is none', { address: 'taro', name: '<b>Taro</b>' }],
    ['an address of two', { address: 'a@b.example@c.example', name: '<b>Taro</b>' }],
  ])('keeps what was entered for %s', async (_what, entered) => {
    const page = await browser.submit(await browser.open(), entered);
    expect(page.status).toBe(400);
    expect(page.body).toContain('aria-invalid="true"');
    expect(page.body).toContain(`value="${entered.address}"`);
    expect(page.body).toContain('&lt;b&gt;Taro&lt;/b&gt;');
  });

  test('is shown again for a person who is not there', async () => {
    const page = await browser.submit(await browser.open(), { sub: 'nobody' });
    expect(page.status).toBe(400);
    expect(page.body).toContain('Sign in as a demonstration person');
  });

  test('of a sign-in that nobody began says so', async () => {
    const fresh = await openSignInBrowser(host.url, 'en');
    const page = await fresh.visit('/oidc/sign-in/unknown');
    expect(page.status).toBe(400);
    expect(page.body).toContain('This sign-in has ended');
  });
});

describe('a session', () => {
  test('goes on by its refresh token, which may be revoked', async () => {
    const { browser, tokens } = await signIn();
    const renewed = await browser.renew(tokens.refresh_token);
    expect((await askMe(renewed)).status).toBe(200);
    expect((await browser.revoke(renewed.refresh_token)).status).toBe(200);
    expect(await browser.renew(renewed.refresh_token)).toMatchObject({
      status: 400,
      error: 'invalid_grant',
    });
  });

  test('of the page ends by signing out, and leads back to our pages only', async () => {
    const { browser } = await signIn();
    expect((await browser.open()).url.searchParams.has('code')).toBe(true);
    const foreign = await browser.signOut('http://elsewhere.example/');
    expect(foreign.status).toBe(400);
    expect((await browser.open()).url.searchParams.has('code')).toBe(true);
    expect((await browser.signOut(`${host.url}/`)).url.href).toBe(`${host.url}/`);
    expect((await browser.open()).body).toContain('operator-b1');
  });
});
