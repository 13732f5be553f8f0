import type { IncomingMessage, ServerResponse } from 'node:http';
import { buildApp } from 'fauxqs';
import type { HostClock } from '../clock.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { REGION } from '../deployment/region.ts';
import { delayQueueByClock } from './delay-by-clock.ts';
import { type FauxqsStores, openStores, type SqsQueue } from './fauxqs-stores.ts';

/** SQS, SNS and S3, in this process. */
export interface MessageEngine {
  /** Answers one AWS API request for SQS, SNS or S3. */
  answer(request: IncomingMessage, response: ServerResponse): void;
  queueByArn(arn: string): SqsQueue;
  send(queueArn: string, body: string, delaySeconds?: number): void;
  publish(topicArn: string, message: string): void;
  putObject(bucket: string, key: string, body: Buffer, headers?: ObjectHeaders): void;
  /** Empties every queue, as if its messages had been lost. */
  emptyQueues(): void;
  close(): Promise<void>;
}

export interface ObjectHeaders {
  readonly contentType?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** S3 accepts 5 GB in one put; only parts of mails go through here, which SES limits to 40 MB. */
const OBJECT_BYTES = 64 * 1024 * 1024;

type MessagingResources = Pick<Deployment, 'queues' | 'topics' | 'subscriptions' | 'buckets'>;

/**
 * Opens the queues, topics and buckets of the template, durable in `folder` or in memory.
 *
 * What a killed host had received and not deleted is visible again at once, since nobody works on
 * it; its receive count stays.
 */
export async function openMessageEngine(options: {
  readonly folder: string | undefined;
  readonly queueUrl: string;
  /** The clock that delays messages; the system's by default. */
  readonly clock?: HostClock;
}): Promise<MessageEngine & { create(resources: MessagingResources): void }> {
  const stores = await openStores(options.folder, REGION);
  for (const queue of stores.sqs.allQueues()) {
    for (const held of queue.inflightMessages.values()) held.visibilityDeadline = 0;
  }
  const app = buildApp({
    logger: false,
    defaultRegion: REGION,
    // fauxqs' own classes made the stores, but it does not export their types.
    stores: { sqsStore: stores.sqs, snsStore: stores.sns, s3Store: stores.s3 } as never,
  });
  app.removeContentTypeParser('*');
  app.addContentTypeParser(
    '*',
    { parseAs: 'buffer', bodyLimit: OBJECT_BYTES },
    (_request, body, done) => done(null, body),
  );
  await app.ready();

  const queueByArn = (arn: string): SqsQueue => {
    const queue = stores.sqs.getQueueByArn(arn);
    if (queue === undefined) throw new Error(`There is no queue ${arn}.`);
    return queue;
  };

  return {
    create: (resources) => {
      createResources(stores, resources, options.queueUrl);
      if (options.clock === undefined) return;
      for (const queue of stores.sqs.allQueues()) delayQueueByClock(queue, options.clock);
    },
    answer: (request, response) => {
      app.routing(request, response);
    },
    queueByArn,
    send: (queueArn, body, delaySeconds) =>
      queueByArn(queueArn).enqueue(stores.createMessage(body, delaySeconds)),
    publish: stores.publish,
    putObject: (bucket, key, body, headers) => {
      stores.s3.putObject(bucket, key, body, headers?.contentType, headers?.metadata);
    },
    emptyQueues: () => {
      for (const queue of stores.sqs.allQueues()) queue.purge();
    },
    close: async () => {
      await app.close();
      stores.close();
    },
  };
}

function createResources(
  stores: FauxqsStores,
  resources: MessagingResources,
  queueUrl: string,
): void {
  for (const { name, arn, attributes } of resources.queues) {
    // Creating a loaded queue would replace it with an empty one.
    const existing = stores.sqs.getQueueByName(name);
    if (existing === undefined) {
      stores.sqs.createQueue(name, `${queueUrl}/${arn.split(':')[4]}/${name}`, arn, attributes);
    } else {
      existing.setAttributes({ RedrivePolicy: '', ...attributes });
    }
  }
  for (const { name } of resources.topics) {
    const topic = stores.sns.createTopic(name, undefined, undefined, REGION);
    for (const old of [...topic.subscriptionArns]) stores.sns.unsubscribe(old);
  }
  for (const { topicArn, queueArn, attributes } of resources.subscriptions) {
    stores.sns.subscribe(topicArn, 'sqs', queueArn, attributes);
  }
  for (const { name } of resources.buckets) stores.s3.createBucket(name);
}
