import * as z from 'zod';
import type { AuditLog } from '../../../../core/access/audit-entry.ts';
import { Person } from '../../../../core/access/person.ts';
import type { PersonRegistry } from '../../../../core/access/ports.ts';
import type { AnswerStore } from '../../../../core/inquiry/outbox/answer-store.ts';
import { instantOf, Sub } from '../../../../core/inquiry/values/ids.ts';
import type { AnyRouteResult } from '../../../../functions/edge/http/exchange.ts';
import { type HttpRoute, makeHttpHandler } from '../../../../functions/edge/http/http.ts';
import { defineContract } from '../../../../functions/edge/http/route-contract.ts';
import { ProblemDetails } from '../../../../functions/edge/problem/problem-details.ts';
import { makeMemoryAuditLog } from '../../../support/audit-logs.ts';
import { makeRecordingTelemetry } from '../telemetry/recording-telemetry.ts';
import { fakeGatewayEvent, fakeLambdaContext } from './fake-gateway-event.ts';

export const edgeTestTime = instantOf(Date.UTC(2026, 10, 22, 1, 15));
export const testTraceId = '019a0000-0000-7000-8000-00000000abcd';

const people = [
  { address: 'staff-1@toritsugi.example', sub: 'staff-1', name: 'Staff', role: 'staff' },
  { address: 'employee-1@toritsugi.example', sub: 'employee-1', name: '社員', role: 'requester' },
  { address: 'gone@toritsugi.example', sub: 'gone', name: 'Gone', role: 'staff', state: 'left' },
].map((person) => Person.parse(person));

const registry: Pick<PersonRegistry, 'bySub'> = {
  bySub: async (sub) => people.find((person) => person.sub === sub),
};

/** A command that uses every feature the edge checks. */
export const renameDeskContract = defineContract({
  method: 'POST',
  path: '/v1/desks/{desk}/names',
  summary: { en: 'Rename a desk' },
  audit: { action: 'read-desks', what: 'none', object: { in: 'path', field: 'desk' } },
  tag: 'desks',
  auth: 'token',
  roles: ['staff', 'lead'],
  params: z.strictObject({ desk: z.string().regex(/^[a-z]+$/) }),
  query: z.strictObject({ wait: z.coerce.number().int().max(20).default(0) }),
  body: z.strictObject({
    name: z.string().min(1),
    'a/b~c': z.string().optional(),
    lines: z.array(z.strictObject({ text: z.string() })).optional(),
  }),
  bodyLimitBytes: 200,
  answers: { 200: z.strictObject({ name: z.string() }), 204: null },
  refusals: ['work.unknown-desk'],
  idempotent: true,
  concurrency: true,
});
const renameRouteKey = 'POST /v1/desks/{desk}/names';

/** Keeps answers in memory for as long as the test runs. */
export function makeMemoryAnswers(): AnswerStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    find: async (key) => kept.get(key),
    put: async (key, answer) => {
      if (kept.has(key)) return 'taken';
      kept.set(key, answer);
      return 'kept';
    },
  };
}

/** Serves one route with its handler and sends requests to it. */
export function serveRoute(
  given: HttpRoute,
  answers = makeMemoryAnswers(),
  audit: AuditLog = makeMemoryAuditLog(),
): {
  readonly telemetry: ReturnType<typeof makeRecordingTelemetry>;
  readonly ask: (
    request?: Partial<Parameters<typeof fakeGatewayEvent>[0]>,
    remainingMs?: number,
  ) => Promise<
    AnyRouteResult & { readonly headers: Record<string, string>; readonly text: string }
  >;
} {
  const telemetry = makeRecordingTelemetry();
  const handler = makeHttpHandler({
    routes: [given],
    people: registry as PersonRegistry,
    answers,
    audit,
    logger: telemetry.logger,
    meter: telemetry.meter,
    now: () => edgeTestTime,
    newTraceId: () => testTraceId,
  });
  return {
    telemetry,
    ask: async (request = {}, remainingMs) => {
      const event = fakeGatewayEvent({
        routeKey: renameRouteKey,
        path: '/v1/desks/bpo/names',
        sub: 'staff-1',
        params: { desk: 'bpo' },
        body: JSON.stringify({ name: 'BPO' }),
        ...request,
      });
      const answer = await handler(event, fakeLambdaContext(remainingMs));
      const text = answer.body ?? '';
      const body: unknown = text.startsWith('{') ? JSON.parse(text) : text;
      return { status: answer.statusCode, headers: answer.headers, body, text };
    },
  };
}

/** Reads problem details; throws unless they have the documented shape. */
export function readProblem(answer: {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}): ProblemDetails {
  if (answer.headers['content-type'] !== 'application/problem+json') {
    throw new TypeError(`no problem: ${JSON.stringify(answer)}`);
  }
  const problem = ProblemDetails.parse(answer.body);
  if (problem.status !== answer.status) throw new TypeError('the statuses differ');
  return problem;
}

/** A `sub` that the registry does not know. */
export const strangerSub = Sub.parse('stranger');
