import { Duration } from 'aws-cdk-lib';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as AcknowledgeEscalation } from '../../functions/sla/acknowledge-escalation.ts';
import type { Env as ConfigureServiceLevels } from '../../functions/sla/configure-service-levels.ts';
import type { Env as ExplainClock } from '../../functions/sla/explain-clock.ts';
import type { Env as FireAlarm } from '../../functions/sla/fire-alarm.ts';
import type { Env as ReportServiceLevels } from '../../functions/sla/report-service-levels.ts';
import type { Env as ReviewBreaches } from '../../functions/sla/review-breaches.ts';
import type { Env as SweepAlarms } from '../../functions/sla/sweep-alarms.ts';
import { bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SharedResources } from './shared-resources.ts';

export interface SlaProps {
  readonly shared: SharedResources;
  readonly notices: IQueue;
  readonly jobs: IQueue;
}

/**
 * What passing time changes, and what leads do with it: alarms are found each minute and fire to
 * the second; breaches are listed, reviewed and reported; policies and calendars are configured.
 */
export class Sla extends Construct {
  readonly queue: Queue;
  readonly #shared: SharedResources;

  constructor(scope: Construct, id: string, props: SlaProps) {
    super(scope, id);
    this.#shared = props.shared;
    this.queue = this.#fireAlarms(props);
    this.#reviewBreaches();
    this.#acknowledgeEscalations();
    this.#configureServiceLevels();
  }

  #fireAlarms({ notices, jobs }: SlaProps): Queue {
    const { ledger, store, schedules, watch, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = variables;
    const timeout = Duration.seconds(30);
    const delivery = new DeliveryQueue(this, 'Alarms', { name: 'sla', consumerTimeout: timeout });

    const sweepAlarms = new EntryFunction<SweepAlarms>(this, 'SweepAlarms', {
      entry: 'functions/sla/sweep-alarms.lambda.ts',
      environment: {
        TABLE_NAME,
        ALARM_QUEUE_URL: delivery.queue.queueUrl,
        NOTICE_QUEUE_URL: notices.queueUrl,
        JOB_QUEUE_URL: jobs.queueUrl,
      },
      logRetention,
      timeout: Duration.seconds(50),
      retryAttempts: 0,
    });
    ledger.grantWrite(sweepAlarms, 'put', 'alarms');
    sweepAlarms.allowSending(delivery.queue, notices, jobs);
    sweepAlarms.allow(['sqs:GetQueueAttributes'], [delivery.queue.queueArn]);
    schedules.runEvery(1, sweepAlarms);

    const fireAlarm = new EntryFunction<FireAlarm>(this, 'RingAlarm', {
      entry: 'functions/sla/fire-alarm.lambda.ts',
      environment: {
        TABLE_NAME,
        CONTENT_BUCKET,
        DESKS,
        ALARM_QUEUE_URL: delivery.queue.queueUrl,
      },
      logRetention,
      timeout,
    });
    fireAlarm.consumeQueue(delivery.queue, 10);
    fireAlarm.allowSending(delivery.queue);
    ledger.grantWrite(fireAlarm, 'append');
    store.grantContent(fireAlarm, bodyRights);

    // A message may wait out its delay of up to three minutes before it can be received.
    watch.watchDelivery(
      delivery,
      { late: 'sla-late', dead: 'sla-dead' },
      { lateAfter: Duration.minutes(10) },
    );
    watch.watchMissingRuns('sla-silent', sweepAlarms);
    return delivery.queue;
  }

  #reviewBreaches(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = variables;
    const environment = { TABLE_NAME, CONTENT_BUCKET, DESKS };
    const reviewBreaches = new EntryFunction<ReviewBreaches>(this, 'ReviewBreaches', {
      entry: 'functions/sla/review-breaches.lambda.ts',
      environment: { ...environment, SIGNING_SECRET_ARN },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(reviewBreaches, 'append', 'worklist');
    store.grantContent(reviewBreaches, bodyRights);
    signing.grantUse(reviewBreaches);
    api.addTokenRoutes(reviewBreaches, 'GET /v1/sla/breaches', 'POST /v1/sla/breaches/{id}/review');

    const reportServiceLevels = new EntryFunction<ReportServiceLevels>(this, 'ReportLevels', {
      entry: 'functions/sla/report-service-levels.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: httpTimeout,
      // A month of a large company is some 50 MB of records, read and sorted at once.
      memory: 1769,
    });
    ledger.grantWrite(reportServiceLevels, 'put');
    api.addTokenRoutes(reportServiceLevels, 'GET /v1/sla/report', 'POST /v1/sla/restatements');

    const explainClock = new EntryFunction<ExplainClock>(this, 'ExplainClock', {
      entry: 'functions/sla/explain-clock.lambda.ts',
      environment,
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(explainClock);
    store.grantContent(explainClock, { read: ['body/'] });
    api.addTokenRoutes(explainClock, 'GET /v1/inquiries/{id}/clocks/{clock}/explain');
  }

  #acknowledgeEscalations(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = variables;
    const acknowledge = new EntryFunction<AcknowledgeEscalation>(this, 'AcknowledgeEscalation', {
      entry: 'functions/sla/acknowledge-escalation.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(acknowledge, 'append');
    store.grantContent(acknowledge, bodyRights);
    signing.grantUse(acknowledge);
    api.addTokenRoutes(acknowledge, 'POST /v1/escalations/{id}/acknowledge');
    api.addPublicRoutes(
      acknowledge,
      'The signed token in the mail is the right to acknowledge this one escalation, also from a phone that is signed in nowhere.',
      'GET /escalations/{token}',
      'POST /escalations/{token}',
    );
  }

  #configureServiceLevels(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS, WEBHOOK_EXCEPTIONS } = variables;
    const configureServiceLevels = new EntryFunction<ConfigureServiceLevels>(
      this,
      'ConfigureLevels',
      {
        entry: 'functions/sla/configure-service-levels.lambda.ts',
        environment: {
          TABLE_NAME,
          CONTENT_BUCKET,
          DESKS,
          SIGNING_SECRET_ARN,
          WEBHOOK_EXCEPTIONS,
        },
        logRetention,
        timeout: httpTimeout,
      },
    );
    ledger.grantWrite(configureServiceLevels, 'append', 'alarms');
    store.grantContent(configureServiceLevels, { read: ['body/'] });
    signing.grantUse(configureServiceLevels);
    api.addTokenRoutes(
      configureServiceLevels,
      'GET /v1/config/calendars',
      'PUT /v1/config/calendars',
      'GET /v1/config/policies',
      'PUT /v1/config/policies',
      'GET /v1/config/policies/webhooks/{webhook}',
    );
  }
}
