import { describe, expect, it } from 'vitest';
import { refusalCodes, refuse } from '../../../../core/inquiry/refusal.ts';
import { TransientError } from '../../../../core/inquiry/transient-error.ts';
import { defineRoute } from '../../../../functions/edge/http/http.ts';
import { problemTable } from '../../../../functions/edge/problem/refusal-status.ts';
import {
  readProblem,
  renameDeskContract,
  serveRoute,
  strangerSub,
  testTraceId,
} from './serve-route.ts';

const renaming = defineRoute(renameDeskContract, async ({ body }) => ({
  status: 200,
  body: { name: body.name },
}));

describe('who calls', () => {
  it.each([undefined, ''])('answers 401 with a challenge to the subject %j', async (sub) => {
    const answer = await serveRoute(renaming).ask({ sub });
    expect(readProblem(answer)).toMatchObject({ status: 401, code: 'access.unauthenticated' });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('answers 401 to an ID token, which the gateway lets pass', async () => {
    const answer = await serveRoute(renaming).ask({ tokenUse: 'id' });
    expect(readProblem(answer)).toMatchObject({ status: 401, code: 'access.unauthenticated' });
    expect((await serveRoute(renaming).ask()).status).toBe(200);
  });

  it.each([strangerSub, 'gone'])(
    'answers 403 to %s, who has no active entry in the registry',
    async (sub) => {
      const answer = await serveRoute(renaming).ask({ sub });
      expect(readProblem(answer)).toMatchObject({ status: 403, code: 'access.not-registered' });
    },
  );

  it('answers 403 to a role that the route is not for', async () => {
    const answer = await serveRoute(renaming).ask({ sub: 'employee-1' });
    expect(readProblem(answer)).toMatchObject({ status: 403, code: 'access.forbidden' });
  });

  it('says nothing about the input to who may not call', async () => {
    const answer = await serveRoute(renaming).ask({ sub: 'employee-1', body: '{"name":1}' });
    expect(readProblem(answer).errors).toBeUndefined();
  });
});

describe('invalid input', () => {
  it('answers 400 with a JSON pointer to each fault of the body', async () => {
    const body = JSON.stringify({
      name: '',
      'a/b~c': 1,
      lines: [{ text: 'x' }, { text: 'y', more: true }],
      colour: 'red',
    });
    const problem = readProblem(await serveRoute(renaming).ask({ body }));
    expect(problem).toMatchObject({
      status: 400,
      code: 'invalid.body',
      type: '/docs#invalidbody',
      instance: '/v1/desks/bpo/names',
      traceId: testTraceId,
    });
    expect(problem.errors?.map(({ in: part, pointer }) => `${part} ${pointer}`).sort()).toEqual([
      'body /a~1b~0c',
      'body /colour',
      'body /lines/1/more',
      'body /name',
    ]);
  });

  it.each([
    ['a body that is no JSON', { body: '{"name":' }],
    [
      'a body that is not UTF-8',
      { body: Buffer.from('{"name":"\xff"}', 'latin1').toString('base64'), base64: true },
    ],
    ['a body that nests without end', { body: '['.repeat(90) + ']'.repeat(90) }],
    ['a body of another type', { body: '[]' }],
    ['no body where fields are required', { body: '' }],
  ])('answers 400 to %s', async (_name, request) => {
    expect(readProblem(await serveRoute(renaming).ask(request))).toMatchObject({
      status: 400,
      code: 'invalid.body',
    });
  });

  it.each([
    ['an unknown query parameter', { query: { waitt: '3' } }, 'query', '/waitt'],
    ['a query parameter out of bounds', { query: { wait: '21' } }, 'query', '/wait'],
    ['a part of the path that cannot be', { params: { desk: 'B P O' } }, 'path', '/desk'],
    ['a weak entity tag', { headers: { 'if-match': 'W/"3"' } }, 'header', '/if-match'],
    ['an entity tag that is none of ours', { headers: { 'if-match': '3' } }, 'header', '/if-match'],
    ['several entity tags', { headers: { 'if-match': '"3", "4"' } }, 'header', '/if-match'],
    [
      'an idempotency key with a space',
      { headers: { 'idempotency-key': 'a b' } },
      'header',
      '/idempotency-key',
    ],
    [
      'an idempotency key beyond ASCII',
      { headers: { 'idempotency-key': '鍵' } },
      'header',
      '/idempotency-key',
    ],
    [
      'an idempotency key of 129 characters',
      { headers: { 'idempotency-key': 'k'.repeat(129) } },
      'header',
      '/idempotency-key',
    ],
  ])('answers 400 to %s', async (_name, request, part, pointer) => {
    const problem = readProblem(await serveRoute(renaming).ask(request));
    expect(problem).toMatchObject({ status: 400, code: 'invalid.parameter' });
    expect(problem.errors?.[0]).toMatchObject({ in: part, pointer });
  });

  it('answers 413 to one byte over the limit of the route, and takes the limit itself', async () => {
    const { ask } = serveRoute(renaming);
    const fits = JSON.stringify({ name: 'あ'.repeat(63) });
    expect(Buffer.byteLength(fits)).toBe(200);
    expect((await ask({ body: fits })).status).toBe(200);
    const over = JSON.stringify({ name: `${'あ'.repeat(63)}x` });
    expect(readProblem(await ask({ body: over }))).toMatchObject({
      status: 413,
      code: 'invalid.too-large',
    });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=shift_jis',
    'application/jsonx',
  ])('answers 415 to %s', async (type) => {
    const answer = await serveRoute(renaming).ask({ headers: { 'content-type': type } });
    expect(readProblem(answer)).toMatchObject({ status: 415, code: 'invalid.media-type' });
  });

  it.each(['application/json', 'Application/JSON; charset="UTF-8"'])('takes %s', async (type) => {
    expect((await serveRoute(renaming).ask({ headers: { 'content-type': type } })).status).toBe(
      200,
    );
  });
});

describe('refusals of the business', () => {
  it.each(refusalCodes)('answers %s with its status and problem details', async (code) => {
    const { ask, telemetry } = serveRoute(
      defineRoute(renameDeskContract, async () => refuse(code, 'Because.')),
    );
    const answer = await ask();
    expect(readProblem(answer)).toEqual({
      type: `/docs#${code.replaceAll('.', '')}`,
      title: problemTable[code].title,
      status: problemTable[code].status,
      detail: 'Because.',
      instance: '/v1/desks/bpo/names',
      code,
      traceId: testTraceId,
    });
    expect(telemetry.lines.at(-1)?.fields).toMatchObject({ code, status: answer.status });
  });

  it.each([
    ['access.not-found', 404],
    ['work.lease-lost', 409],
    ['work.already-claimed', 409],
    ['inquiry.stale', 412],
    ['invalid.form', 422],
    ['invalid.idempotency-key', 422],
  ] as const)('answers %s with %i', async (code, status) => {
    const answer = await serveRoute(
      defineRoute(renameDeskContract, async () => refuse(code, 'Because.')),
    ).ask();
    expect(answer.status).toBe(status);
  });

  it('tells when to ask again after a transient refusal', async () => {
    const refusing = defineRoute(renameDeskContract, async () =>
      refuse('transient.conflict', 'Because.'),
    );
    const answer = await serveRoute(refusing).ask();
    expect(answer.status).toBe(503);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });

  it("points at the input's faults where the handler does", async () => {
    const errors = [{ in: 'body', pointer: '/name', detail: 'is taken' }] as const;
    const refusing = defineRoute(renameDeskContract, async () => ({
      ...refuse('invalid.form', 'No.'),
      errors,
    }));
    expect(readProblem(await serveRoute(refusing).ask()).errors).toEqual(errors);
  });
});

describe('what fails', () => {
  it.each([
    ['transient.conflict', undefined],
    ['transient.unavailable', 1],
  ] as const)('for now answers 503 %s, to be asked again', async (code, failures) => {
    const error = new TransientError(code, 'secret table name');
    const { ask, telemetry } = serveRoute(
      defineRoute(renameDeskContract, () => Promise.reject(error)),
    );
    const answer = await ask();
    expect(readProblem(answer)).toMatchObject({ status: 503, code });
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.text).not.toContain('secret');
    expect(telemetry.counts.RequestFailed).toBe(failures);
  });

  it('answers 500 without internals, and logs the error with its trace', async () => {
    const error = new TypeError('secret table name');
    const { ask, telemetry } = serveRoute(
      defineRoute(renameDeskContract, () => Promise.reject(error)),
    );
    const answer = await ask();
    expect(readProblem(answer)).toMatchObject({
      status: 500,
      code: 'internal.failure',
      traceId: testTraceId,
    });
    expect(answer.text).not.toMatch(/secret|TypeError|\.ts/);
    expect(telemetry.lines).toContainEqual({
      level: 'error',
      message: 'request failed',
      fields: { traceId: testTraceId, error },
    });
    expect(telemetry.counts).toEqual({ RequestFailed: 1 });
  });

  it('answers 503 before the function is stopped for running too long', async () => {
    const { ask } = serveRoute(defineRoute(renameDeskContract, () => new Promise(() => {})));
    const answer = await ask({}, 300);
    expect(readProblem(answer)).toMatchObject({ status: 503, code: 'transient.timeout' });
  });

  it('answers 404 when the gateway sends a route that is none of ours', async () => {
    const answer = await serveRoute(renaming).ask({ routeKey: 'POST /v1/elsewhere' });
    expect(readProblem(answer)).toMatchObject({ status: 404, code: 'access.not-found' });
  });

  it.each(['elsewhere', 'names/elsewhere', '名', '__proto__'])(
    'answers 404 to the command %s, which there is not, and keeps it out of the log',
    async (command) => {
      const { ask, telemetry } = serveRoute(renaming);
      const params = { desk: 'bpo', command };
      const answer = await ask({ routeKey: 'POST /v1/desks/{desk}/{command}', params });
      expect(readProblem(answer)).toMatchObject({ status: 404, code: 'access.not-found' });
      expect(JSON.stringify(telemetry.lines)).toContain('/v1/desks/{desk}/{command}');
      expect(JSON.stringify(telemetry.lines)).not.toContain(command);
    },
  );
});
