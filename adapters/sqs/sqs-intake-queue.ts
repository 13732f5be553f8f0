import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { IntakeQueue } from '../../core/intake/mail/reconcile-mail.ts';
import { SqsOutbox } from './sqs-outbox.ts';

export class SqsIntakeQueue implements IntakeQueue {
  readonly #client: SQSClient;
  readonly #url: string;

  constructor(client: SQSClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async depth(): Promise<number> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#url,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return Object.values(Attributes ?? {}).reduce((sum, count) => sum + Number(count), 0);
  }

  async send(bodies: readonly string[]): Promise<void> {
    const outbox = new SqsOutbox(this.#client);
    const refused = await outbox.send(
      this.#url,
      bodies.map((body) => ({ body, delaySeconds: 0 })),
    );
    if (refused.size > 0) throw new Error(`${refused.size} mails could not be announced`);
  }
}
