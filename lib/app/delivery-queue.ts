import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { StageStack } from '../stage-stack.ts';

export interface DeliveryQueueProps {
  /** What it delivers, such as `routing` or `desk-bpo`. */
  readonly name: string;
  /** The timeout of the function that reads it. */
  readonly consumerTimeout: Duration;
  readonly maxReceiveCount?: number;
  /** 4 days by default. */
  readonly retention?: Duration;
}

/** A queue, and the name by which another stack watches it without a reference. */
export interface NamedQueue {
  readonly queue: Queue;
  readonly name: string;
}

/** A queue with its dead-letter queue: encrypted, over TLS only. */
export class DeliveryQueue extends Construct implements NamedQueue {
  readonly queue: Queue;
  readonly name: string;
  readonly deadLetters: NamedQueue;

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id);
    const visibilityTimeout = computeVisibilityTimeout(props.consumerTimeout);
    // A function with the same timeout reads the dead letters of some queues.
    this.deadLetters = makeQueue(this, 'Dead', `${props.name}-dead`, {
      visibilityTimeout,
      retentionPeriod: Duration.days(14),
    });
    const { queue, name } = makeQueue(this, 'Queue', props.name, {
      visibilityTimeout,
      retentionPeriod: props.retention ?? Duration.days(4),
      deadLetterQueue: {
        queue: this.deadLetters.queue,
        maxReceiveCount: props.maxReceiveCount ?? 5,
      },
    });
    this.queue = queue;
    this.name = name;
  }
}

function makeQueue(
  scope: Construct,
  id: string,
  name: string,
  options: ConstructorParameters<typeof Queue>[2],
): NamedQueue {
  const queueName = StageStack.nameIn(scope, name);
  const queue = new Queue(scope, id, {
    queueName,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    ...options,
  });
  return { queue, name: queueName };
}

/** Makes a queue for what a stream mapping or a schedule could not deliver, having no queue. */
export function makeFailureQueue(
  scope: Construct,
  id: string,
  name: string,
  retention: Duration,
): NamedQueue {
  const failures = makeQueue(scope, id, `${name}-dead`, { retentionPeriod: retention });
  Validations.of(failures.queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This is itself where undeliverable records end; nothing reads it but a person, told by its alarm.',
  });
  return failures;
}

/**
 * Computes six times the reader's timeout, so that a message does not become visible again while
 * Lambda retries a throttled batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function computeVisibilityTimeout(consumerTimeout: Duration): Duration {
  return Duration.seconds(6 * consumerTimeout.toSeconds());
}
