import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../core/inquiry/values/ids.ts';
import { routeContracts } from '../../../functions/contract/routes.ts';
import { html } from '../../../functions/docs/markup.ts';
import { Env, makeHandler } from '../../../functions/docs/serve-docs.ts';
import { problemCodes, problemSlugOf } from '../../../functions/edge/problem/refusal-status.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

const { logger, meter } = makeRecordingTelemetry();
const handler = makeHandler({
  logger,
  meter,
  now: () => instantOf(Date.UTC(2026, 10, 22)),
  newTraceId: () => 'trace',
});
const get = (path: string) =>
  handler(fakeGatewayEvent({ routeKey: `GET ${path}` }), fakeLambdaContext());

it('needs no environment', () => {
  expect(Env.parse({})).toEqual({});
});

it('says that it runs, and nothing more', async () => {
  expect(await get('/health')).toMatchObject({ statusCode: 200, body: '{"status":"ok"}' });
});

it('serves the document as JSON', async () => {
  const { statusCode, headers, body } = await get('/openapi.json');
  expect(statusCode).toBe(200);
  expect(headers['content-type']).toBe('application/json');
  expect(JSON.parse(body ?? '')).toMatchObject({ openapi: '3.1.0' });
});

describe('the page', async () => {
  const { headers, body: page = '' } = await get('/docs');

  it('shows every operation and every problem, each under an anchor of its own', () => {
    const anchors = [...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(anchors).toEqual(expect.arrayContaining([...routeContracts.keys()]));
    expect(anchors).toEqual(expect.arrayContaining(problemCodes.map(problemSlugOf)));
  });

  it('has no dead link of its own', () => {
    const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]));
    const links = [...page.matchAll(/href="#([^"]*)"/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(100);
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  });

  it('runs no script and loads nothing; its policy allows just its own style', () => {
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|\ssrc=|style="|https?:\/\//);
  });

  it('is in English with the Japanese summaries marked as such', () => {
    expect(page).toContain('<html lang="en">');
    expect(page).toContain('<span lang="ja">次の問い合わせの引き受け</span>');
  });
});

it('escapes every text that is put into a template', () => {
  const { text } = html`<p title="${`"'`}">${'<b>&'}${html`<i>${3}</i>`}${['<', html`<br>`]}</p>`;
  expect(text).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;<i>3</i>&lt;<br></p>');
});
