import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { SQSEvent } from 'aws-lambda';
import PostalMime from 'postal-mime';
import type * as z from 'zod';
import { DynamoInquiryLedger } from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import { DynamoJobNotices } from '../../../adapters/dynamo/job/dynamo-job-notices.ts';
import { DynamoNoticeLedger } from '../../../adapters/dynamo/notice/dynamo-notice-ledger.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { hmacSha256 } from '../../../adapters/secrets/hmac-sha256.ts';
import { SesMailSender } from '../../../adapters/ses/ses-mail-sender.ts';
import { HttpWebhooks } from '../../../adapters/webhook/http-webhooks.ts';
import { Person } from '../../../core/access/person.ts';
import { ServiceLevels } from '../../../core/inquiry/clock/service-levels.ts';
import { decideAndAppend, planAppend } from '../../../core/inquiry/decide-and-append.ts';
import {
  type AcceptedInput,
  InquiryEvent,
  InquiryReceived,
} from '../../../core/inquiry/events/events.ts';
import { type Notice, noticeKeyOf } from '../../../core/inquiry/outbox/notice.ts';
import { isRefusal } from '../../../core/inquiry/refusal.ts';
import {
  shippedCalendars,
  shippedPolicies,
} from '../../../core/inquiry/terms/shipped-service-levels.ts';
import { PoliciesDocument } from '../../../core/inquiry/terms/sla-policies.ts';
import { buildShippedTerms, type Terms } from '../../../core/inquiry/terms/terms.ts';
import {
  addSeconds,
  EmailAddress,
  type InquiryId,
  Instant,
} from '../../../core/inquiry/values/ids.ts';
import { makeInquiryNumber } from '../../../core/inquiry/values/inquiry-number.ts';
import { Env, makeHandler } from '../../../functions/notice/send-notice.ts';
import { bucketNames, startEngines } from '../../support/start-engines.ts';
import { startSes } from '../../support/start-ses.ts';
import { makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

export const sesRegion = 'ap-northeast-1';
export const noticeStageSecret = 'the secret of this stage';
const desks = [
  {
    id: 'staff',
    kind: 'internal',
    mode: 'push',
    name: { ja: '社内', en: 'Staff' },
    queueUrl: 'https://sqs.example/staff',
  },
  {
    id: 'bpo',
    kind: 'outsourced',
    mode: 'pull',
    vendor: 'vendor-a',
    name: { ja: '委託A', en: 'Desk A' },
    queueUrl: 'https://sqs.example/bpo',
  },
];
export const sendNoticeEnv = Env.parse({
  AWS_REGION: sesRegion,
  TABLE_NAME: 'set by the engine',
  CONTENT_BUCKET: bucketNames.content,
  SIGNING_SECRET_ARN: 'arn',
  MAIL_DOMAIN: 'toritsugi.example',
  HELP_ADDRESS: 'help@toritsugi.example',
  PUBLIC_URL: 'https://desk.toritsugi.example',
  CONFIGURATION_SET: 'sending',
  DESKS: desks,
});

type PersonInput = Partial<z.input<typeof Person>> & { address: string };
type ReceivedInput = Partial<z.input<typeof AcceptedInput>>;

/** An SQS event as Lambda gets it. */
export function makeQueueEvent(bodies: readonly unknown[], receiveCount = 1): SQSEvent {
  return {
    Records: bodies.map((body) => ({
      messageId: randomUUID(),
      receiptHandle: 'handle',
      body: JSON.stringify(body),
      attributes: {
        ApproximateReceiveCount: String(receiveCount),
        SentTimestamp: '1795310100000',
        SenderId: 'AIDAEXAMPLE',
        ApproximateFirstReceiveTimestamp: '1795310100005',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:ap-northeast-1:111122223333:notices',
      awsRegion: sesRegion,
    })),
  };
}

/** Starts the engines, and the sender of notices against them. */
export async function startNoticeFixture(webhookExceptions: readonly string[] = []) {
  const engines = await startEngines();
  const ses = await startSes();
  const content = new S3ContentStore(engines.s3, bucketNames.content);
  const ledger = new DynamoInquiryLedger(engines.table, content);
  const noticeLedger = new DynamoNoticeLedger(engines.table, content);
  const jobNotices = new DynamoJobNotices(engines.table);
  const people = new DynamoPersonRegistry(engines.table);
  const telemetry = makeRecordingTelemetry();
  const clock = { now: Instant.parse('2026-11-22T01:15:00.000Z') };
  const inForce: { terms: Terms } = { terms: buildShippedTerms(sendNoticeEnv.DESKS) };
  const commandDependencies = {
    ledger,
    random: nodeRandomness,
    pause: (milliseconds: number) => pause(milliseconds),
  };
  const mail = new SesMailSender(ses.client, { configurationSet: 'sending', region: sesRegion });
  const handler = makeHandler({
    ...commandDependencies,
    env: sendNoticeEnv,
    terms: { read: async () => inForce.terms },
    webhooks: new HttpWebhooks(webhookExceptions),
    ledger: noticeLedger,
    jobNotices,
    people,
    attachments: content,
    mail,
    keys: makeTestSigningKeys(noticeStageSecret),
    mac: hmacSha256,
    logger: telemetry.logger,
    meter: telemetry.meter,
    now: () => clock.now,
  });

  /** Hands notices to the function; returns how many are to come again. */
  function deliver(...notices: readonly Notice[]): Promise<number> {
    return deliverMessages(
      notices.map((notice) => ({ inquiryId: notice.inquiryId, notice: noticeKeyOf(notice) })),
    );
  }

  /** The same with the messages of the queue. */
  async function deliverMessages(queueMessages: readonly object[]): Promise<number> {
    const answer = await handler(makeQueueEvent(queueMessages), fakeLambdaContext());
    return answer.batchItemFailures.length;
  }

  async function notices(id: InquiryId): Promise<Notice[]> {
    const { Items } = await engines.client.send(
      new QueryCommand({
        TableName: engines.table.name,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :notice)',
        ExpressionAttributeValues: {
          ':pk': { S: `INQ#${id}` },
          ':notice': { S: 'NOTICE#' },
        },
        ConsistentRead: true,
      }),
    );
    return (Items ?? []).map((item) => JSON.parse(item['data']?.S ?? '') as Notice);
  }

  return {
    ...{
      engines,
      ses,
      content,
      ledger,
      noticeLedger,
      people,
      telemetry,
      clock,
      commandDependencies,
    },
    terms: { read: async () => inForce.terms },
    /** Puts policies in force that differ from the shipped ones, from the beginning of time. */
    policies: (changes: Partial<z.input<typeof PoliciesDocument>>): void => {
      const body = PoliciesDocument.parse({ ...shippedPolicies.body, ...changes });
      const serviceLevels = new ServiceLevels([{ ...shippedPolicies, body }], [shippedCalendars]);
      inForce.terms = { ...buildShippedTerms(sendNoticeEnv.DESKS), serviceLevels };
    },
    /** Appends the events that have become due with time. */
    fireAlarms: async (id: InquiryId): Promise<void> => {
      const fired = await decideAndAppend(
        commandDependencies,
        id,
        inForce.terms,
        clock.now,
        () => ({
          events: [],
        }),
      );
      if (isRefusal(fired)) throw new Error(fired.detail);
    },
    deliver,
    deliverMessages,
    notices,
    /** Delivers all pending notices of an inquiry. */
    deliverPending: async (id: InquiryId) =>
      deliver(...(await notices(id)).filter((notice) => notice.state === 'pending')),
    /** Opens an inquiry by mail from Yamada, in Japanese, unless told otherwise. */
    open: async (received: ReceivedInput = {}): Promise<InquiryId> => {
      const id = nodeRandomness.inquiryId(clock.now);
      const event = InquiryReceived.parse({
        v: 1,
        at: clock.now,
        by: { kind: 'requester', address: 'yamada@toritsugi.example' },
        type: 'InquiryReceived',
        number: makeInquiryNumber(nodeRandomness.bytes(7)),
        received: {
          channel: 'mail',
          requester: { address: 'yamada@toritsugi.example', name: '山田' },
          subject: 'VPNに接続できません',
          language: 'ja',
          automated: false,
          acknowledge: true,
          message: {
            id: randomUUID(),
            kind: 'requester',
            from: { address: 'yamada@toritsugi.example' },
            text: '今朝からVPNに接続できません。\n急ぎです。',
            messageId: `first.${id}@mail.toritsugi.example`,
          },
          source: {},
          receivedAt: clock.now,
          announceAt: addSeconds(clock.now, 60),
          ...received,
        },
      });
      const pendingAppend = planAppend(
        id,
        undefined,
        { events: [event] },
        inForce.terms,
        clock.now,
      );
      if (isRefusal(pendingAppend)) throw new Error(pendingAppend.detail);
      await ledger.append(pendingAppend);
      return id;
    },
    /** Appends events without the checks of a command. */
    append: async (id: InquiryId, ...events: readonly Record<string, unknown>[]): Promise<void> => {
      const parsed = events.map((event) =>
        InquiryEvent.parse({
          v: 1,
          at: clock.now,
          by: { kind: 'agent', sub: 'sub-staff-1', name: '佐藤', role: 'staff' },
          ...event,
        }),
      );
      const result = await decideAndAppend(
        commandDependencies,
        id,
        inForce.terms,
        clock.now,
        () => ({
          events: parsed,
        }),
      );
      if (isRefusal(result)) throw new Error(result.detail);
    },
    person: async (person: PersonInput): Promise<Person> => {
      const whole = Person.parse({ name: person.address, role: 'staff', ...person });
      await people.put(whole);
      return whole;
    },
    later: (seconds: number) => {
      clock.now = addSeconds(clock.now, seconds);
    },
    /** The last mail that was sent, parsed. */
    mails: () =>
      Promise.all(
        ses.sent.map(async (sent) => ({ ...sent, parsed: await PostalMime.parse(sent.raw) })),
      ),
    lastMail: async () => {
      const last = ses.sent.at(-1);
      if (last === undefined) throw new Error('nothing was sent');
      return { ...last, parsed: await PostalMime.parse(last.raw) };
    },
    stop: async () => {
      await ses.stop();
      await engines.stop();
    },
  };
}

export const routedToStaff = {
  type: 'InquiryRouted',
  desk: 'staff',
  priority: 'medium',
  category: 'network',
  rules: 0,
  trace: [],
  announceAt: '2027-01-01T00:00:00.000Z',
} as const;

/** Assigned to the agent with this `sub` at the desk. */
export function makeAssignment(agent: string, desk: 'staff' | 'bpo' = 'staff', fence = 1) {
  return {
    type: 'InquiryAssigned',
    desk,
    agent,
    name: agent,
    fence,
    policy: 'least-loaded',
    offeredUntil: '2027-01-01T00:00:00.000Z',
  } as const;
}

export function makePublicReply(text: string, attachments: readonly unknown[] = []) {
  const message = { id: randomUUID(), kind: 'agent', from: { name: '佐藤' }, text, attachments };
  return { type: 'ReplyPosted', message } as const;
}

export const parseAddress = (written: string) => EmailAddress.parse(written);
