import { setTimeout } from 'node:timers/promises';
import { BatchWriteItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DynamoServiceLevelConfigLedger } from '../../../adapters/dynamo/config/dynamo-service-level-config-ledger.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { buildSnapshotItem } from '../../../adapters/dynamo/inquiry/inquiry-items.ts';
import { DynamoJobLedger } from '../../../adapters/dynamo/job/dynamo-job-ledger.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { DynamoAlarmIndex } from '../../../adapters/dynamo/sla/dynamo-alarm-index.ts';
import { DynamoOpenInquiries } from '../../../adapters/dynamo/sla/dynamo-open-inquiries.ts';
import { RecomputationWork } from '../../../adapters/job/recomputation-work.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { checkWebhookUrl, collectOrigins } from '../../../adapters/webhook/check-webhook-url.ts';
import type { ClockName } from '../../../core/inquiry/clock/clock.ts';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { InquiryEvent } from '../../../core/inquiry/events/events.ts';
import { computeAlarmAt } from '../../../core/inquiry/fire-alarm.ts';
import type { InquiryLedger, PendingAppend } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../core/inquiry/terms/shipped-service-levels.ts';
import {
  addSeconds,
  DeskId,
  type InquiryId,
  type Instant,
} from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { JobId } from '../../../core/job/job.ts';
import type { JobWork } from '../../../core/job/ports.ts';
import { makeHandler as makeRunner } from '../../../functions/job/run-job.ts';
import { makeHandler } from '../../../functions/sla/configure-service-levels.ts';
import { makeHandler as makeFireAlarmHandler } from '../../../functions/sla/fire-alarm.ts';
import { helpDeskActors as cast, deskList, receivedEvent } from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { bucketNames, startEngines } from '../../support/start-engines.ts';
import { makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';
import { makeMailBatch } from '../intake/mail-fixture.ts';

/** An instant given as wall time in Tokyo. */
export const tokyoInstant = (written: string) =>
  new Date(`${written}+09:00`).toISOString() as Instant;

export type ServiceLevelDocumentKind = 'calendars' | 'policies';
type ConfigRequest = {
  readonly as?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
};
type OpeningInput = {
  readonly desk: string;
  readonly priority: NonNullable<Inquiry['priority']>;
  readonly receivedAt: Instant;
  /** Events after its routing. */
  readonly followedBy: readonly InquiryEvent[];
};

/** A copy of the shipped document, for tests to change. */
// biome-ignore lint/suspicious/noExplicitAny: tests make documents that the schema has to refuse
export function readShippedDocument(kind: ServiceLevelDocumentKind): any {
  return structuredClone(kind === 'calendars' ? shippedCalendars.body : shippedPolicies.body);
}

/** The configuration of service levels on the embedded engines, with a clock that tests set. */
export async function startConfigFixture() {
  const engines = await startEngines();
  const { table } = engines;
  // Nobody reads the stream here, and in memory each write takes longer as it grows.
  await table.client.send(
    new UpdateTableCommand({
      TableName: table.name,
      StreamSpecification: { StreamEnabled: false },
    }),
  );
  const people = new DynamoPersonRegistry(table);
  for (const person of Object.values(cast)) await people.put(person);
  const clock = { at: tokyoInstant('2026-11-24T12:00:00') };
  const now = () => clock.at;
  const ledger = new DynamoInquiryLedger(
    table,
    new S3ContentStore(engines.s3, bucketNames.content),
  );
  const jobs = new DynamoJobLedger(table);
  const alarms = new DynamoAlarmIndex(table);
  const open = new DynamoOpenInquiries(table);
  const telemetry = makeRecordingTelemetry();
  const pause = (milliseconds: number) => setTimeout(milliseconds);
  /** Each function reads its own terms, as functions in the cloud do. */
  const terms = () => new DynamoTerms(table, deskList);
  const commandDependencies = { ledger, random: nodeRandomness, pause };
  const configured = terms();
  const configure = makeHandler({
    ...telemetry,
    ...{ people, now, open, terms: configured, history: configured },
    ledger: new DynamoServiceLevelConfigLedger(table),
    random: nodeRandomness,
    refusedUrl: (url) => checkWebhookUrl(url, collectOrigins(['http://127.0.0.1:4000'])),
    keys: makeTestSigningKeys('the secret of these tests'),
    mac: hmacSha256,
    clock: () => Date.parse(now()),
    audit: makeAuditLog(table),
    newTraceId: () => 'trace-1',
  });
  const makeRecomputation = (recomputed: InquiryLedger) =>
    new RecomputationWork({
      ...{ ...commandDependencies, ledger: recomputed, open, now },
      terms: terms(),
    });
  const recomputation = makeRecomputation(ledger);
  const fireAlarmHandler = makeFireAlarmHandler({
    ...telemetry,
    ...commandDependencies,
    ...{ terms: terms(), now },
    queues: { send: async () => {} },
  });

  async function ask(
    route: string,
    { as = 'lead', query = {}, headers = {} }: ConfigRequest,
    body?: object,
  ) {
    const written = body === undefined ? {} : { body: JSON.stringify(body) };
    const params = /webhooks\/(.+)$/.exec(route)?.[1];
    const routeKey = params === undefined ? route : route.replace(params, '{webhook}');
    const path = params === undefined ? {} : { params: { webhook: params } };
    const event = fakeGatewayEvent({ routeKey, sub: as, query, headers, ...path, ...written });
    const answer = await configure(event, fakeLambdaContext());
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: JSON.parse(answer.body ?? 'null'),
    };
  }

  /** Delivers a job's message to a worker. */
  async function deliver(
    jobId: string,
    work: JobWork = recomputation,
    milliseconds = () => Date.parse(now()),
  ) {
    const never: JobWork = { open: () => Promise.reject(new Error('no such job here')) };
    const runner = makeRunner({
      ...telemetry,
      ...{ jobs, now },
      work: {
        'sla-recomputation': work,
        'sla-restatement': never,
        'people-import': never,
        'phone-log-import': never,
        offboarding: never,
        'routing-simulation': never,
      },
      clock: milliseconds,
    });
    await runner(
      makeMailBatch([{ id: 'm', body: JSON.stringify({ jobId }) }]),
      fakeLambdaContext(300_000),
    );
    return jobs.find(JobId.parse(jobId));
  }

  return {
    ...{ engines, clock, ledger, jobs, recomputation, makeRecomputation, telemetry, deliver },
    stop: engines.stop,
    get: (kind: ServiceLevelDocumentKind, request: ConfigRequest = {}) =>
      ask(`GET /v1/config/${kind}`, request),
    secretOf: (webhook: string, request: ConfigRequest = {}) =>
      ask(`GET /v1/config/policies/webhooks/${webhook}`, request),
    put: (kind: ServiceLevelDocumentKind, body: object, request: ConfigRequest = {}) =>
      ask(`PUT /v1/config/${kind}`, request, body),
    dryRun: (kind: ServiceLevelDocumentKind, body: object) =>
      ask(`PUT /v1/config/${kind}`, { query: { dryRun: 'true' } }, body),
    /** Delivers every job whose alarm is due, as the sweep causes it. */
    async sweepJobs(): Promise<number> {
      let delivered = 0;
      for await (const due of alarms.findDue('2026-01-01T00:00:00.000Z' as Instant, now())) {
        for (const alarm of due) {
          if (alarm.kind !== 'job') continue;
          await deliver(alarm.jobId);
          delivered += 1;
        }
      }
      return delivered;
    },
    /** Fires an inquiry's alarm. */
    async fireAlarm(inquiryId: InquiryId): Promise<void> {
      const body = JSON.stringify({ inquiryId, alarmAt: now() });
      const answer = await fireAlarmHandler(
        makeMailBatch([{ id: 'm', body }]),
        fakeLambdaContext(),
      );
      if (answer.batchItemFailures.length > 0) throw new Error('it was not rung');
    },
    async load(id: InquiryId): Promise<Inquiry> {
      const loaded = await ledger.load(id);
      if (loaded === undefined) throw new Error(`there is no inquiry ${id}`);
      return loaded.inquiry;
    },
    async alarmOf(id: InquiryId) {
      const loaded = await ledger.load(id);
      return loaded === undefined ? undefined : computeAlarmAt(loaded.inquiry, loaded.lease);
    },
    eventsOf: async (id: InquiryId) => (await ledger.events(id, 0, 100)).map(({ event }) => event),
    /** Opens an inquiry with a real append. */
    async open(given: Partial<OpeningInput>): Promise<InquiryId> {
      const pendingAppend = planOpening((await configured.read()).serviceLevels, given);
      const outcome = await ledger.append(pendingAppend);
      if (!outcome.appended) throw new Error(outcome.conflict);
      return pendingAppend.id;
    },
    /** Stores the snapshots of inquiries without their histories, which nobody reads here. */
    async seed(openings: readonly Partial<OpeningInput>[]): Promise<InquiryId[]> {
      const { serviceLevels } = await configured.read();
      const all = openings.map((opening) => planOpening(serviceLevels, opening));
      for (let start = 0; start < all.length; start += 25) {
        const items = all.slice(start, start + 25).map(({ after }) => ({
          PutRequest: { Item: buildSnapshotItem(after, computeAlarmAt(after, undefined)) },
        }));
        await table.client.send(
          new BatchWriteItemCommand({ RequestItems: { [table.name]: items } }),
        );
      }
      return all.map(({ id }) => id);
    },
  };
}

