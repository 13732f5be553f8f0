import { setTimeout } from 'node:timers/promises';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import {
  DynamoInquiryLedger,
  messageOf,
} from '../../../adapters/dynamo/inquiry/dynamo-inquiry-ledger.ts';
import {
  DynamoIntakeLookup,
  DynamoReceiptLedger,
} from '../../../adapters/dynamo/intake/dynamo-intake-lookup.ts';
import { DynamoPersonRegistry } from '../../../adapters/dynamo/people/dynamo-person-registry.ts';
import { tableKeys } from '../../../adapters/dynamo/table.ts';
import { PostalMimeReader } from '../../../adapters/mime/postal-mime-reader.ts';
import { nodeRandomness } from '../../../adapters/random/node-randomness.ts';
import { S3ContentStore } from '../../../adapters/s3/content-store.ts';
import { S3AttachmentBytes, S3RawMails } from '../../../adapters/s3/s3-mail.ts';
import { Person } from '../../../core/access/person.ts';
import { StageDesks } from '../../../core/inquiry/terms/desk.ts';
import { buildShippedTerms } from '../../../core/inquiry/terms/terms.ts';
import {
  makeReplyAddress,
  type ReplyAudience,
  readReplyAddress,
} from '../../../core/inquiry/tokens/reply-token.ts';
import { type InquiryId, type Instant, instantOf } from '../../../core/inquiry/values/ids.ts';
import { MailPolicy } from '../../../core/intake/mail/mail-policy.ts';
import type { MailIntakeDependencies } from '../../../core/intake/ports.ts';
import { makeHandler as makeProcessHandler } from '../../../functions/intake/process-mail.ts';
import { makeHandler as makeQuarantineHandler } from '../../../functions/intake/quarantine-mail.ts';
import { deskList } from '../../core/help-desk.ts';
import { bucketNames, startEngines } from '../../support/start-engines.ts';
import { makeTestSigning, makeTestSigningKeys } from '../../support/test-signing-keys.ts';
import { fakeLambdaContext } from '../edge/http/fake-gateway-event.ts';
import { makeRecordingTelemetry } from '../edge/telemetry/recording-telemetry.ts';

export const mailHelpAddress = 'help@toritsugi.example';
const secret = 'the signing secret of a test';

const makePerson = (name: string, given: object) =>
  Person.parse({
    address: `${name}@toritsugi.example`,
    sub: name,
    name,
    presence: 'present',
    ...given,
  });

export const mailPeople = {
  hanako: makePerson('hanako', { role: 'requester', department: '営業部', language: 'ja' }),
  jiro: makePerson('jiro', { role: 'requester', language: 'en' }),
  staff: makePerson('staff-1', { role: 'staff', desks: ['staff'] }),
  staff2: makePerson('staff-2', { role: 'staff', desks: ['staff'] }),
  operator: makePerson('operator-a1', { role: 'operator', vendor: 'vendor-a', desks: ['bpo'] }),
  lead: makePerson('lead-1', { role: 'lead', desks: ['staff'] }),
} as const;

const verdictNames = ['spam', 'virus', 'spf', 'dkim', 'dmarc'] as const;
export type VerdictsInput = Partial<Record<(typeof verdictNames)[number], string>>;

/** What SES reports of a mail: verdicts, envelope and headers. */
export type DeliveryInput = {
  readonly verdicts?: VerdictsInput;
  /** The envelope's sender. */
  readonly source?: string;
  readonly recipients?: readonly string[];
  readonly commonHeaders?: { readonly from?: string[]; readonly subject?: string };
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
};

/** A mail as text; headers whose value is undefined are left out. */
export function composeRawMail(given: {
  readonly from?: string;
  readonly to?: string;
  readonly subject?: string;
  readonly id?: string | undefined;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}): string {
  const {
    from = 'hanako@toritsugi.example',
    to = mailHelpAddress,
    subject = 'VPN',
    text = '困っています',
  } = given;
  composed += 1;
  const id = 'id' in given ? given.id : `m${composed}@client.example`;
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    ...(id === undefined ? [] : [`Message-ID: <${id}>`]),
    ...Object.entries(given.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
  ].join('\r\n');
}
let composed = 0;
let delivered = 0;

