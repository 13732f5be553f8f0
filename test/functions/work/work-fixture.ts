import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { ScheduledEvent, SQSEvent } from 'aws-lambda';
import type * as z from 'zod';
import {
  buildHeadUpdate,
  buildVersionItem,
  readConfigHead,
} from '../../../adapters/dynamo/config/config-items.ts';
import { DynamoTerms } from '../../../adapters/dynamo/config/dynamo-terms.ts';
import { DynamoAnswerStore } from '../../../adapters/dynamo/inquiry/dynamo-answer-store.ts';
import { DynamoInquiryIndex } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-index.ts';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import type { DynamoTable } from '../../../adapters/dynamo/table.ts';
import { DynamoRoundRobin } from '../../../adapters/dynamo/work/dynamo-round-robin.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { PresignedDownloads } from '../../../adapters/s3/presigned-downloads.ts';
import { S3Uploads } from '../../../adapters/s3/s3-uploads.ts';
import { SqsDeskQueue } from '../../../adapters/sqs/sqs-desk-queue.ts';
import type { Person } from '../../../core/access/person.ts';
import { planAppend } from '../../../core/inquiry/decide-and-append.ts';
import type { AcceptedInput, InquiryEvent } from '../../../core/inquiry/events/events.ts';
import type { InquiryIndex } from '../../../core/inquiry/ports.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import type { Inquiry } from '../../../core/inquiry/snapshot.ts';
import { StageDesks } from '../../../core/inquiry/terms/desk.ts';
import {
  DeskSettings,
  type DeskSettingsVersion,
} from '../../../core/inquiry/terms/desk-settings.ts';
import { shippedServiceLevels } from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { buildShippedTerms, findDesk, type Terms } from '../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  DeskId,
  type InquiryId,
  type Instant,
  instantOf,
} from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import type { HttpHandler } from '../../../functions/edge/http/http.ts';
import { makeSigningKeys } from '../../../functions/edge/signing-keys.ts';
import { makeHandler as makeAnnounceHandler } from '../../../functions/work/announce-waiting.ts';
import { makeHandler as makeAssignHandler } from '../../../functions/work/assign-inquiry.ts';
import { makeHandler as makeClaimHandler } from '../../../functions/work/claim-inquiry.ts';
import { makeHandler as makeCommandHandler } from '../../../functions/work/command-inquiry.ts';
import { makeHandler as makeDesksHandler } from '../../../functions/work/read-desks.ts';
import { makeHandler as makeReadHandler } from '../../../functions/work/read-inquiry.ts';
import {
  helpDeskActors as cast,
  deskList,
  workStart as morning,
  receivedEvent,
} from '../../core/help-desk.ts';
import { makeAuditLog } from '../../support/audit-logs.ts';
import { bucketNames, startEngines } from '../../support/start-engines.ts';
import { fakeGatewayEvent, fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

/** Routes of the functions that claim and that show desks; others go by their method. */
const claimRoutes = ['POST /v1/desks/{desk}/claims', 'POST /v1/inquiries/{id}/claim'];
const deskRoutes = ['GET /v1/desks', 'GET /v1/desks/{desk}/worklist'];

export type WorkRequest = {
  /** The `sub` of the caller. */
  readonly as: string;
  readonly route: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
// biome-ignore lint/suspicious/noExplicitAny: bodies are whatever the routes answer
export type WorkResponse = { status: number; headers: Record<string, string>; body: any };

/**
 * The functions of `work` on the embedded engines, with the people of the help desk registered.
 *
 * Time starts at an instant, a morning in Tokyo unless told otherwise, and runs on from there.
 */
export async function startWorkFixture(from: Instant = morning) {
  const engines = await startEngines();
  const { table, s3, sqs, queueUrls } = engines;
  const desks = StageDesks.parse(
    deskList.map((desk) => ({ ...desk, queueUrl: queueUrls[`desk-${desk.id}` as 'desk-bpo'] })),
  );
  const terms = new DynamoTerms(table, desks);
  const ledger = new DynamoInquiryLedger(table, new S3ContentStore(s3, bucketNames.content));
  const index = new DynamoInquiryIndex(table);
  const people = new DynamoPersonRegistry(table);
  for (const person of Object.values(cast)) await people.put(person);

  /** The functions' clock, a millisecond later at each look; the engines have their own. */
  let at = Date.parse(from);
  const now = () => {
    at += 1;
    return instantOf(at);
  };
  const telemetry = makeRecordingTelemetry();
  const deskQueue = new (class extends SqsDeskQueue {
    override async receiveNext(...args: Parameters<SqsDeskQueue['receiveNext']>) {
      const message = await super.receiveNext(...args);
      if (message === undefined) at += args[1] * 1000;
      return message;
    }
  })(sqs);
  const pause = (milliseconds: number) => {
    at += milliseconds;
    return setTimeout(milliseconds);
  };
  const commandDependencies = { ledger, random: nodeRandomness, pause };
  const edge = {
    ...telemetry,
    env: { DESKS: desks },
    terms,
    people,
    answers: new DynamoAnswerStore(table, () => Date.parse(now())),
    now,
    audit: makeAuditLog(table),
    newTraceId: randomUUID,
  };
  const secret = async () => ({ current: 'a secret of the tests alone' });
  const uploads = new S3Uploads(s3, bucketNames.content);
  const claimHandler = makeClaimHandler({
    ...edge,
    ...commandDependencies,
    index,
    pendingClaims: ledger,
    deskQueue,
    clock: now,
  });
  const commandHandler = makeCommandHandler({ ...edge, ...commandDependencies, uploads });
  const readHandler = makeReadHandler({
    ...edge,
    ledger,
    index,
    downloads: new PresignedDownloads(s3, bucketNames.content),
    cursorKeys: makeSigningKeys(secret),
  });
  const desksHandler = makeDesksHandler({ ...edge, ledger, index });
  const roundRobin = new DynamoRoundRobin(table);
  /** Makes one more consumer of push desks' queues; its index may be one that lags. */
  const makeConsumer = (consumerIndex: Pick<InquiryIndex, 'listHeld' | 'page'> = index) => {
    const handle = makeAssignHandler({
      ...edge,
      ...commandDependencies,
      index: consumerIndex,
      reservations: roundRobin,
    });
    return (event: SQSEvent) => handle(event, fakeLambdaContext());
  };
  const assign = makeConsumer();
  const announce = makeAnnounceHandler({ ...edge, index, deskQueue });

  function handlerOf(route: string): HttpHandler {
    if (claimRoutes.includes(route)) return claimHandler;
    if (deskRoutes.includes(route)) return desksHandler;
    return route.startsWith('GET') ? readHandler : commandHandler;
  }

  async function ask({ as, route, body, ...given }: WorkRequest): Promise<WorkResponse> {
    const event = fakeGatewayEvent({
      routeKey: route,
      sub: as,
      ...given,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { statusCode, headers, body: text } = await handlerOf(route)(event, fakeLambdaContext());
    return { status: statusCode, headers, body: text === undefined ? undefined : JSON.parse(text) };
  }

  /** Commands an inquiry by `POST`. */
  function command(
    as: string,
    id: string,
    name: string,
    body: object = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WorkResponse> {
    return ask({ as, route: `POST /v1/inquiries/{id}/${name}`, params: { id }, body, headers });
  }

  function claimNext(as: string, desk = 'bpo', wait = 0, headers = {}): Promise<WorkResponse> {
    const query = { wait: String(wait) };
    const route = 'POST /v1/desks/{desk}/claims';
    return ask({ as, route, params: { desk }, query, headers });
  }

  return {
    ...{ engines, desks, terms, ledger, index, people, deskQueue, telemetry, uploads },
    ...{ ask, command, claimNext, now },
    later: (seconds: number) => {
      at += seconds * 1000;
    },
    open: (given: Partial<OpeningInput> = {}) =>
      openInquiry(ledger, buildShippedTerms(desks), now(), given),
    assign: (...ids: readonly InquiryId[]) => assign(makeDeskBatch(ids)),
    makeConsumer,
    configure: (settings: z.input<typeof DeskSettings>) => putDeskSettings(table, settings, now()),
    put: (person: Person) => people.put(person),
    deskOf: (id: string) => {
      const desk = desks.find((one) => one.id === id);
      if (desk === undefined) throw new TypeError(`there is no desk ${id}`);
      return desk;
    },
    announce: () => announce(makeScheduledEvent(now()), fakeLambdaContext()),
    stop: engines.stop,
  };
}

type OpeningInput = {
  readonly desk: string;
  readonly priority: Inquiry['priority'];
  readonly receivedAt: Instant;
  readonly message: AcceptedInput['message'];
  /** Until when its desk holds it back. */
  readonly availableAt: Instant;
  readonly category: string;
  readonly skills: string[];
  readonly requester: AcceptedInput['requester'];
};

/** Opens an inquiry and routes it to a desk, `bpo` unless told otherwise, in one append. */
async function openInquiry(
  ledger: DynamoInquiryLedger,
  terms: Terms,
  now: Instant,
  given: Partial<OpeningInput>,
): Promise<Inquiry> {
  if (receivedEvent.type !== 'InquiryReceived') throw new TypeError('it opens an inquiry');
  const { desk = 'bpo', priority = 'medium', receivedAt = now } = given;
  const { message = receivedEvent.received.message } = given;
  const { requester = receivedEvent.received.requester, skills } = given;
  const opened = { ...receivedEvent.received, receivedAt, message, requester, acknowledge: false };
  const vendor = findDesk(terms, desk)?.vendor;
  const events: InquiryEvent[] = [
    {
      ...receivedEvent,
      at: receivedAt,
      number: makeInquiryNumber(nodeRandomness.bytes(7)),
      received: opened,
    },
    {
      v: 1,
      at: now,
      by: { kind: 'system', part: 'routing' },
      type: 'InquiryRouted',
      desk: DeskId.parse(desk),
      ...(vendor === undefined ? {} : { vendor }),
      priority,
      category: given.category ?? 'network',
      ...(skills === undefined ? {} : { skills }),
      tags: ['vpn'],
      rules: 0,
      trace: [],
      ...(given.availableAt === undefined ? {} : { availableAt: given.availableAt }),
      announceAt: given.availableAt ?? addSeconds(now, 86_400),
    },
  ];
  const pendingAppend = planAppend(
    nodeRandomness.inquiryId(now),
    undefined,
    { events },
    { serviceLevels: shippedServiceLevels },
    now,
  );
  if (isRefusal(pendingAppend)) throw new TypeError(pendingAppend.detail);
  const outcome = await ledger.append(pendingAppend);
  if (!outcome.appended) throw new TypeError(outcome.conflict);
  return pendingAppend.after;
}

/** Puts a version of the desk settings, in force from then on. */
async function putDeskSettings(
  table: DynamoTable,
  settings: z.input<typeof DeskSettings>,
  recordedAt: Instant,
): Promise<void> {
  const version = (await readConfigHead(table)).desks + 1;
  const body = DeskSettings.parse(settings);
  const put: DeskSettingsVersion = { version, recordedAt, body };
  const item = buildVersionItem('desks', put);
  await table.client.send(
    new TransactWriteItemsCommand({
      TransactItems: [
        { Put: { TableName: table.name, Item: item } },
        buildHeadUpdate(table, 'desks', version, { desks: version - 1 }),
      ],
    }),
  );
}

function makeScheduledEvent(time: Instant): ScheduledEvent {
  return {
    version: '0',
    id: 'tick',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time,
    region: 'ap-northeast-1',
    resources: [],
    detail: {},
  };
}

/** Messages of a desk queue as its consumer gets them. */
export function makeDeskBatch(ids: readonly InquiryId[]): SQSEvent {
  return {
    Records: ids.map((inquiryId, at) => ({
      messageId: `message-${at}`,
      receiptHandle: 'handle',
      body: JSON.stringify({ inquiryId }),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1795310100000',
        SenderId: 'relay',
        ApproximateFirstReceiveTimestamp: '1795310100000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:ap-northeast-1:000000000000:desk-staff',
      awsRegion: 'ap-northeast-1',
    })),
  };
}

export type WorkFixture = Awaited<ReturnType<typeof startWorkFixture>>;