export type ConfigFixture = Awaited<ReturnType<typeof startConfigFixture>>;

function planOpening(
  serviceLevels: Parameters<typeof planAppend>[3]['serviceLevels'],
  given: Partial<OpeningInput>,
): PendingAppend {
  if (receivedEvent.type !== 'InquiryReceived') throw new TypeError('it opens an inquiry');
  const { desk = 'staff', priority = 'medium', followedBy = [] } = given;
  const { receivedAt = tokyoInstant('2026-11-24T09:00:00') } = given;
  const vendor = deskList.find(({ id }) => id === desk)?.vendor;
  const events: InquiryEvent[] = [
    {
      ...receivedEvent,
      at: receivedAt,
      number: makeInquiryNumber(nodeRandomness.bytes(7)),
      received: { ...receivedEvent.received, receivedAt, acknowledge: false },
    },
    {
      ...{ v: 1, at: receivedAt, by: { kind: 'system', part: 'routing' }, type: 'InquiryRouted' },
      ...{ desk: DeskId.parse(desk), priority, category: 'network', tags: [], rules: 0, trace: [] },
      ...(vendor === undefined ? {} : { vendor }),
      announceAt: addSeconds(receivedAt, 86_400),
    },
    ...followedBy,
  ];
  const id = nodeRandomness.inquiryId(receivedAt);
  const pendingAppend = planAppend(id, undefined, { events }, { serviceLevels }, receivedAt);
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  return pendingAppend;
}

export function findClock(inquiry: Inquiry, name: ClockName) {
  const clock = inquiry.clocks.find((one) => one.clock === name);
  if (clock === undefined) throw new Error(`there is no clock ${name}`);
  return clock;
}
