import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCaller, type HelpDesk, startHelpDesk } from '../support/help-desk-host.ts';
import { openSignInBrowser, readClaims, type TokenAnswer } from '../support/sign-in-browser.ts';

let desk: HelpDesk;
beforeAll(async () => {
  desk = await startHelpDesk();
});
afterAll(() => desk.stop());

/** Signs in at the hosted page by an address, as somebody in a browser of their own. */
async function signIn(address: string, name = 'Somebody') {
  const browser = await openSignInBrowser(desk.host.url, 'ja');
  const page = await browser.submit(await browser.open(), { address, name });
  return { browser, page };
}

async function signInWell(address: string, name?: string) {
  const { browser, page } = await signIn(address, name);
  expect(page.url.searchParams.get('error')).toBeNull();
  return { browser, tokens: await browser.exchange(page) };
}

const as = ({ access_token }: TokenAnswer): ApiCaller => ({ token: access_token });

/** A person's entry, as a lead sees it. */
async function entryOf(address: string, role: string) {
  const { body } = await desk.call('lead-1', `GET /v1/people?role=${role}&limit=100`);
  return body.items.find((person: { address: string }) => person.address === address);
}

/** Enters somebody by their address alone, as leads do. */
const enter = (address: string, person: object) =>
  desk.call('lead-1', `PUT /v1/people/${address}`, person);

test('a fresh person of an own domain signs in at the hosted page and is a requester', async () => {
  const { tokens } = await signInWell('Taro.Yamada@toritsugi.example', '山田 太郎');
  const mine = await desk.call(as(tokens), 'GET /v1/inquiries?requester=me');
  expect(mine).toMatchObject({ status: 200, body: { items: [] } });
  expect((await desk.call(as(tokens), 'GET /v1/people?role=lead')).status).toBe(403);
  expect(await entryOf('taro.yamada@toritsugi.example', 'requester')).toMatchObject({
    name: '山田 太郎',
    sub: readClaims(tokens.access_token)['sub'],
  });
  const audit = await desk.call('lead-1', 'GET /v1/audit?action=join-registry');
  expect(audit.body.items).toEqual([
    expect.objectContaining({
      actor: expect.objectContaining({ name: '山田 太郎', role: 'requester' }),
      route: 'TokenGeneration_HostedAuth',
    }),
  ]);
});

test('one whom the registry knows by address has their role, wherever their address is', async () => {
  const address = 'jiro@vendor-a.example';
  const operator = { name: '次郎', role: 'operator', vendor: 'vendor-a', desks: ['bpo'] };
  expect((await enter(address, operator)).status).toBe(201);
  const { tokens } = await signInWell(address);
  const claim = await desk.call(as(tokens), 'POST /v1/desks/bpo/claims?wait=0');
  expect(claim.status).toBe(204);
  expect((await desk.call(as(tokens), 'POST /v1/desks/bpo-b/claims?wait=0')).status).toBe(404);
});

test('the first lead whom the stage names becomes lead, once', async () => {
  const address = 'first-lead@toritsugi.example';
  const { browser, tokens } = await signInWell(address);
  expect((await desk.call(as(tokens), 'GET /v1/people?role=lead')).status).toBe(200);
  const { address: _, presence: __, absences: ___, ...entry } = await entryOf(address, 'lead');
  expect((await enter(address, { ...entry, role: 'requester' })).status).toBe(200);
  const renewed = await browser.renew(tokens.refresh_token);
  expect(renewed.status).toBe(200);
  await signInWell(address);
  expect((await desk.call(as(renewed), 'GET /v1/people?role=lead')).status).toBe(403);
});

test('a stranger is refused in words, on the page, and is not registered', async () => {
  const { page, browser } = await signIn('eve@elsewhere.example', 'Eve');
  expect(page.status).toBe(403);
  expect(page.body).toContain('role="alert"');
  expect(page.body).toContain('このアカウントではヘルプデスクを利用できません。');
  const inEnglish = { ...page, url: new URL(`${page.url.pathname}?lang=en`, page.url) };
  const eve = { address: 'eve@elsewhere.example', name: 'Eve' };
  expect((await browser.submit(inEnglish, eve)).body).toMatch(
    /<p>This account cannot use the help desk\. .* register you\.<\/p>/,
  );
  expect(page.body).toContain('value="eve@elsewhere.example"');
  expect(await entryOf('eve@elsewhere.example', 'requester')).toBeUndefined();
});

describe("a leaver's session", () => {
  test('ends at once: the API refuses, and so does every way to new tokens', async () => {
    const address = 'saburo@toritsugi.example';
    await enter(address, { name: '三郎', role: 'staff', desks: ['staff'] });
    const { browser, tokens } = await signInWell(address);
    const renewed = await browser.renew(tokens.refresh_token);
    expect((await desk.call(as(renewed), 'GET /v1/desks')).status).toBe(200);
    const { sub } = readClaims(renewed.access_token);
    const offboarding = await desk.call('lead-1', `POST /v1/agents/${sub}/offboard`, {});
    expect(offboarding.status).toBe(202);

    expect(await desk.call(as(renewed), 'GET /v1/desks')).toMatchObject({
      status: 403,
      body: { code: 'access.not-registered' },
    });
    const refused = await browser.renew(renewed.refresh_token);
    expect(refused).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(refused.error_description).toMatch(/^PreTokenGeneration failed with error .*no longer/);
    // The session of the page still knows them.
    expect((await browser.exchange(await browser.open())).error).toBe('invalid_grant');
    expect((await signIn(address)).page.body).toContain('利用を終了しています');
  });
});

test('an account that a lead has released ends, and the next sign-in links anew', async () => {
  const address = 'shiro@toritsugi.example';
  const { browser, tokens } = await signInWell(address);
  expect((await enter(address, { name: '四郎', role: 'requester' })).status).toBe(200);
  expect((await desk.call(as(tokens), 'GET /v1/inquiries?requester=me')).status).toBe(403);
  expect(await browser.renew(tokens.refresh_token)).toMatchObject({ status: 400 });
  const again = await signInWell(address);
  const mine = await desk.call(as(again.tokens), 'GET /v1/inquiries?requester=me');
  expect(mine.status).toBe(200);
});

test('a refresh token is good once', async () => {
  const { browser, tokens } = await signInWell('goro@toritsugi.example');
  expect(tokens.expires_in).toBe(3600);
  const renewed = await browser.renew(tokens.refresh_token);
  expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  expect((await browser.renew(tokens.refresh_token)).status).toBe(400);
});

test('an ID token passes the gateway and opens nothing', async () => {
  const { tokens } = await signInWell('rokuro@toritsugi.example');
  expect(
    await desk.call({ token: tokens.id_token }, 'GET /v1/inquiries?requester=me'),
  ).toMatchObject({ status: 401, body: { code: 'access.unauthenticated' } });
});
