import { Duration } from 'aws-cdk-lib';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as RingAlarm } from '../functions/sla/ring-alarm.ts';
import type { Env as SweepAlarms } from '../functions/sla/sweep-alarms.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { EntryFunction } from './entry-function.ts';
import { bodies } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export interface SlaProps {
  readonly around: Surroundings;
  readonly notices: IQueue;
  readonly jobs: IQueue;
}

/** What time alone changes: alarms are found each minute and rung to the second. */
export class Sla extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, props: SlaProps) {
    super(scope, id);
    const { ledger, store, schedules, watch, logRetention, variables } = props.around;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = variables;
    const timeout = Duration.seconds(30);
    const delivery = new DeliveryQueue(this, 'Alarms', { consumerTimeout: timeout });
    this.queue = delivery.queue;

    const sweepAlarms = new EntryFunction<SweepAlarms>(this, 'SweepAlarms', {
      entry: 'functions/sla/sweep-alarms.lambda.ts',
      environment: {
        TABLE_NAME,
        ALARM_QUEUE_URL: delivery.queue.queueUrl,
        NOTICE_QUEUE_URL: props.notices.queueUrl,
        JOB_QUEUE_URL: props.jobs.queueUrl,
      },
      logRetention,
      timeout: Duration.seconds(50),
      retryAttempts: 0,
    });
    ledger.grantWrite(sweepAlarms, 'put', 'alarms');
    sweepAlarms.send(delivery.queue, props.notices, props.jobs);
    sweepAlarms.allow(['sqs:GetQueueAttributes'], [delivery.queue.queueArn]);
    schedules.every(1, sweepAlarms);

    const ringAlarm = new EntryFunction<RingAlarm>(this, 'RingAlarm', {
      entry: 'functions/sla/ring-alarm.lambda.ts',
      environment: {
        TABLE_NAME,
        CONTENT_BUCKET,
        DESKS,
        ALARM_QUEUE_URL: delivery.queue.queueUrl,
      },
      logRetention,
      timeout,
    });
    ringAlarm.consume(delivery.queue, 10);
    ringAlarm.send(delivery.queue);
    ledger.grantWrite(ringAlarm, 'append');
    store.grantContent(ringAlarm, bodies);

    // A message may wait out its delay of up to three minutes before anyone can take it.
    watch.delivery(
      delivery,
      { late: 'sla-late', dead: 'sla-dead' },
      { lateAfter: Duration.minutes(10) },
    );
    watch.failing('sla-failing', sweepAlarms, ringAlarm);
    watch.silent('sla-silent', sweepAlarms);
  }
}
