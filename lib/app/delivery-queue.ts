import { Duration, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface DeliveryQueueProps {
  /** The timeout of the function that reads it. */
  readonly consumerTimeout: Duration;
  readonly maxReceiveCount?: number;
  /** 4 days by default. */
  readonly retention?: Duration;
}

/** A queue with its dead-letter queue: encrypted, over TLS only. */
export class DeliveryQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id);
    this.deadLetters = makeDeadLetterQueue(this, 'Dead', {
      // A function with the same timeout reads the dead letters of some queues.
      visibilityTimeout: computeVisibilityTimeout(props.consumerTimeout),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: computeVisibilityTimeout(props.consumerTimeout),
      retentionPeriod: props.retention ?? Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount ?? 5 },
    });
  }
}

function makeDeadLetterQueue(
  scope: Construct,
  id: string,
  options: { retention?: Duration; visibilityTimeout?: Duration },
): Queue {
  return new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: options.retention ?? Duration.days(14),
    ...(options.visibilityTimeout === undefined
      ? {}
      : { visibilityTimeout: options.visibilityTimeout }),
  });
}

/** Makes a queue for what a stream mapping or a schedule could not deliver, having no queue. */
export function makeFailureQueue(scope: Construct, id: string, retention: Duration): Queue {
  const queue = makeDeadLetterQueue(scope, id, { retention });
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'This is itself where undeliverable records end; nothing reads it but a person, told by its alarm.',
  });
  return queue;
}

/**
 * Computes six times the reader's timeout, so that a message does not become visible again while
 * Lambda retries a throttled batch.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
function computeVisibilityTimeout(consumerTimeout: Duration): Duration {
  return Duration.seconds(6 * consumerTimeout.toSeconds());
}
