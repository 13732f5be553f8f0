import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { StageContext } from '../stage-context.ts';
import type { Watch } from '../watch/watch.ts';
import { DeliveryQueue } from './delivery-queue.ts';

export interface StageDesk {
  readonly id: string;
  readonly kind: 'internal' | 'outsourced';
  readonly mode: 'push' | 'pull';
  readonly delivery: DeliveryQueue;
  /** Where the vendor's account sends commands, if the stage names one. */
  readonly answers: DeliveryQueue | undefined;
}

/** The longest a function holds a message of a desk: for an assignment, or a claim that waits. */
export const deskReaderTimeout = Duration.seconds(30);

/** The stage's desks, each with its queue. */
export class DeskQueues extends Construct {
  readonly all: readonly StageDesk[];
  /** The value that functions read as `DESKS`. */
  readonly description: string;

  constructor(scope: Construct, id: string, desks: StageContext['desks'], watch: Watch) {
    super(scope, id);
    this.all = desks.map((desk) => {
      const delivery = new DeliveryQueue(this, desk.id, {
        name: `desk-${desk.id}`,
        consumerTimeout: deskReaderTimeout,
      });
      watch.watchDelivery(
        delivery,
        { late: 'desk-late', dead: 'desk-dead' },
        {
          of: desk.id,
          // A pull desk's messages may wait over a long weekend; service levels warn long before.
          lateAfter: desk.mode === 'pull' ? Duration.hours(80) : Duration.minutes(15),
        },
      );
      const { id, kind, mode, vendorAccount } = desk;
      const answers =
        vendorAccount === undefined ? undefined : this.#openAnswersQueue(id, vendorAccount, watch);
      // A pushed desk's queue has its own reader, which would lose messages to the vendor.
      if (vendorAccount !== undefined && mode === 'pull')
        allowReceiving(delivery.queue, vendorAccount);
      return { id, kind, mode, delivery, answers };
    });
    this.description = Stack.of(this).toJsonString(
      desks.map(({ vendorAccount: _, ...desk }, index) => ({
        ...desk,
        queueUrl: this.all[index]?.delivery.queue.queueUrl,
      })),
    );
  }

  /** Makes an answers queue for one desk: the queue of a message tells whose it is. */
  #openAnswersQueue(desk: string, account: string, watch: Watch): DeliveryQueue {
    const answers = new DeliveryQueue(this, `${desk}-answers`, {
      name: `vendor-${desk}`,
      consumerTimeout: deskReaderTimeout,
    });
    answers.queue.addToResourcePolicy(
      makeStatement(answers.queue, account, ['sqs:SendMessage', 'sqs:GetQueueAttributes']),
    );
    watch.watchDelivery(
      answers,
      { late: 'vendor-late', dead: 'vendor-dead' },
      { of: desk, lateAfter: Duration.minutes(15) },
    );
    const { queueUrl } = answers.queue;
    new CfnOutput(this, `${desk}-answers-url`, { value: queueUrl });
    return answers;
  }

  get queues(): readonly Queue[] {
    return this.all.map((desk) => desk.delivery.queue);
  }
}

/** Lets a vendor read the queue of its desk itself: like all queues, it carries ids only. */
function allowReceiving(queue: Queue, account: string): void {
  queue.addToResourcePolicy(
    makeStatement(queue, account, [
      'sqs:ReceiveMessage',
      'sqs:DeleteMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueAttributes',
    ]),
  );
}

/**
 * The account's own policies say who in it has access. The queues are encrypted by keys of SQS,
 * which need no permission of their own, even where the stage has a key.
 */
function makeStatement(queue: Queue, account: string, actions: string[]): PolicyStatement {
  return new PolicyStatement({
    sid: 'VendorAccount',
    principals: [new AccountPrincipal(account)],
    actions,
    resources: [queue.queueArn],
  });
}