/** Intake by mail on the embedded engines, with a clock that tests move. */
export async function startMailFixture(givenPolicy: object = {}) {
  const engines = await startEngines();
  const { table, s3, queueUrls } = engines;
  const desks = StageDesks.parse(
    deskList.map((desk) => ({ ...desk, queueUrl: queueUrls[`desk-${desk.id}` as 'desk-bpo'] })),
  );
  const registry = new DynamoPersonRegistry(table);
  for (const one of Object.values(mailPeople)) await registry.put(one);
  const content = new S3ContentStore(s3, bucketNames.content);
  const ledger = new DynamoInquiryLedger(table, content);
  const receipts = new DynamoReceiptLedger(table);
  const rawMails = new S3RawMails(s3, bucketNames.mail);
  const replies = await makeTestSigning('reply', secret);
  const telemetry = makeRecordingTelemetry();
  const clock = { at: instantOf(Date.parse('2026-11-24T01:00:00.000Z')) };
  const intake: MailIntakeDependencies = {
    ...{ ledger, receipts, rawMails },
    random: nodeRandomness,
    pause: (milliseconds) => setTimeout(milliseconds),
    settings: {
      mailDomain: 'toritsugi.example',
      helpAddress: mailHelpAddress,
      policy: MailPolicy.parse(givenPolicy),
    },
    terms: buildShippedTerms(desks),
    reader: new PostalMimeReader(),
    lookup: new DynamoIntakeLookup(table),
    attachments: new S3AttachmentBytes(content),
    readToken: (address) => readReplyAddress(replies, address),
  };
  const now = () => clock.at;

  const handlersFor = (parts: MailIntakeDependencies) => {
    const deps = { ...telemetry, now, intakeNow: async () => parts };
    return { process: makeProcessHandler(deps), quarantine: makeQuarantineHandler(deps) };
  };
  const handlers = handlersFor(intake);

  /** Stores a mail as SES does; returns its notification. */
  async function store(
    raw: string | Uint8Array,
    given: DeliveryInput = {},
  ): Promise<StoredNotification> {
    delivered += 1;
    const id = `d${String(delivered).padStart(39, '0')}`;
    const Key = `incoming/${id}`;
    await s3.send(new PutObjectCommand({ Bucket: bucketNames.mail, Key, Body: raw }));
    return { id, body: JSON.stringify(makeSesNotification(id, given, clock.at)) };
  }

  /** Lets the real handler process notifications, as one batch. */
  function handleBatch(
    notified: readonly Pick<StoredNotification, 'id' | 'body'>[],
    handler = handlers.process,
  ): Promise<SQSBatchResponse> {
    return handler(makeMailBatch(notified), fakeLambdaContext());
  }

  async function receiptOf(id: string) {
    const receipt = await receipts.find(clock.at, id);
    if (receipt === undefined) throw new Error(`there is no receipt ${id}`);
    return receipt;
  }

  /** Delivers one mail; returns its notification and fate. */
  async function deliver(raw: string | Uint8Array, given: DeliveryInput = {}) {
    const notified = await store(raw, given);
    const { batchItemFailures } = await handleBatch([notified]);
    if (batchItemFailures.length > 0) {
      throw new Error(`not taken in: ${JSON.stringify(telemetry.lines.slice(-3), errorsToo)}`);
    }
    const { fates } = await receiptOf(notified.id);
    const [fate] = fates;
    if (fate === undefined) throw new Error('a receipt without a fate');
    return { ...notified, ...fate };
  }

  async function load(id: InquiryId | undefined) {
    const loaded = id === undefined ? undefined : await ledger.load(id);
    if (loaded === undefined) throw new Error(`there is no inquiry ${id}`);
    return loaded.inquiry;
  }

  const eventsOf = async (id: InquiryId | undefined) =>
    id === undefined ? [] : (await ledger.events(id, 0, 100)).map(({ event }) => event);

  return {
    ...{ engines, desks, registry, ledger, receipts, rawMails, intake, content, telemetry },
    ...{
      clock,
      now,
      handlers,
      handlersFor,
      store,
      handleBatch,
      deliver,
      receiptOf,
      load,
      eventsOf,
    },
    keys: makeTestSigningKeys(secret),
    later: (seconds: number): Instant => {
      clock.at = instantOf(Date.parse(clock.at) + seconds * 1000);
      return clock.at;
    },
    /** The newest message of an inquiry. */
    lastMessage: async (id: InquiryId | undefined) =>
      (await eventsOf(id)).flatMap((event) => messageOf(event) ?? []).at(-1),
    replyTo: (inquiryId: InquiryId | undefined, audience: ReplyAudience = 'requester') => {
      if (inquiryId === undefined) throw new TypeError('nothing to reply to');
      return makeReplyAddress(replies, mailHelpAddress, { inquiryId, audience });
    },
    /** Stores that we sent a mail under this SES id, as sending its notice does. */
    sent: async (
      wireId: string,
      id: InquiryId | undefined,
      audience: ReplyAudience = 'requester',
    ) => {
      const Item = {
        ...tableKeys.thread(wireId),
        kind: { S: 'thread' },
        id: { S: id ?? '' },
        audience: { S: audience },
      };
      await table.client.send(new PutItemCommand({ TableName: table.name, Item }));
    },
    noticeItem: (id: InquiryId | undefined, key: string) =>
      table.client.send(
        new GetItemCommand({ TableName: table.name, Key: tableKeys.notice(id ?? '', key) }),
      ),
    /** The keys in the mail bucket under a prefix. */
    mailKeys: async (prefix: string) => {
      const { Contents } = await s3.send(
        new ListObjectsV2Command({ Bucket: bucketNames.mail, Prefix: prefix }),
      );
      return (Contents ?? []).map(({ Key }) => Key);
    },
    allReceipts: async () => (await receipts.page(clock.at.slice(0, 10), 1000)).receipts,
    stop: engines.stop,
  };
}

