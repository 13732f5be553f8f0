import { Aws, Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { ReceiptRuleSet, TlsPolicy } from 'aws-cdk-lib/aws-ses';
import { S3 } from 'aws-cdk-lib/aws-ses-actions';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Env as LogCall } from '../../functions/intake/log-call.ts';
import type { Env as ProcessMail } from '../../functions/intake/process-mail.ts';
import type { Env as QuarantineMail } from '../../functions/intake/quarantine-mail.ts';
import type { Env as ReconcileMail } from '../../functions/intake/reconcile-mail.ts';
import type { Env as ReviewQuarantine } from '../../functions/intake/review-quarantine.ts';
import type { Env as SubmitForm } from '../../functions/intake/submit-form.ts';
import type { Env as UploadAttachment } from '../../functions/intake/upload-attachment.ts';
import { bodyAndAttachmentRights, bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import { makeEventTopic } from '../event-topic.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SharedResources } from './shared-resources.ts';

export interface IntakeProps {
  readonly shared: SharedResources;
  readonly helpAddresses: readonly string[];
  readonly key: IKey | undefined;
}

const readerTimeout = Duration.seconds(60);

/**
 * Megabytes for reading mail, and how many mails are read at once. Of the largest mail that SES
 * delivers, 40 MB, up to 5.7 times its size is in memory while it is read (measured with one; 5.4
 * with two and 4.6 with four at once), so 240 MB each. With 250 MB for the runtime, the code and the
 * SDK, five mails need 1,450 MB; ten would need 2,650.
 */
const readerMemory = 1769;
const mailsAtOnce = 5;

/** Incoming mail, forms and phone logs, and the quarantine that a person reviews. */
export class Intake extends Construct {
  readonly ruleSetName: string;
  readonly #shared: SharedResources;

  constructor(scope: Construct, id: string, props: IntakeProps) {
    super(scope, id);
    this.#shared = props.shared;
    // A mail that crashes its reader twice becomes a dead letter, which is quarantined unread.
    const delivery = new DeliveryQueue(this, 'Mails', {
      name: 'intake',
      consumerTimeout: readerTimeout,
      maxReceiveCount: 2,
      retention: Duration.days(14),
    });
    props.shared.watch.watchDelivery(
      delivery,
      { late: 'intake-late', dead: 'intake-dead' },
      { lateAfter: Duration.minutes(15), deadPeriods: 3 },
    );
    this.ruleSetName = this.#receive(props, delivery);
    this.#readMail(delivery);
    this.#reconcileMail(delivery);
    this.#receiveForms();
    this.#logCalls();
    this.#reviewQuarantine();
  }

  /** SES stores mail under incoming/ and notifies the queue by the topic, verdicts included. */
  #receive(props: IntakeProps, delivery: DeliveryQueue): string {
    const ruleSet = new ReceiptRuleSet(this, 'RuleSet');
    const { topic, policy } = makeEventTopic(this, 'Received', {
      service: 'ses',
      key: props.key,
      source: {
        ArnLike: {
          'aws:SourceArn': `arn:${Aws.PARTITION}:ses:${Aws.REGION}:${Aws.ACCOUNT_ID}:receipt-rule-set/${ruleSet.receiptRuleSetName}:receipt-rule/*`,
        },
      },
    });
    topic.addSubscription(new SqsSubscription(delivery.queue, { rawMessageDelivery: true }));
    const rule = ruleSet.addRule('Help', {
      // An address here also covers its labels, such as help+token@.
      recipients: [...props.helpAddresses],
      scanEnabled: true,
      // Servers without TLS may send, too: refusing them would lose mail.
      tlsPolicy: TlsPolicy.OPTIONAL,
      actions: [new S3({ bucket: this.#shared.store.mail, objectKeyPrefix: 'incoming/', topic })],
    });
    Validations.of(rule).acknowledge({
      id: 'Annotation::@aws-cdk/s3:AddBucketPermissions',
      reason: 'A restored bucket has its policy from the store that knows it.',
    });
    // SES tests both permissions when the rule is made.
    rule.node.addDependency(policy);
    return ruleSet.receiptRuleSetName;
  }

  #readMail(delivery: DeliveryQueue): void {
    const { ledger, store, signing, logRetention } = this.#shared;
    const environment = this.#mailVariables();
    const processMail = new EntryFunction<ProcessMail>(this, 'TakeMail', {
      entry: 'functions/intake/process-mail.lambda.ts',
      environment,
      logRetention,
      timeout: readerTimeout,
      memory: readerMemory,
    });
    const quarantineMail = new EntryFunction<QuarantineMail>(this, 'QuarantineMail', {
      entry: 'functions/intake/quarantine-mail.lambda.ts',
      environment,
      logRetention,
      timeout: readerTimeout,
    });
    processMail.consumeQueue(delivery.queue, mailsAtOnce);
    quarantineMail.consumeQueue(delivery.deadLetters.queue, 10);
    for (const fn of [processMail, quarantineMail]) {
      ledger.grantWrite(fn, 'append');
      // Archiving moves the object: a copy reads the source and writes the destination.
      store.grantMail(fn, {
        read: ['incoming/'],
        mayBeMissing: true,
        write: ['raw/'],
        remove: ['incoming/'],
      });
      signing.grantUse(fn);
    }
    // A mail delivered twice may be archived already when the second is read.
    store.grantMail(processMail, { read: ['raw/'] });
    store.grantContent(processMail, bodyAndAttachmentRights);
    store.grantContent(quarantineMail, bodyRights);
  }

  #reconcileMail(delivery: DeliveryQueue): void {
    const { store, schedules, watch, logRetention, variables } = this.#shared;
    const { MAIL_BUCKET } = variables;
    const reconcileMail = new EntryFunction<ReconcileMail>(this, 'ReconcileMail', {
      entry: 'functions/intake/reconcile-mail.lambda.ts',
      environment: { MAIL_BUCKET, INTAKE_QUEUE_URL: delivery.queue.queueUrl },
      logRetention,
      timeout: Duration.minutes(2),
      retryAttempts: 0,
    });
    store.grantMailList(reconcileMail, 'incoming/');
    reconcileMail.allowSending(delivery.queue);
    reconcileMail.allow(['sqs:GetQueueAttributes'], [delivery.queue.queueArn]);
    schedules.runEvery(5, reconcileMail);
    watch.watchMissingRuns('intake-silent', reconcileMail);
  }

  #receiveForms(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, PUBLIC_URL, MAIL_DOMAIN, DESKS } =
      variables;
    const submitForm = new EntryFunction<SubmitForm>(this, 'SubmitForm', {
      entry: 'functions/intake/submit-form.lambda.ts',
      environment: {
        TABLE_NAME,
        CONTENT_BUCKET,
        SIGNING_SECRET_ARN,
        PUBLIC_URL,
        MAIL_DOMAIN,
        DESKS,
      },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(submitForm, 'append');
    store.grantContent(submitForm, {
      ...bodyAndAttachmentRights,
      read: [...bodyAndAttachmentRights.read, 'upload/'],
      mayBeMissing: true,
    });
    signing.grantUse(submitForm);
    api.addTokenRoutes(submitForm, 'GET /v1/forms', 'GET /v1/forms/{form}', 'POST /v1/inquiries');

    const uploadAttachment = new EntryFunction<UploadAttachment>(this, 'UploadAttachment', {
      entry: 'functions/intake/upload-attachment.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(uploadAttachment, 'put');
    // The browser uploads with this function's signature, and so with its permission.
    store.grantContent(uploadAttachment, { write: ['upload/'] });
    api.addTokenRoutes(uploadAttachment, 'POST /v1/uploads');
  }

  #logCalls(): void {
    const { ledger, store, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS } = variables;
    const logCall = new EntryFunction<LogCall>(this, 'LogCall', {
      entry: 'functions/intake/log-call.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, MAIL_DOMAIN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(logCall, 'append');
    store.grantContent(logCall, { ...bodyRights, write: [...bodyRights.write, 'job/'] });
    api.addTokenRoutes(logCall, 'POST /v1/phone-logs', 'POST /v1/phone-logs/import');
  }

  #reviewQuarantine(): void {
    const { ledger, store, signing, api, logRetention } = this.#shared;
    const reviewQuarantine = new EntryFunction<ReviewQuarantine>(this, 'ReviewQuarantine', {
      entry: 'functions/intake/review-quarantine.lambda.ts',
      environment: this.#mailVariables(),
      logRetention,
      timeout: httpTimeout,
      // Releasing a mail parses it like intake does.
      memory: readerMemory,
    });
    ledger.grantWrite(reviewQuarantine, 'append', 'worklist');
    store.grantMail(reviewQuarantine, { read: ['raw/'], mayBeMissing: true });
    store.grantContent(reviewQuarantine, bodyAndAttachmentRights);
    signing.grantUse(reviewQuarantine);
    api.addTokenRoutes(
      reviewQuarantine,
      'GET /v1/quarantine',
      'POST /v1/quarantine/{id}/release',
      'POST /v1/quarantine/{id}/discard',
      'GET /v1/intake/receipts',
    );
  }

  #mailVariables() {
    const { PUBLIC_URL: _u, WEBHOOK_EXCEPTIONS: _w, ...variables } = this.#shared.variables;
    return variables;
  }
}
