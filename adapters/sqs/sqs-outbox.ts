import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Outbox } from '../../core/relay/ports.ts';

/** SQS takes no more messages in one batch. */
const batchLimit = 10;

/** Sends messages in batches of ten, several batches in parallel. */
export class SqsOutbox implements Outbox {
  readonly #client: SQSClient;

  constructor(client: SQSClient) {
    this.#client = client;
  }

  async send(
    queueUrl: string,
    messages: readonly { readonly body: string; readonly delaySeconds: number }[],
  ): Promise<ReadonlySet<number>> {
    const starts = Array.from(
      { length: Math.ceil(messages.length / batchLimit) },
      (_, batch) => batch * batchLimit,
    );
    const failures = await Promise.all(
      starts.map(async (start) => {
        const { Failed } = await this.#client.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: messages.slice(start, start + batchLimit).map((message, index) => ({
              Id: String(start + index),
              MessageBody: message.body,
              ...(message.delaySeconds === 0 ? {} : { DelaySeconds: message.delaySeconds }),
            })),
          }),
        );
        return (Failed ?? []).map((failure) => Number(failure.Id));
      }),
    );
    return new Set(failures.flat());
  }
}
