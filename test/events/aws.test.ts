import { readdirSync, readFileSync } from 'node:fs';
import type { DynamoDBStreamEvent, ScheduledEvent, SQSEvent } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { Person } from '../../core/access/person.ts';
import type { PersonRegistry } from '../../core/access/ports.ts';
import {
  AlarmQueueMessage,
  InquiryQueueMessage,
  JobQueueMessage,
  NoticeQueueMessage,
} from '../../core/inquiry/outbox/queue-messages.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import { MailNotification, sesVerdictsOf } from '../../core/intake/mail/mail-notification.ts';
import { SesEvent } from '../../core/notice/bounce/delivery-feedback.ts';
import {
  buildRelayMessages,
  RelayedItem,
  type RelayMessage,
} from '../../core/relay/relay-messages.ts';
import { showStatusPage } from '../../functions/contract/docs.ts';
import { claimNextInquiry } from '../../functions/contract/work.ts';
import type { GatewayEvent } from '../../functions/edge/http/exchange.ts';
import { defineRoute, makeHttpHandler } from '../../functions/edge/http/http.ts';
import { makeQueueHandler } from '../../functions/edge/queue/queue.ts';
import { makeScheduleHandler } from '../../functions/edge/queue/schedule.ts';
import { makeStreamHandler } from '../../functions/edge/queue/stream.ts';
import { PreTokenGenerationEvent } from '../../functions/people/accept-sign-in.ts';
import { fakeLambdaContext } from '../functions/edge/http/fake-gateway-event.ts';
import { makeMemoryAnswers } from '../functions/edge/http/serve-route.ts';
import { makeRecordingTelemetry } from '../functions/edge/telemetry/recording-telemetry.ts';
import { makeMemoryAuditLog } from '../support/audit-logs.ts';
import { minutesAfterMorning, specimenInquiryId, specimenMorning } from '../support/specimens.ts';

