import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { roundDownAlarmDelay, roundUpAlarmDelay } from '../../core/inquiry/alarm-slots.ts';
import type { Instant } from '../../core/inquiry/values/ids.ts';
import type { AlarmQueues, DueAlarm } from '../../core/sla/ports.ts';
import { SqsOutbox } from './sqs-outbox.ts';

/**
 * The queues of alarms: an inquiry's goes to the alarm function, a notice's and a job's back to
 * their own queues. A sender of inquiry alarms alone needs only that queue.
 */
export type AlarmQueueUrls = { readonly inquiry: string } & Readonly<
  Partial<Record<Exclude<DueAlarm['kind'], 'job-notice'>, string>>
>;

export class SqsAlarmQueues implements AlarmQueues {
  readonly #client: SQSClient;
  readonly #outbox: SqsOutbox;
  readonly #urls: AlarmQueueUrls;

  constructor(client: SQSClient, urls: AlarmQueueUrls) {
    this.#client = client;
    this.#outbox = new SqsOutbox(client);
    this.#urls = urls;
  }

  async send(alarms: readonly DueAlarm[], now: Instant): Promise<void> {
    const byUrl = Map.groupBy(alarms, (alarm) => this.#urlOf(alarm));
    const failures = await Promise.all(
      [...byUrl].map(([url, group]) =>
        this.#outbox.send(
          url,
          group.map((alarm) => ({
            body: JSON.stringify(queueMessageOf(alarm)),
            delaySeconds: computeDelay(alarm, now),
          })),
        ),
      ),
    );
    const count = failures.reduce((sum, indexes) => sum + indexes.size, 0);
    if (count > 0) throw new Error(`${count} alarms were not taken by their queue`);
  }

  #urlOf(alarm: DueAlarm): string {
    const url = this.#urls[alarm.kind === 'job-notice' ? 'notice' : alarm.kind];
    if (url === undefined) throw new TypeError(`no queue is named for alarms of a ${alarm.kind}`);
    return url;
  }

  async countBacklog(): Promise<number> {
    const { Attributes } = await this.#client.send(
      new GetQueueAttributesCommand({
        QueueUrl: this.#urls.inquiry,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      }),
    );
    return (
      Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0) +
      Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0)
    );
  }
}

/** The alarm function waits out the rest of a second; the others treat every message as due. */
function computeDelay({ kind, alarmAt }: DueAlarm, now: Instant): number {
  return kind === 'inquiry' ? roundDownAlarmDelay(alarmAt, now) : roundUpAlarmDelay(alarmAt, now);
}

function queueMessageOf(alarm: DueAlarm): object {
  switch (alarm.kind) {
    case 'inquiry':
      return { inquiryId: alarm.inquiryId, alarmAt: alarm.alarmAt };
    case 'notice':
      return { inquiryId: alarm.inquiryId, notice: alarm.notice };
    case 'job':
      return { jobId: alarm.jobId };
    case 'job-notice':
      return { jobId: alarm.jobId, notice: alarm.notice };
    default:
      return alarm satisfies never;
  }
}
