import { Aws, Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ConfigurationSet,
  type EmailIdentity,
  EmailSendingEvent,
  EventDestination,
} from 'aws-cdk-lib/aws-ses';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as RecordBounce } from '../../functions/notice/record-bounce.ts';
import type { Env as SendNotice } from '../../functions/notice/send-notice.ts';
import type { Env as ShowStatus } from '../../functions/notice/show-status.ts';
import { bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import { makeEventTopic } from '../event-topic.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SharedResources } from './shared-resources.ts';

export interface NoticeProps {
  readonly shared: SharedResources;
  readonly mailIdentity: EmailIdentity;
  readonly key: IKey | undefined;
}

/** Notices to requesters and agents: outgoing mail, bounces, and the status page. */
export class Notice extends Construct {
  readonly queue: Queue;
  readonly #shared: SharedResources;

  constructor(scope: Construct, id: string, props: NoticeProps) {
    super(scope, id);
    this.#shared = props.shared;
    const configurationSet = new ConfigurationSet(this, 'Sending', { reputationMetrics: true });
    this.queue = this.#sendNotices(props.mailIdentity, configurationSet);
    this.#recordBounces(configurationSet, props.key);
    this.#showStatus();
    this.#watchReputation();
  }

  #sendNotices(identity: EmailIdentity, configurationSet: ConfigurationSet): Queue {
    const { ledger, store, signing, watch, logRetention, variables } = this.#shared;
    const {
      TABLE_NAME,
      CONTENT_BUCKET,
      SIGNING_SECRET_ARN,
      MAIL_DOMAIN,
      HELP_ADDRESS,
      PUBLIC_URL,
      WEBHOOK_EXCEPTIONS,
      DESKS,
    } = variables;
    const timeout = Duration.seconds(60);
    const delivery = new DeliveryQueue(this, 'Pending', {
      name: 'notice',
      consumerTimeout: timeout,
    });
    const sendNotice = new EntryFunction<SendNotice>(this, 'SendNotice', {
      entry: 'functions/notice/send-notice.lambda.ts',
      environment: {
        TABLE_NAME,
        CONTENT_BUCKET,
        SIGNING_SECRET_ARN,
        MAIL_DOMAIN,
        HELP_ADDRESS,
        PUBLIC_URL,
        DESKS,
        CONFIGURATION_SET: configurationSet.configurationSetName,
        WEBHOOK_EXCEPTIONS,
      },
      logRetention,
      timeout,
    });
    sendNotice.consumeQueue(delivery.queue, 10);
    ledger.grantWrite(sendNotice, 'put', 'agent');
    store.grantContent(sendNotice, { read: ['body/', 'attachment/'] });
    signing.grantUse(sendNotice);
    sendNotice.allow(
      ['ses:SendRawEmail'],
      [
        identity.emailIdentityArn,
        `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:configuration-set/${configurationSet.configurationSetName}`,
      ],
    );
    watch.watchDelivery(
      delivery,
      { late: 'notice-late', dead: 'notice-dead' },
      { lateAfter: Duration.minutes(15) },
    );
    return delivery.queue;
  }

  #recordBounces(configurationSet: ConfigurationSet, key: IKey | undefined): void {
    const { ledger, store, watch, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = variables;
    const timeout = Duration.seconds(30);
    const delivery = new DeliveryQueue(this, 'Bounces', {
      name: 'bounce',
      consumerTimeout: timeout,
      retention: Duration.days(14),
    });
    const { topic, policy } = makeEventTopic(this, 'Bounced', {
      service: 'ses',
      key,
      source: {
        ArnEquals: {
          'aws:SourceArn': `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:configuration-set/${configurationSet.configurationSetName}`,
        },
      },
    });
    topic.addSubscription(new SqsSubscription(delivery.queue, { rawMessageDelivery: true }));
    const destination = configurationSet.addEventDestination('Bounced', {
      destination: EventDestination.snsTopic(topic),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    destination.node.addDependency(policy);

    const recordBounce = new EntryFunction<RecordBounce>(this, 'RecordBounce', {
      entry: 'functions/notice/record-bounce.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS },
      logRetention,
      timeout,
    });
    recordBounce.consumeQueue(delivery.queue, 10);
    ledger.grantWrite(recordBounce, 'append');
    store.grantContent(recordBounce, bodyRights);
    watch.watchDelivery(
      delivery,
      { late: 'bounce-late', dead: 'bounce-dead' },
      { lateAfter: Duration.hours(1) },
    );
  }

  #showStatus(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = variables;
    const showStatus = new EntryFunction<ShowStatus>(this, 'ShowStatus', {
      entry: 'functions/notice/show-status.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(showStatus, 'append');
    store.grantContent(showStatus, {
      ...bodyRights,
      read: [...bodyRights.read, 'attachment/'],
    });
    signing.grantUse(showStatus);
    api.addPublicRoutes(
      showStatus,
      'The signed token in the link is the right to see this one inquiry and to say that it is not solved; its reader has no account.',
      'GET /status/{token}',
      'POST /status/{token}/reopen',
    );
  }

  /** AWS reviews an account at 5 % bounces and at 0.1 % complaints. */
  #watchReputation(): void {
    const { watch } = this.#shared;
    const rate = (metricName: string) =>
      new Metric({
        namespace: 'AWS/SES',
        metricName,
        statistic: Stats.AVERAGE,
        period: Duration.minutes(5),
      });
    const bounces = rate('Reputation.BounceRate');
    const complaints = rate('Reputation.ComplaintRate');
    watch.addAlarm('notice-bounced', { metric: bounces, above: 0.04 });
    watch.addAlarm('notice-complained', { metric: complaints, above: 0.0008 });
    watch.addGraph('SES: bounce and complaint rates', bounces, complaints);
  }
}