export type MailFixture = Awaited<ReturnType<typeof startMailFixture>>;
export type StoredNotification = { readonly id: string; readonly body: string };

const errorsToo = (_: string, value: unknown) => (value instanceof Error ? value.stack : value);

/** What SES publishes about a stored mail; every verdict is a pass unless told otherwise. */
export function makeSesNotification(id: string, given: DeliveryInput, at: Instant) {
  const {
    verdicts = {},
    source = 'someone@toritsugi.example',
    recipients = [mailHelpAddress],
  } = given;
  const status = (name: (typeof verdictNames)[number]) => ({ status: verdicts[name] ?? 'PASS' });
  return {
    notificationType: 'Received',
    mail: {
      timestamp: at,
      source,
      messageId: id,
      destination: recipients,
      headersTruncated: false,
      headers: given.headers ?? [],
      commonHeaders: { returnPath: source, ...given.commonHeaders },
    },
    receipt: {
      timestamp: at,
      processingTimeMillis: 412,
      recipients,
      ...Object.fromEntries(verdictNames.map((name) => [`${name}Verdict`, status(name)])),
      action: {
        type: 'S3',
        topicArn: 'arn:aws:sns:ap-northeast-1:111122223333:Received',
        bucketName: bucketNames.mail,
        objectKeyPrefix: 'incoming/',
        objectKey: `incoming/${id}`,
      },
    },
  };
}

export function makeMailBatch(
  messages: readonly Pick<StoredNotification, 'id' | 'body'>[],
): SQSEvent {
  return {
    Records: messages.map(({ id, body }) => ({
      messageId: id,
      receiptHandle: 'handle',
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1795482000000',
        SenderId: 'topic',
        ApproximateFirstReceiveTimestamp: '1795482000000',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:ap-northeast-1:000000000000:intake',
      awsRegion: 'ap-northeast-1',
    })),
  };
}
