import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { PersonRegistry } from '../../../../core/access/ports.ts';
import { defineRoute, makeHttpHandler } from '../../../../functions/edge/http/http.ts';
import { defineContract } from '../../../../functions/edge/http/route-contract.ts';
import { makeMemoryAuditLog } from '../../../support/audit-logs.ts';
import { makeRecordingTelemetry } from '../telemetry/recording-telemetry.ts';
import { fakeGatewayEvent, fakeLambdaContext } from './fake-gateway-event.ts';
import { edgeTestTime, renameDeskContract, serveRoute, testTraceId } from './serve-route.ts';

const importNames = defineContract({
  method: 'POST',
  path: '/v1/desks/import',
  summary: { en: 'Import desks' },
  audit: { action: 'read-desks', what: 'none' },
  tag: 'desks',
  auth: 'token',
  roles: ['staff'],
  bodyType: 'text/csv',
  answers: { 202: z.strictObject({ bytes: z.array(z.int()) }) },
  refusals: [],
  idempotent: false,
  concurrency: false,
});

const hello = defineContract({
  method: 'GET',
  path: '/hello',
  summary: { en: 'Say hello' },
  tag: 'about',
  auth: 'public',
  roles: [],
  answers: { 200: 'text/html' },
  refusals: [],
  idempotent: false,
  concurrency: false,
});

describe('a request', () => {
  it('finds the route of a command, where the gateway has one route for all of them', async () => {
    const { ask, telemetry } = serveRoute(
      defineRoute(renameDeskContract, async ({ params, body }) => ({
        status: 200,
        body: { name: `${params.desk} ${body.name}` },
      })),
    );
    const answer = await ask({
      routeKey: 'POST /v1/desks/{desk}/{command}',
      params: { desk: 'bpo', command: 'names' },
    });
    expect(answer).toMatchObject({ status: 200, body: { name: 'bpo BPO' } });
    expect(JSON.stringify(telemetry.lines)).toContain('"routeKey":"POST /v1/desks/{desk}/names"');
  });

  it('reaches its handler checked and typed, with defaults filled in', async () => {
    let seen: unknown;
    const renaming = defineRoute(renameDeskContract, async (request) => {
      seen = request;
      return { status: 200, body: { name: request.body.name } };
    });
    const headers = { 'if-match': '"7"' };
    const answer = await serveRoute(renaming).ask({ headers, query: { wait: '3' } }, 12_000);
    expect(answer.status).toBe(200);
    expect(seen).toMatchObject({
      actor: { sub: 'staff-1', role: 'staff', address: 'staff-1@toritsugi.example' },
      params: { desk: 'bpo' },
      query: { wait: 3 },
      body: { name: 'BPO' },
      ifMatch: 7,
      traceId: testTraceId,
      now: edgeTestTime,
      remainingMs: 12_000,
    });
    expect(seen).not.toHaveProperty('answerKey');
  });

  it('asks for no version with If-Match: *', async () => {
    let version: number | undefined = 0;
    const renaming = defineRoute(renameDeskContract, async ({ ifMatch }) => {
      version = ifMatch;
      return { status: 204 };
    });
    await serveRoute(renaming).ask({ headers: { 'if-match': '*' } });
    expect(version).toBeUndefined();
  });

  it.each([
    ['text/csv', false],
    ['text/csv; charset=utf-8', false],
    ['application/octet-stream', true],
  ])('gives the bytes of %s as they came', async (type, base64) => {
    const importing = defineRoute(importNames, async ({ body }) => ({
      status: 202,
      body: { bytes: [...body] },
    }));
    const bytes = base64 ? Buffer.from([0x8e, 0xd0, 0x88, 0xf5]) : Buffer.from('社');
    const answer = await serveRoute(importing).ask({
      routeKey: 'POST /v1/desks/import',
      body: bytes.toString(base64 ? 'base64' : 'utf8'),
      base64,
      headers: { 'content-type': type },
    });
    expect(answer.body).toEqual({ bytes: [...bytes] });
  });

  it('for CSV is refused with 415 when it is JSON', async () => {
    const importing = defineRoute(importNames, async () => ({ status: 202, body: { bytes: [] } }));
    const answer = await serveRoute(importing).ask({ routeKey: 'POST /v1/desks/import' });
    expect(answer.status).toBe(415);
  });
});

