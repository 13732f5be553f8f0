import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { EntryFunction } from '../entry-function.ts';
import type { Watch } from '../watch/watch.ts';
import { makeFailureQueue, type NamedQueue } from './delivery-queue.ts';

/**
 * Functions that run on a schedule. A run that cannot be started is retried until the next is due.
 */
export class Schedules extends Construct {
  readonly #dead: NamedQueue;

  constructor(scope: Construct, id: string, watch: Watch) {
    super(scope, id);
    this.#dead = makeFailureQueue(this, 'Dead', 'schedule', Duration.days(14));
    watch.watchDeadLetters('schedule-dead', this.#dead);
  }

  runEvery(minutes: number, fn: EntryFunction): void {
    const interval = Duration.minutes(minutes);
    new Rule(this, `Every-${fn.useCase}`, {
      schedule: Schedule.rate(interval),
      targets: [
        new LambdaFunction(fn.lambda, {
          deadLetterQueue: this.#dead.queue,
          retryAttempts: 2,
          maxEventAge: interval,
        }),
      ],
    });
  }
}