const folder = new URL('../../events/aws/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));

/** Reads a batch as a queue's function does: each message with its receive count and send time. */
async function readBatch<Schema extends z.ZodType>(name: string, message: Schema) {
  const seen: { message: z.output<Schema>; receiveCount: number; sentAt: Instant }[] = [];
  const { logger, meter } = makeRecordingTelemetry();
  const handler = makeQueueHandler({
    message,
    handle: async (given, { receiveCount, sentAt }) => {
      seen.push({ message: given, receiveCount, sentAt });
      return 'done';
    },
    logger,
    meter,
  });
  const { batchItemFailures } = await handler(read(name) as SQSEvent, fakeLambdaContext());
  expect(batchItemFailures).toEqual([]);
  return seen;
}

/** The test that reads each specimen. */
const readers: Readonly<Record<string, (name: string) => void | Promise<void>>> = {
  'ses-receipt': (name) => {
    const notification = MailNotification.parse(read(name));
    expect(notification.receipt.action.objectKey).toBe(`incoming/${notification.mail.messageId}`);
    expect(notification.receipt.timestamp).toBe('2026-04-01T00:12:03.512Z');
    expect(new Set(Object.values(sesVerdictsOf(notification)))).toEqual(new Set(['PASS']));
  },
  'ses-receipt-spoofed': (name) => {
    expect(sesVerdictsOf(MailNotification.parse(read(name)))).toEqual({
      spam: 'GRAY',
      virus: 'PASS',
      spf: 'FAIL',
      dkim: 'GRAY',
      dmarc: 'FAIL',
    });
  },
  'sns-notification': (name) => {
    const { Type, Message } = read(name);
    expect(Type).toBe('Notification');
    expect(JSON.parse(Message)).toEqual(read('ses-receipt'));
    // Without raw delivery intake would get the SNS envelope, which it must not take for a mail.
    expect(MailNotification.safeParse(read(name)).success).toBe(false);
  },
  'sqs-intake': async (name) => {
    const [mail, ...others] = await readBatch(name, MailNotification);
    expect(others).toEqual([]);
    expect(mail?.message).toEqual(MailNotification.parse(read('ses-receipt')));
    expect(mail).toMatchObject({ receiveCount: 1, sentAt: '2026-04-01T00:12:04.196Z' });
  },
  'sqs-routing': async (name) => {
    const queueMessages = await readBatch(name, InquiryQueueMessage);
    expect(queueMessages.map(({ receiveCount }) => receiveCount)).toEqual([1, 3]);
    expect(queueMessages[0]?.message).toEqual({ inquiryId: specimenInquiryId });
  },
  'sqs-notices': async (name) => {
    expect(await readBatch(name, NoticeQueueMessage)).toHaveLength(1);
  },
  'sqs-alarms': async (name) => {
    const [alarm] = await readBatch(name, AlarmQueueMessage);
    expect(alarm?.message.alarmAt).toBe('2026-04-01T00:21:00.000Z');
  },
  'sqs-jobs': async (name) => {
    expect(await readBatch(name, JobQueueMessage)).toHaveLength(1);
  },
  'sqs-setup-messages': async (name) => {
    const { logger, meter, lines, counts } = makeRecordingTelemetry();
    for (const message of [SesEvent, MailNotification]) {
      const handle = async () => {
        throw new Error('it is nothing to handle');
      };
      const handler = makeQueueHandler({ message, handle, logger, meter });
      const answer = await handler(read(name) as SQSEvent, fakeLambdaContext());
      expect(answer).toEqual({ batchItemFailures: [] });
    }
    expect(counts).toEqual({ RecordDone: 10 });
    expect(new Set(lines.map(({ level, message }) => `${level} ${message}`))).toEqual(
      new Set(['info setup message']),
    );
  },
  'dynamodb-stream': async (name) => {
    const sent: RelayMessage[] = [];
    const { logger, meter } = makeRecordingTelemetry();
    const handler = makeStreamHandler({
      item: RelayedItem,
      handle: async (item) => {
        sent.push(...buildRelayMessages(item, minutesAfterMorning(0)));
        return 'done';
      },
      logger,
      meter,
    });
    const answer = await handler(read(name) as DynamoDBStreamEvent, fakeLambdaContext());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(sent).toEqual([
      { to: 'routing', body: JSON.stringify({ inquiryId: specimenInquiryId }), delaySeconds: 0 },
      {
        to: 'alarm',
        body: JSON.stringify({ inquiryId: specimenInquiryId, alarmAt: minutesAfterMorning(1) }),
        delaySeconds: 60,
      },
      {
        to: 'notice',
        body: JSON.stringify({
          inquiryId: specimenInquiryId,
          notice: '00000001#acknowledgement#employee-1@toritsugi.example',
        }),
        delaySeconds: 0,
      },
      {
        to: { desk: 'bpo' },
        body: JSON.stringify({ inquiryId: specimenInquiryId }),
        delaySeconds: 0,
      },
      {
        to: 'job',
        body: JSON.stringify({ jobId: '0199a0c5-77aa-7d21-8f00-3b8c1d2e4f55' }),
        delaySeconds: 0,
      },
    ]);
  },
  'http-api-jwt': async (name) => {
    const operator = Person.parse({
      address: 'operator-a1@toritsugi.example',
      sub: 'operator-a1',
      name: '鈴木 一郎',
      role: 'operator',
      vendor: 'vendor-a',
      desks: ['bpo'],
    });
    const bySub: PersonRegistry['bySub'] = async (sub) =>
      sub === operator.sub ? operator : undefined;
    let seen: unknown;
    const answer = await makeHttpHandler({
      ...edge(),
      routes: [
        defineRoute(claimNextInquiry, async (request) => {
          seen = request;
          return { status: 204 };
        }),
      ],
      people: { bySub } as PersonRegistry,
      answers: makeMemoryAnswers(),
      audit: makeMemoryAuditLog(),
    })(read(name) as GatewayEvent, fakeLambdaContext());
    expect(answer.statusCode).toBe(204);
    expect(seen).toMatchObject({
      actor: { sub: 'operator-a1', role: 'operator' },
      params: { desk: 'bpo' },
    });
  },
  'http-api-open': async (name) => {
    let seen: unknown;
    const answer = await makeHttpHandler({
      ...edge(),
      routes: [
        defineRoute(showStatusPage, async (request) => {
          seen = request;
          return { status: 200, body: '<!doctype html>' };
        }),
      ],
    })(read(name) as GatewayEvent, fakeLambdaContext());
    expect(answer.statusCode).toBe(200);
    expect(seen).toMatchObject({
      actor: undefined,
      params: { token: '0123456789ABCDEFGHJKMNPQRSTVWXYZ' },
    });
  },
  schedule: async (name) => {
    const { logger, meter } = makeRecordingTelemetry();
    let scheduled: Instant | undefined;
    const handler = makeScheduleHandler({
      name: 'sweep-alarms',
      run: async ({ scheduledAt }) => {
        scheduled = scheduledAt;
        return {};
      },
      logger,
      meter,
      now: () => specimenMorning,
    });
    await handler(read(name) as ScheduledEvent, fakeLambdaContext());
    expect(scheduled).toBe('2026-04-01T00:13:00.000Z');
  },
  'cognito-pre-token-generation': (name) => {
    const { triggerSource, request } = PreTokenGenerationEvent.parse(read(name));
    expect(triggerSource).toBe('TokenGeneration_HostedAuth');
    expect(request.userAttributes).toMatchObject({ name: '佐藤 花子', email_verified: 'false' });
  },
  'ses-bounce': parsesAsFeedback,
  'ses-bounce-transient': parsesAsFeedback,
  'ses-complaint': parsesAsFeedback,
  'ses-delivery': parsesAsFeedback,
};

function parsesAsFeedback(name: string): void {
  expect(SesEvent.safeParse(read(name)).error).toBeUndefined();
}

function edge() {
  const { logger, meter } = makeRecordingTelemetry();
  return {
    logger,
    meter,
    now: () => specimenMorning,
    newTraceId: () => '019a0000-0000-7000-8000-00000000abcd',
  };
}

describe('the event of AWS that is', () => {
  test.each(Object.entries(readers))(
    '%s is read by the function that it triggers',
    (name, reader) => reader(name),
  );

  test('kept as a specimen is read by one of these', () => {
    const kept = readdirSync(folder).map((file) => file.replace(/\.json$/, ''));
    expect(kept.sort()).toEqual(Object.keys(readers).sort());
  });
});
