import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { DataStack } from '../data/data-stack.ts';
import { type NamedStage, StageStack } from '../stage-stack.ts';
import type { Watch } from '../watch/watch.ts';
import { Api } from './api.ts';
import { Audit } from './audit.ts';
import { DeskQueues } from './desk-queues.ts';
import { Docs } from './docs.ts';
import { Intake } from './intake.ts';
import { Job } from './job.ts';
import { Notice } from './notice.ts';
import { People } from './people.ts';
import { Relay } from './relay.ts';
import { Routing } from './routing.ts';
import { Schedules } from './schedules.ts';
import type { SharedResources } from './shared-resources.ts';
import { Sla } from './sla.ts';
import { Vendor } from './vendor.ts';
import { WorkConstruct } from './work.ts';

/** What a stage does: functions, queues and the API. It can be deployed anew at any time. */
export class AppStack extends StageStack {
  constructor(scope: Construct, stage: NamedStage, data: DataStack, watch: Watch) {
    super(scope, stage, 'app', 'routes IT help desk inquiries and holds them to service levels');
    const { ledger, store, signing, key } = data;
    const logRetention = stage.retention.logDays;
    const schedules = new Schedules(this, 'Schedules', watch);
    const api = new Api(this, 'Api', {
      identity: data.identity,
      ledger,
      webOrigins: stage.webOrigins,
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
      claimConcurrency: stage.claimConcurrency,
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
    const notice = new Notice(this, 'Notice', { shared, mailIdentity: data.mailIdentity, key });
    const sla = new Sla(this, 'Sla', { shared, notices: notice.queue, jobs: job.queue });
    new Relay(this, 'Relay', {
      shared,
      routing: routing.queue,
      notices: notice.queue,
      alarms: sla.queue,
      jobs: job.queue,
      desks,
    });
    const people = new People(this, 'People', shared, stage.retention.closedInquiryDays);
    new Audit(this, 'Audit', shared);
    new Docs(this, 'Docs', shared);

    new CfnOutput(this, 'ApiUrl', { value: api.http.apiEndpoint });
    new CfnOutput(this, 'ReceiptRuleSet', { value: intake.ruleSetName });
    new CfnOutput(this, 'AdmitPeopleFunction', { value: people.admitPeopleName });
  }
}
