import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as ReadJob } from '../../functions/job/read-job.ts';
import type { Env as RunErasure } from '../../functions/job/run-erasure.ts';
import type { Env as RunJob } from '../../functions/job/run-job.ts';
import { bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SharedResources } from './shared-resources.ts';

/**
 * Work that outlasts a request: imports, recomputations, restatements, simulations, offboarding,
 * erasure.
 */
export class Job extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, shared: SharedResources) {
    super(scope, id);
    const { ledger, store, api, watch, logRetention } = shared;
    const { TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS } = shared.variables;
    // A job continues from its checkpoint, so one run need not finish it.
    const timeout = Duration.minutes(5);
    const delivery = new DeliveryQueue(this, 'Started', { name: 'job', consumerTimeout: timeout });
    this.queue = delivery.queue;
    const erasures = this.#runErasures(shared);
    const runJob = new EntryFunction<RunJob>(this, 'RunJob', {
      entry: 'functions/job/run-job.lambda.ts',
      environment: {
        ...{ TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS },
        ERASURE_QUEUE_URL: erasures.queueUrl,
      },
      logRetention,
      timeout,
    });
    runJob.consumeQueue(delivery.queue, 1);
    runJob.allowSending(erasures);
    ledger.grantWrite(runJob, 'append', 'agent', 'alarms');
    store.grantContent(runJob, {
      read: [...bodyRights.read, 'job/'],
      write: [...bodyRights.write, 'job/'],
      mayBeMissing: true,
    });

    const readJob = new EntryFunction<ReadJob>(this, 'ReadJob', {
      entry: 'functions/job/read-job.lambda.ts',
      environment: { TABLE_NAME },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readJob);
    api.addTokenRoutes(readJob, 'GET /v1/jobs/{id}');

    watch.watchDelivery(
      delivery,
      { late: 'job-late', dead: 'job-dead' },
      { lateAfter: Duration.hours(1) },
    );
  }

  /** Erasures have a queue and a function of their own, which alone may read everything. */
  #runErasures({ ledger, store, watch, logRetention, variables }: SharedResources): Queue {
    const { TABLE_NAME, CONTENT_BUCKET, MAIL_BUCKET } = variables;
    const timeout = Duration.minutes(5);
    const delivery = new DeliveryQueue(this, 'Erasures', {
      name: 'erasure',
      consumerTimeout: timeout,
    });
    const runErasure = new EntryFunction<RunErasure>(this, 'RunErasure', {
      entry: 'functions/job/run-erasure.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, MAIL_BUCKET },
      logRetention,
      timeout,
      // Raw mails of up to 40 MB are read whole, and decoded.
      memory: 1769,
    });
    runErasure.consumeQueue(delivery.queue, 1);
    ledger.grantErasure(runErasure);
    store.grantContent(runErasure, {
      read: ['body/', 'attachment/', 'job/', 'upload/'],
      write: ['body/', 'attachment/'],
      remove: ['body/', 'attachment/', 'job/', 'upload/'],
      list: true,
    });
    store.grantMail(runErasure, { read: ['raw/'], remove: ['raw/'], list: true });
    watch.watchDelivery(
      delivery,
      { late: 'job-late', dead: 'job-dead' },
      { lateAfter: Duration.hours(1), of: 'erasure' },
    );
    return delivery.queue;
  }
}