describe('an answer', () => {
  const renaming = defineRoute(renameDeskContract, async () => ({
    status: 200,
    body: { name: 'BPO' },
    etag: 8,
    location: '/v1/desks/bpo',
  }));

  it('carries the version, the place, and what names it in the logs', async () => {
    const { headers } = await serveRoute(renaming).ask();
    expect(headers).toMatchObject({
      etag: '"8"',
      location: '/v1/desks/bpo',
      'content-type': 'application/json',
      'x-trace-id': testTraceId,
      'x-correlation-id': testTraceId,
    });
  });

  it.each([
    ['a success', {}, 200],
    ['a refusal', { sub: 'employee-1' }, 403],
  ])('is protected in the browser when it is %s', async (_name, request, status) => {
    const answer = await serveRoute(renaming).ask(request);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'referrer-policy': 'no-referrer',
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8}/),
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    ['abc-123_4.5', 'abc-123_4.5'],
    ['a b', testTraceId],
    ['x'.repeat(65), testTraceId],
    ['a\r\nset-cookie: b', testTraceId],
  ])('repeats the correlation id %j as %j', async (given, repeated) => {
    const { ask, telemetry } = serveRoute(renaming);
    const { headers } = await ask({ headers: { 'x-correlation-id': given } });
    expect(headers['x-correlation-id']).toBe(repeated);
    expect(telemetry.lines.at(-1)?.fields).toMatchObject({
      correlationId: repeated,
      traceId: testTraceId,
    });
  });

  it('is logged without addresses, bodies or paths', async () => {
    const { ask, telemetry } = serveRoute(renaming);
    await ask({ path: '/v1/people/somebody@toritsugi.example', body: '{"name":"Geheim"}' });
    const logged = JSON.stringify(telemetry.lines);
    expect(logged).toContain('"routeKey":"POST /v1/desks/{desk}/names"');
    expect(logged).not.toMatch(/@|Geheim/);
  });

  it('of a public page needs no token and is HTML', async () => {
    const page = defineRoute(hello, async () => ({ status: 200, body: '<p>hello' }));
    const answer = await serveRoute(page).ask({ routeKey: 'GET /hello', sub: undefined });
    expect(answer).toMatchObject({ status: 200, text: '<p>hello' });
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('the making of a handler', () => {
  const { logger, meter } = makeRecordingTelemetry();
  const basics = { logger, meter, now: () => edgeTestTime, newTraceId: () => testTraceId };
  const renaming = defineRoute(renameDeskContract, async () => ({ status: 204 }));

  it('fails at once when what a route needs is not given', () => {
    const people = { bySub: async () => undefined } as unknown as PersonRegistry;
    expect(() => makeHttpHandler({ ...basics, routes: [renaming] })).toThrow('registry of people');
    expect(() => makeHttpHandler({ ...basics, routes: [renaming], people })).toThrow('audit log');
    const audit = makeMemoryAuditLog();
    expect(() => makeHttpHandler({ ...basics, routes: [renaming], people, audit })).toThrow(
      'store of answers',
    );
  });

  it('needs neither for public routes', async () => {
    const page = defineRoute(hello, async () => ({ status: 200, body: 'hello' }));
    const handler = makeHttpHandler({ ...basics, routes: [page] });
    const answer = await handler(fakeGatewayEvent({ routeKey: 'GET /hello' }), fakeLambdaContext());
    expect(answer.statusCode).toBe(200);
  });
});
