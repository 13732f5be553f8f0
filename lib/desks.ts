import { Duration, Stack } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeliveryQueue } from './delivery-queue.ts';
import type { StageContext } from './stage-context.ts';
import type { Watch } from './watch.ts';

export interface StandingDesk {
  readonly id: string;
  readonly mode: 'push' | 'pull';
  readonly delivery: DeliveryQueue;
}

/** The longest that a function holds a desk's message: an assignment, or a claim that waits. */
export const deskReaderTimeout = Duration.seconds(30);

/** The stage's desks, each with its queue. */
export class Desks extends Construct {
  readonly all: readonly StandingDesk[];
  /** What functions read as `DESKS`. */
  readonly description: string;

  constructor(scope: Construct, id: string, desks: StageContext['desks'], watch: Watch) {
    super(scope, id);
    this.all = desks.map((desk) => {
      const delivery = new DeliveryQueue(this, desk.id, { consumerTimeout: deskReaderTimeout });
      watch.delivery(
        delivery,
        { late: 'desk-late', dead: 'desk-dead' },
        {
          of: desk.id,
          // A pull desk's news may lie over a long weekend; service levels warn long before.
          lateAfter: desk.mode === 'pull' ? Duration.hours(80) : Duration.minutes(15),
        },
      );
      return { id: desk.id, mode: desk.mode, delivery };
    });
    this.description = Stack.of(this).toJsonString(
      desks.map((desk, index) => ({ ...desk, queueUrl: this.all[index]?.delivery.queue.queueUrl })),
    );
  }

  get queues(): readonly Queue[] {
    return this.all.map((desk) => desk.delivery.queue);
  }
}
