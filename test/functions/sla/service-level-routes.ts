import { randomUUID } from 'node:crypto';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import type { Instant } from '../../../core/inquiry/values/ids.ts';
import type { HttpHandler } from '../../../functions/edge/http/http.ts';
import { makeSigningKeys } from '../../../functions/edge/signing-keys.ts';
import { makeHandler as makeExplaining } from '../../../functions/sla/explain-clock.ts';
import { makeHandler as makeReviewing } from '../../../functions/sla/review-breaches.ts';
import { helpDeskActors as cast, deskList, workStart } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { startServiceLevelFixture } from '../../support/service-level-fixture.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

export type ServiceLevelRequest = {
  readonly as?: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
// biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the routes answer
export type ServiceLevelResponse = { status: number; headers: Record<string, string>; body: any };

/** The routes of breaches and clocks on the embedded engines, with a clock that tests set. */
export async function startServiceLevelRoutes() {
  const fixture = await startServiceLevelFixture();
  const { table, ledger, commandDependencies, verdicts } = fixture;
  const people = new DynamoPersonRegistry(table);
  for (const person of Object.values(cast)) await people.put(person);
  let at: Instant = workStart;
  const edge = {
    ...makeRecordingTelemetry(),
    people,
    terms: new DynamoTerms(table, deskList),
    // Answers expire by the tests' clock.
    answers: new DynamoAnswerStore(table, () => Date.parse(at)),
    now: () => at,
    audit: makeAuditLog(table),
    newTraceId: randomUUID,
  };
  const secret = async () => ({ current: 'a secret of the tests alone' });
  const cursorKeys = makeSigningKeys(secret);
  const reviewing = makeReviewing({ ...edge, ...commandDependencies, verdicts, cursorKeys });
  const explaining = makeExplaining({ ...edge, ledger });

  async function ask(
    handler: HttpHandler,
    routeKey: string,
    request: ServiceLevelRequest,
  ): Promise<ServiceLevelResponse> {
    const { as = 'lead', body, ...given } = request;
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const event = fakeGatewayEvent({ routeKey, sub: as, ...given, ...text });
    const answer = await handler(event, fakeLambdaContext());
    const { statusCode: status, headers } = answer;
    return { status, headers, body: JSON.parse(answer.body ?? 'null') };
  }

  return {
    ...fixture,
    /** Sets the clock of the routes. */
    setClock: (now: Instant) => {
      at = now;
    },
    list: (query: Readonly<Record<string, string>> = {}, as?: string) =>
      ask(reviewing, 'GET /v1/sla/breaches', { query, ...(as === undefined ? {} : { as }) }),
    review: (
      id: string,
      body: unknown,
      request: Omit<ServiceLevelRequest, 'params' | 'body'> = {},
    ) => ask(reviewing, 'POST /v1/sla/breaches/{id}/review', { params: { id }, body, ...request }),
    explain: (id: string, clock: string, request: Omit<ServiceLevelRequest, 'params'> = {}) =>
      ask(explaining, 'GET /v1/inquiries/{id}/clocks/{clock}/explain', {
        params: { id, clock },
        ...request,
      }),
  };
}

export type ServiceLevelRoutes = Awaited<ReturnType<typeof startServiceLevelRoutes>>;
