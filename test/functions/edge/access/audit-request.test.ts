import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { nodeRandomness } from '../../../../adapters/random/node-randomness.ts';
import { recordByRole } from '../../../../core/access/access-record.ts';
import type { AuditLog } from '../../../../core/access/audit-entry.ts';
import { refuse } from '../../../../core/inquiry/refusal.ts';
import { InquiryId, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { buildAnswerRecord, defineRoute } from '../../../../functions/edge/http/http.ts';
import { defineContract } from '../../../../functions/edge/http/route-contract.ts';
import { makeMemoryAuditLog } from '../../../support/audit-logs.ts';
import {
  edgeTestTime,
  makeMemoryAnswers,
  readProblem,
  serveRoute,
  testTraceId,
} from '../http/serve-route.ts';

const id = InquiryId.parse('019a4c1e-7b20-7cc3-98c4-dc0c0c07398f');
const seen = [recordByRole({ id })];

const common = {
  summary: { en: 'A test' },
  tag: 'inquiries',
  auth: 'token',
  roles: ['requester', 'staff'],
  params: z.strictObject({ id: z.string() }),
  refusals: ['inquiry.stale'],
  concurrency: false,
} as const;

const show = defineContract({
  ...common,
  method: 'GET',
  path: '/v1/inquiries/{id}',
  audit: { action: 'read', what: 'inquiry' },
  answers: { 200: z.strictObject({ subject: z.string() }) },
  idempotent: false,
});

const write = defineContract({
  ...common,
  method: 'POST',
  path: '/v1/inquiries/{id}/messages',
  audit: {
    action: { field: 'kind', of: { public: 'reply', internal: 'note' }, otherwise: 'reply' },
    what: 'inquiry',
    object: { in: 'body', field: 'kind' },
    quiet: { statuses: [204], because: 'nothing was written' },
  },
  body: z.strictObject({ kind: z.enum(['public', 'internal']) }),
  answers: { 200: z.strictObject({ id: z.string() }), 204: null },
  idempotent: true,
});

const showing = defineRoute(show, async () => ({ status: 200, body: { subject: 'VPN' }, seen }));
const requestToShow = {
  routeKey: 'GET /v1/inquiries/{id}',
  path: `/v1/inquiries/${id}`,
  params: { id: id as string },
  body: '',
};
const requestToWrite = {
  ...requestToShow,
  routeKey: 'POST /v1/inquiries/{id}/messages',
  body: '{"kind":"internal"}',
};
const { body: _, ...read } = requestToShow;

function serveWithAudit(given: Parameters<typeof serveRoute>[0]) {
  const audit = makeMemoryAuditLog();
  return { audit, ...serveRoute(given, makeMemoryAnswers(), audit) };
}

/** An audit log that cannot be written. */
const broken: AuditLog = { append: () => Promise.reject(new Error('table gone')) };

describe('the audit of a request', () => {
  it('says who saw which inquiry, when, by which route and right', async () => {
    const { ask, audit } = serveWithAudit(showing);
    expect((await ask({ ...read, body: undefined as never })).status).toBe(200);
    expect(audit.entries).toEqual([
      {
        at: edgeTestTime,
        actor: { sub: 'staff-1', name: 'Staff', role: 'staff' },
        action: 'read',
        inquiries: [{ id, right: ['role'] }],
        route: 'GET /v1/inquiries/{id}',
        outcome: { status: 200 },
        traceId: testTraceId,
      },
    ]);
  });

  it('takes its word and its object from the body where the contract says so', async () => {
    const writing = defineRoute(write, async () => ({ status: 200, body: { id: 'm' }, seen }));
    const { ask, audit } = serveWithAudit(writing);
    await ask(requestToWrite);
    await ask({ ...requestToWrite, body: '{"kind":"public"}' });
    await ask({ ...requestToWrite, body: '{"kind":"nonsense"}' });
    expect(audit.entries).toMatchObject([
      { action: 'note', object: 'internal', outcome: { status: 200 } },
      { action: 'reply', object: 'public', outcome: { status: 200 } },
      { action: 'reply', outcome: { status: 400, code: 'invalid.body' } },
    ]);
  });

  it.each([
    [
      'shows nothing and is quiet',
      defineRoute(write, async () => ({ status: 204 })),
      requestToWrite,
      'staff-1',
      204,
    ],
    ["is a requester's reading of their own", showing, read, 'employee-1', 200],
    ['is by nobody of the registry', showing, read, 'stranger', 403],
  ] as const)('is not kept where it %s', async (_name, given, request, sub, status) => {
    const { ask, audit } = serveWithAudit(given);
    expect((await ask({ ...request, sub })).status).toBe(status);
    expect(audit.entries).toEqual([]);
  });

  it.each([
    ['access.not-found', 404],
    ['access.forbidden', 403],
    ['inquiry.stale', 412],
  ] as const)('keeps a refusal %s with the inquiry that was asked for', async (code, status) => {
    const { ask, audit } = serveWithAudit(defineRoute(write, async () => refuse(code, 'No.')));
    const number = 'HD-7K3M-9QX5';
    await ask(requestToWrite);
    await ask({ ...requestToWrite, params: { id: number } });
    await ask({ ...requestToWrite, sub: 'employee-1' });
    const outcome = { status, code };
    expect(audit.entries).toMatchObject([
      { outcome, inquiries: [{ id, right: [] }] },
      { outcome, inquiries: [{ number, right: [] }] },
      { outcome, actor: { role: 'requester' } },
    ]);
  });

  it("keeps what a requester asked to see and may not, and a role's refusal", async () => {
    const { ask, audit } = serveWithAudit(
      defineRoute(show, async () => refuse('access.not-found', 'No.')),
    );
    await ask({ ...read, sub: 'employee-1' });
    const forStaff = defineRoute({ ...show, roles: ['staff'] }, async () => ({
      ...{ status: 200, body: { subject: 'VPN' }, seen },
    }));
    const other = serveWithAudit(forStaff);
    await other.ask({ ...read, sub: 'employee-1' });
    expect(audit.entries).toMatchObject([
      { actor: { sub: 'employee-1' }, outcome: { status: 404 } },
    ]);
    expect(other.audit.entries).toMatchObject([
      { outcome: { status: 403, code: 'access.forbidden' }, inquiries: [] },
    ]);
  });

  it('keeps failures of ours, which stay what they are', async () => {
    const { ask, audit } = serveWithAudit(
      defineRoute(show, () => Promise.reject(new Error('broken'))),
    );
    expect((await ask(read)).status).toBe(500);
    expect(audit.entries).toMatchObject([{ outcome: { status: 500, code: 'internal.failure' } }]);
  });

  it('tells a repeated answer from the first, with what it shows again', async () => {
    const writing = defineRoute(write, async () => ({ status: 200, body: { id: 'm' }, seen }));
    const { ask, audit } = serveWithAudit(writing);
    const headers = { 'idempotency-key': 'k-1' };
    await ask({ ...requestToWrite, headers });
    await ask({ ...requestToWrite, headers });
    expect(audit.entries).toMatchObject([{ inquiries: seen }, { inquiries: seen, repeated: true }]);
    expect(audit.entries[0]).not.toHaveProperty('repeated');
  });

  it('keeps what an answer shows with the answer that a handler stores itself', async () => {
    const answers = makeMemoryAnswers();
    const audit = makeMemoryAuditLog();
    const writing = defineRoute(write, async ({ answerKey }) => {
      const result = { status: 200 as const, body: { id: 'm' }, seen };
      const answerRecord = buildAnswerRecord(answerKey, result);
      if (answerRecord !== undefined)
        await answers.put(answerRecord.key, answerRecord.value, answerRecord.expiresAt);
      return { ...result, stored: true };
    });
    const { ask } = serveRoute(writing, answers, audit);
    const headers = { 'idempotency-key': 'k-1' };
    await ask({ ...requestToWrite, headers });
    await ask({ ...requestToWrite, headers });
    expect(audit.entries).toMatchObject([{ inquiries: seen }, { inquiries: seen, repeated: true }]);
  });

  it('is of several entries where an answer shows more than one can hold', async () => {
    const many = Array.from({ length: 2_001 }, () =>
      recordByRole({ id: nodeRandomness.inquiryId(instantOf(0)) }),
    );
    const list = defineContract({
      ...show,
      audit: { action: 'list-inquiries', what: 'inquiries' },
    });
    const listing = defineRoute(list, async () => ({
      status: 200,
      body: { subject: 'x' },
      seen: many,
    }));
    const { ask, audit } = serveWithAudit(listing);
    await ask(read);
    expect(audit.entries.map(({ part }) => part)).toEqual([
      { at: 1, of: 3 },
      { at: 2, of: 3 },
      { at: 3, of: 3 },
    ]);
    expect(audit.entries.flatMap(({ inquiries }) => inquiries)).toEqual(many);
  });
});

describe('what is not recorded', () => {
  it.each([
    ['none', []],
    ['nothing at all', undefined],
  ])('is not shown: an answer that names %s of its inquiries is a defect', async (_name, named) => {
    // A handler that the compiler did not check against its contract could do this.
    const wrong = defineRoute(show, async () => ({
      ...{ status: 200, body: { subject: 'VPN' } },
      seen: named as never,
    }));
    const { ask, telemetry } = serveWithAudit(wrong);
    const answer = await ask(read);
    expect(answer.text).not.toContain('VPN');
    expect(readProblem(answer).status).toBe(500);
    expect(telemetry.counts).toMatchObject({ RequestFailed: 1 });
  });

  it('is not shown: the answer is 503 while the audit cannot be written', async () => {
    const { ask, telemetry } = serveRoute(showing, makeMemoryAnswers(), broken);
    const answer = await ask(read);
    expect(answer.text).not.toContain('VPN');
    expect(readProblem(answer)).toMatchObject({ status: 503, code: 'transient.audit' });
    expect(answer.headers).toMatchObject({ 'retry-after': '1', 'x-trace-id': testTraceId });
    expect(telemetry.counts).toEqual({ AuditFailed: 1 });
  });

  it('leaves refusals untold too, and failures of ours as they are', async () => {
    const refused = serveRoute(
      defineRoute(show, async () => refuse('access.forbidden', 'No.')),
      makeMemoryAnswers(),
      broken,
    );
    expect(readProblem(await refused.ask(read)).code).toBe('transient.audit');
    const failing = serveRoute(
      defineRoute(show, () => Promise.reject(new Error('broken'))),
      makeMemoryAnswers(),
      broken,
    );
    expect(readProblem(await failing.ask(read)).code).toBe('internal.failure');
    expect(failing.telemetry.counts).toEqual({ RequestFailed: 1, AuditFailed: 1 });
  });

  it('is answered once it can be written, and a command is not done again', async () => {
    let effects = 0;
    let isBroken = true;
    const audit = makeMemoryAuditLog();
    const mending: AuditLog = {
      append: (entries) => (isBroken ? broken : audit).append(entries),
    };
    const writing = defineRoute(write, async () => {
      effects += 1;
      return { status: 200, body: { id: 'm' }, seen };
    });
    const { ask } = serveRoute(writing, makeMemoryAnswers(), mending);
    const headers = { 'idempotency-key': 'k-1' };
    expect((await ask({ ...requestToWrite, headers })).status).toBe(503);
    isBroken = false;
    expect((await ask({ ...requestToWrite, headers })).status).toBe(200);
    expect(effects).toBe(1);
    expect(audit.entries).toMatchObject([{ repeated: true, inquiries: seen }]);
  });
});
