import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Api } from './app/api.ts';
import { Audit } from './app/audit.ts';
import { DeskQueues } from './app/desk-queues.ts';
import { Docs } from './app/docs.ts';
import { Intake } from './app/intake.ts';
import { Job } from './app/job.ts';
import { Notice } from './app/notice.ts';
import { People } from './app/people.ts';
import { Relay } from './app/relay.ts';
import { Routing } from './app/routing.ts';
import { Schedules } from './app/schedules.ts';
import type { SharedResources } from './app/shared-resources.ts';
import { Sla } from './app/sla.ts';
import { Vendor } from './app/vendor.ts';
import { WorkConstruct } from './app/work.ts';
import { makeEncryptionKey } from './data/encryption-key.ts';
import { LedgerTable } from './data/ledger-table.ts';
import { ObjectStore } from './data/object-store.ts';
import { SigningSecretStore } from './data/signing-secret-store.ts';
import { UserDirectory } from './data/user-directory.ts';
import type { StageContext } from './stage-context.ts';
import { Watch } from './watch/watch.ts';

/** One stage of Toritsugi. */
export class ToritsugiStack extends Stack {
  constructor(scope: Construct, id: string, stage: StageContext & { readonly name: string }) {
    super(scope, id, {
      description:
        'Toritsugi: routes IT help desk inquiries and holds them to their service levels',
      terminationProtection: stage.production,
    });
    const { production, webOrigins } = stage;
    const logRetention = stage.retention.logDays;

    // The shared resources.
    const watch = new Watch(this, 'Watch', {
      stage: stage.name,
      runbook: stage.runbook,
      recipients: stage.alarmRecipients,
    });
    const key = production ? makeEncryptionKey(this) : undefined;
    const ledger = new LedgerTable(this, 'Ledger', { production, key, watch });
    const store = new ObjectStore(this, 'Store', {
      production,
      rawMailDays: stage.retention.rawMailDays,
      webOrigins,
      key,
    });
    const signing = new SigningSecretStore(this, 'Signing');
    const schedules = new Schedules(this, 'Schedules', watch);
    const identity = new UserDirectory(this, 'Identity', {
      stage: stage.name,
      production,
      webOrigins,
    });
    const api = new Api(this, 'Api', {
      identity,
      ledger,
      webOrigins,
      throttle: stage.throttle,
      logRetention,
      publicUrl: stage.publicUrl,
      watch,
    });
    const desks = new DeskQueues(this, 'Desks', stage.desks, watch);
    const shared: SharedResources = {
      ledger,
      store,
      api,
      schedules,
      watch,
      signing,
      logRetention,
      variables: {
        TABLE_NAME: ledger.table.tableName,
        MAIL_BUCKET: store.mail.bucketName,
        CONTENT_BUCKET: store.content.bucketName,
        SIGNING_SECRET_ARN: signing.secretArn,
        MAIL_DOMAIN: stage.mailDomain,
        HELP_ADDRESS: stage.helpAddresses[0] ?? '',
        MAIL_POLICY: JSON.stringify(stage.mailPolicy),
        DESKS: desks.description,
        PUBLIC_URL: api.url,
        WEBHOOK_EXCEPTIONS: JSON.stringify(stage.webhookExceptions),
      },
    };

    // The capabilities, along the way of an inquiry.
    const intake = new Intake(this, 'Intake', {
      shared,
      helpAddresses: stage.helpAddresses,
      key,
    });
    const routing = new Routing(this, 'Routing', shared);
    new WorkConstruct(this, 'Work', shared, desks);
    new Vendor(this, 'Vendor', shared, desks);
    const job = new Job(this, 'Job', shared);
    const notice = new Notice(this, 'Notice', { shared, mailDomain: stage.mailDomain, key });
    const sla = new Sla(this, 'Sla', { shared, notices: notice.queue, jobs: job.queue });
    new Relay(this, 'Relay', {
      shared,
      routing: routing.queue,
      notices: notice.queue,
      alarms: sla.queue,
      jobs: job.queue,
      desks,
    });
    const people = new People(this, 'People', shared);
    new Audit(this, 'Audit', shared);
    new Docs(this, 'Docs', shared);
    watch.drawDashboard();

    new CfnOutput(this, 'ApiUrl', { value: api.http.apiEndpoint });
    new CfnOutput(this, 'UserPoolId', { value: identity.pool.userPoolId });
    new CfnOutput(this, 'WebClientId', { value: identity.client.userPoolClientId });
    new CfnOutput(this, 'ReceiptRuleSet', { value: intake.ruleSetName });
    new CfnOutput(this, 'AdmitPeopleFunction', { value: people.admitPeopleName });
    new CfnOutput(this, 'TableName', { value: ledger.table.tableName });
    new CfnOutput(this, 'MailBucket', { value: store.mail.bucketName });
    new CfnOutput(this, 'ContentBucket', { value: store.content.bucketName });
  }
}
