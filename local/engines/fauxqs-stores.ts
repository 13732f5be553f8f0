import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/*
 * The stores inside fauxqs, none of which it exports. They are used because its own `startFauxqs`
 * listens on every interface, while this host stays on loopback, and because a poller in the same
 * process need not pay for HTTP. The package is pinned exactly.
 */

export interface StoredMessage {
  readonly messageId: string;
  readonly body: string;
  readonly messageAttributes: Readonly<Record<string, MessageAttribute>>;
  /** By the system's clock, until it is delayed by another. */
  sentTimestamp: number;
  readonly approximateReceiveCount: number;
  readonly approximateFirstReceiveTimestamp?: number;
  /** By the system's clock, as fauxqs compares it. */
  delayUntil?: number | undefined;
  readonly messageGroupId?: string;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export interface ReceivedMessage {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly MD5OfBody: string;
  readonly Body: string;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>>;
}

export interface SqsQueue {
  readonly name: string;
  readonly arn: string;
  readonly messages: readonly StoredMessage[];
  readonly inflightMessages: Map<string, { message: StoredMessage; visibilityDeadline: number }>;
  readonly delayedMessages: readonly StoredMessage[];
  enqueue(message: StoredMessage): void;
  /** Makes messages visible that have been delayed, or in flight, for long enough. */
  processTimers(): void;
  dequeue(
    count: number,
    visibilitySeconds: number | undefined,
    deadLetterQueue: (arn: string) => SqsQueue | undefined,
  ): ReceivedMessage[];
  deleteMessage(receiptHandle: string): boolean;
  changeVisibility(receiptHandle: string, seconds: number): void;
  setAttributes(attributes: Readonly<Record<string, string>>): void;
  waitForMessages(seconds: number): Promise<void>;
  purge(): void;
  cancelWaiters(): void;
}

interface SqsStore {
  region: string;
  persistence: unknown;
  createQueue(
    name: string,
    url: string,
    arn: string,
    attributes: Readonly<Record<string, string>>,
  ): SqsQueue;
  getQueueByName(name: string): SqsQueue | undefined;
  getQueueByArn(arn: string): SqsQueue | undefined;
  allQueues(): Iterable<SqsQueue & { persistence: unknown }>;
}

interface SnsTopic {
  readonly name: string;
  readonly arn: string;
  subscriptionArns: string[];
}

interface SnsStore {
  region: string;
  persistence: unknown;
  createTopic(name: string, attributes: undefined, tags: undefined, region: string): SnsTopic;
  getTopic(arn: string): SnsTopic | undefined;
  unsubscribe(arn: string): boolean;
  subscribe(
    topicArn: string,
    protocol: 'sqs',
    queueArn: string,
    attributes: Readonly<Record<string, string>>,
  ): unknown;
}

interface S3Store {
  persistence: unknown;
  createBucket(name: string): void;
  putObject(
    bucket: string,
    key: string,
    body: Buffer,
    contentType?: string,
    metadata?: Readonly<Record<string, string>>,
  ): unknown;
}

export interface FauxqsStores {
  readonly sqs: SqsStore;
  readonly sns: SnsStore;
  readonly s3: S3Store;
  createMessage(body: string, delaySeconds?: number): StoredMessage;
  publish(topicArn: string, message: string): void;
  close(): void;
}

interface Persistence {
  readonly db: DatabaseSync;
  loadSqsAndSns(sqs: SqsStore, sns: SnsStore): void;
  close(): void;
}

interface FilePersistence {
  loadS3(s3: S3Store): void;
}

interface FauxqsInternals {
  readonly SqsStore: (new () => SqsStore) & {
    createMessage(
      body: string,
      attributes: Record<string, never>,
      delaySeconds?: number,
    ): StoredMessage;
  };
  readonly SnsStore: new () => SnsStore;
  readonly S3Store: new () => S3Store;
  readonly PersistenceManager: new (folder: string) => Persistence;
  readonly FileS3Persistence: new (folder: string) => FilePersistence;
  readonly fanOutToSubscriptions: (parameters: Record<string, unknown>) => void;
}

const MODULES = [
  'sqs/sqsStore.js',
  'sns/snsStore.js',
  's3/s3Store.js',
  'persistence.js',
  's3/fileS3Persistence.js',
  'sns/actions/publish.js',
];

async function importInternals(): Promise<FauxqsInternals> {
  const manifest = findPackageJSON('fauxqs', import.meta.url);
  if (manifest === undefined) throw new Error('The package fauxqs is not installed.');
  const modules = await Promise.all(
    MODULES.map((path) => import(pathToFileURL(join(dirname(manifest), 'dist', path)).href)),
  );
  return Object.assign({}, ...modules) as FauxqsInternals;
}

/** Opens the stores: durable in `folder`, or in memory without one. */
export async function openStores(
  folder: string | undefined,
  region: string,
): Promise<FauxqsStores> {
  const fauxqs = await importInternals();
  const sqs = new fauxqs.SqsStore();
  const sns = new fauxqs.SnsStore();
  const s3 = new fauxqs.S3Store();
  sqs.region = region;
  sns.region = region;
  let persistence: Persistence | undefined;
  if (folder !== undefined) {
    persistence = new fauxqs.PersistenceManager(folder);
    // A killed process loses nothing under WAL; FULL would sync the disk thrice per message.
    persistence.db.exec('PRAGMA synchronous = NORMAL');
    const files = new fauxqs.FileS3Persistence(join(folder, 'objects'));
    // Load before attaching: once attached, it would write what it reads, and lose messages.
    persistence.loadSqsAndSns(sqs, sns);
    files.loadS3(s3);
    sqs.persistence = persistence;
    sns.persistence = persistence;
    s3.persistence = files;
    for (const queue of sqs.allQueues()) queue.persistence = persistence;
  }
  return {
    sqs,
    sns,
    s3,
    createMessage: (body, delaySeconds) => fauxqs.SqsStore.createMessage(body, {}, delaySeconds),
    publish: (topicArn, message) => {
      const topic = sns.getTopic(topicArn);
      if (topic === undefined) throw new Error(`There is no topic ${topicArn}.`);
      fauxqs.fanOutToSubscriptions({
        topicArn,
        topic,
        message,
        messageId: crypto.randomUUID(),
        messageAttributes: {},
        snsStore: sns,
        sqsStore: sqs,
      });
    },
    close: () => persistence?.close(),
  };
}
