import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as ReadJob } from '../functions/job/read-job.ts';
import type { Env as RunJob } from '../functions/job/run-job.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { EntryFunction, httpTimeout } from './entry-function.ts';
import { bodies } from './object-store.ts';
import type { Surroundings } from './shared-resources.ts';

/** What outlasts a request: imports, recomputations, restatements, simulations, offboarding. */
export class Job extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { ledger, store, api, watch, logRetention } = around;
    const { TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS } = around.variables;
    // A job goes on from its checkpoint, so one run need not see its end.
    const timeout = Duration.minutes(5);
    const delivery = new DeliveryQueue(this, 'Started', { consumerTimeout: timeout });
    this.queue = delivery.queue;
    const runJob = new EntryFunction<RunJob>(this, 'RunJob', {
      entry: 'functions/job/run-job.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS },
      logRetention,
      timeout,
    });
    runJob.consume(delivery.queue, 1);
    ledger.grantWrite(runJob, 'append', 'agent', 'alarms');
    store.grantContent(runJob, {
      read: [...bodies.read, 'job/'],
      write: [...bodies.write, 'job/'],
      mayBeMissing: true,
    });

    const readJob = new EntryFunction<ReadJob>(this, 'ReadJob', {
      entry: 'functions/job/read-job.lambda.ts',
      environment: { TABLE_NAME },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readJob);
    api.route(readJob, 'GET /v1/jobs/{id}');

    watch.delivery(
      delivery,
      { late: 'job-late', dead: 'job-dead' },
      { lateAfter: Duration.hours(1) },
    );
    watch.failing('job-failing', runJob, readJob);
  }
}
