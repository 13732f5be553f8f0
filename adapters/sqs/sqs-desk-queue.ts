import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { InquiryQueueMessage } from '../../core/inquiry/outbox/queue-messages.ts';
import type { Desk } from '../../core/inquiry/terms/desk.ts';
import type { InquiryId } from '../../core/inquiry/values/ids.ts';
import type { DeskQueue, DeskQueueMessage } from '../../core/work/ports.ts';

/** SQS takes at most this many messages in a request. */
const batchLimit = 10;

/** The queue of each desk. */
export class SqsDeskQueue implements DeskQueue {
  readonly #client: SQSClient;

  constructor(client: SQSClient) {
    this.#client = client;
  }

  async receiveNext(desk: Desk, waitSeconds: number): Promise<DeskQueueMessage | undefined> {
    const { Messages } = await this.#client.send(
      new ReceiveMessageCommand({
        QueueUrl: desk.queueUrl,
        MaxNumberOfMessages: 1,
        WaitTimeSeconds: waitSeconds,
      }),
    );
    const [message] = Messages ?? [];
    if (message?.ReceiptHandle === undefined) return undefined;
    const inquiryId = parseInquiryId(message.Body);
    const receipt = message.ReceiptHandle;
    return inquiryId === undefined ? { receipt } : { inquiryId, receipt };
  }

  async acknowledge(desk: Desk, { receipt }: DeskQueueMessage): Promise<void> {
    await this.#client.send(
      new DeleteMessageCommand({ QueueUrl: desk.queueUrl, ReceiptHandle: receipt }),
    );
  }

  async depth(desk: Desk): Promise<number> {
    const counts = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ] as const;
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({ QueueUrl: desk.queueUrl, AttributeNames: [...counts] }),
    );
    return counts.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  }

  async announce(desk: Desk, inquiries: readonly InquiryId[]): Promise<void> {
    for (let start = 0; start < inquiries.length; start += batchLimit) {
      const { Failed } = await this.#client.send(
        new SendMessageBatchCommand({
          QueueUrl: desk.queueUrl,
          Entries: inquiries.slice(start, start + batchLimit).map((inquiryId, index) => ({
            Id: String(index),
            MessageBody: JSON.stringify({ inquiryId } satisfies InquiryQueueMessage),
          })),
        }),
      );
      const [failure] = Failed ?? [];
      if (failure !== undefined) {
        throw new Error(`the queue of ${desk.id} refused: ${failure.Code}`);
      }
    }
  }
}

function parseInquiryId(body: string | undefined): InquiryId | undefined {
  try {
    return InquiryQueueMessage.parse(JSON.parse(body ?? '')).inquiryId;
  } catch {
    // An unreadable message tells nobody anything; the caller acknowledges it.
    return undefined;
  }
}
