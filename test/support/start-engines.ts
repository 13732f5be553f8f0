import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type HostClock, startClock } from '../../local/clock.ts';
import { REGION } from '../../local/deployment/region.ts';
import { type MessageEngine, openMessageEngine } from '../../local/engines/message-engine.ts';
import { localClientConfig, type StartedDynamo, startDynamo } from './start-dynamo.ts';

/** The buckets and queues that exist, under the names that the stack's outputs use. */
export const bucketNames = { mail: 'mail', content: 'content' } as const;
const queueNames = [
  'intake',
  'routing',
  'notices',
  'alarms',
  'jobs',
  'bounces',
  'desk-staff',
  'desk-bpo',
  'desk-bpo-b',
] as const;
export type QueueName = (typeof queueNames)[number];

export type StartedEngines = StartedDynamo & {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly messages: MessageEngine;
  /** The clock by which queues delay their messages. */
  readonly clock: HostClock;
  /** The endpoint of SQS, SNS and S3. */
  readonly messageEndpoint: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  /** The queue's dead-letter queue has its name with `-dead`. */
  deadQueueUrl(name: QueueName): string;
};

const account = '000000000000';
/** As in the stack: the third delivery ends in the dead-letter queue. */
const maxReceiveCount = 2;

/** Starts the embedded DynamoDB, S3 and SQS in memory: table, buckets and queues, all empty. */
export async function startEngines(): Promise<StartedEngines> {
  const dynamo = await startDynamo();
  const server = createServer((request, response) => messages.answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const messageEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = startClock();
  const messages = await openMessageEngine({ folder: undefined, queueUrl: messageEndpoint, clock });
  messages.create({
    buckets: Object.values(bucketNames).map((name) => ({ name, crossOrigin: false })),
    topics: [],
    subscriptions: [],
    queues: queueNames.flatMap((name) => [
      makeQueue(`${name}-dead`),
      makeQueue(name, {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: makeQueueArn(`${name}-dead`),
          maxReceiveCount,
        }),
      }),
    ]),
  });
  const s3 = new S3Client({
    ...localClientConfig,
    endpoint: messageEndpoint,
    forcePathStyle: true,
  });
  const sqs = new SQSClient({ ...localClientConfig, endpoint: messageEndpoint });
  const urlOf = (name: string) => `${messageEndpoint}/${account}/${name}`;
  return {
    ...dynamo,
    s3,
    sqs,
    messages,
    clock,
    messageEndpoint,
    queueUrls: Object.fromEntries(queueNames.map((name) => [name, urlOf(name)])) as Record<
      QueueName,
      string
    >,
    deadQueueUrl: (name) => urlOf(`${name}-dead`),
    stop: async () => {
      s3.destroy();
      sqs.destroy();
      await messages.close();
      server.closeAllConnections();
      server.close();
      await dynamo.stop();
    },
  };
}

function makeQueue(name: string, attributes: Readonly<Record<string, string>> = {}) {
  return { name, arn: makeQueueArn(name), attributes };
}

function makeQueueArn(name: string): string {
  return `arn:aws:sqs:${REGION}:${account}:${name}`;
}
