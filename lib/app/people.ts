import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Env as AdmitPeople } from '../../functions/people/admit-people.ts';
import type { Env as EndInquiries } from '../../functions/people/end-inquiries.ts';
import type { Env as ErasePerson } from '../../functions/people/erase-person.ts';
import type { Env as MaintainRegistry } from '../../functions/people/maintain-registry.ts';
import type { Env as OffboardAgent } from '../../functions/people/offboard-agent.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import type { SharedResources } from './shared-resources.ts';

/** The registry of who may do what, and how long what they wrote is kept. */
export class People extends Construct {
  /** Invoked by an administrator to admit the first lead. */
  readonly admitPeopleName: string;

  constructor(scope: Construct, id: string, shared: SharedResources, closedInquiryDays: number) {
    super(scope, id);
    const { ledger, store, signing, api, logRetention } = shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = shared.variables;
    const maintainRegistry = new EntryFunction<MaintainRegistry>(this, 'KeepRegistry', {
      entry: 'functions/people/maintain-registry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(maintainRegistry, 'register', 'agent');
    store.grantContent(maintainRegistry, { write: ['job/'] });
    signing.grantUse(maintainRegistry);
    api.addTokenRoutes(
      maintainRegistry,
      'GET /v1/people',
      'PUT /v1/people/{address}',
      'POST /v1/people/import',
      'PUT /v1/agents/me/presence',
      'GET /v1/agents',
      'GET /v1/agents/{agent}/absences',
      'PUT /v1/agents/{agent}/absences',
    );

    const offboardAgent = new EntryFunction<OffboardAgent>(this, 'OffboardAgent', {
      entry: 'functions/people/offboard-agent.lambda.ts',
      environment: { TABLE_NAME },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(offboardAgent, 'register', 'agent');
    api.addTokenRoutes(
      offboardAgent,
      'POST /v1/agents/{agent}/offboard',
      'GET /v1/agents/{agent}/handover',
    );

    const erasePerson = new EntryFunction<ErasePerson>(this, 'ErasePerson', {
      entry: 'functions/people/erase-person.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(erasePerson, 'put', 'agent', 'requester');
    api.addTokenRoutes(erasePerson, 'POST /v1/people/{address}/erase');

    const admitPeople = new EntryFunction<AdmitPeople>(this, 'AdmitPeople', {
      entry: 'functions/people/admit-people.lambda.ts',
      environment: { TABLE_NAME },
      logRetention,
      timeout: Duration.seconds(30),
    });
    ledger.grantWrite(admitPeople, 'register', 'agent');
    this.admitPeopleName = admitPeople.lambda.functionName;
    this.#endInquiries(shared, closedInquiryDays);
  }

  /** Ends what has been closed for longer than the stage keeps it; an hour late is soon enough. */
  #endInquiries(
    { ledger, store, schedules, logRetention, variables }: SharedResources,
    closedInquiryDays: number,
  ): void {
    const { TABLE_NAME, CONTENT_BUCKET, MAIL_BUCKET } = variables;
    const endInquiries = new EntryFunction<EndInquiries>(this, 'EndInquiries', {
      entry: 'functions/people/end-inquiries.lambda.ts',
      environment: {
        ...{ TABLE_NAME, CONTENT_BUCKET, MAIL_BUCKET },
        CLOSED_INQUIRY_DAYS: String(closedInquiryDays),
      },
      logRetention,
      timeout: Duration.minutes(5),
      retryAttempts: 0,
    });
    ledger.grantWrite(endInquiries, 'append', 'alarms');
    store.grantContent(endInquiries, { remove: ['body/', 'attachment/'], list: true });
    store.grantMail(endInquiries, { remove: ['raw/'] });
    schedules.runEvery(60, endInquiries);
  }
}
