import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Env as AnnounceWaiting } from '../../functions/work/announce-waiting.ts';
import type { Env as AssignInquiry } from '../../functions/work/assign-inquiry.ts';
import type { Env as ClaimInquiry } from '../../functions/work/claim-inquiry.ts';
import type { Env as CommandInquiry } from '../../functions/work/command-inquiry.ts';
import type { Env as ReadDesks } from '../../functions/work/read-desks.ts';
import type { Env as ReadInquiry } from '../../functions/work/read-inquiry.ts';
import { bodyAndAttachmentRights, bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout, waitingMemory } from '../entry-function.ts';
import { type DeskQueues, deskReaderTimeout } from './desk-queues.ts';
import type { SharedResources } from './shared-resources.ts';

/** Claiming, assigning, reading and answering at the desks. */
export class WorkConstruct extends Construct {
  readonly #shared: SharedResources;
  readonly #desks: DeskQueues;

  constructor(scope: Construct, id: string, shared: SharedResources, desks: DeskQueues) {
    super(scope, id);
    this.#shared = shared;
    this.#desks = desks;
    this.#claimInquiries();
    this.#commandInquiries();
    this.#readInquiries();
    this.#assignInquiries();
    this.#announceWaiting();
  }

  #claimInquiries(): void {
    const { ledger, store, api, logRetention, claimConcurrency, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = variables;
    const claimInquiry = new EntryFunction<ClaimInquiry>(this, 'ClaimInquiry', {
      entry: 'functions/work/claim-inquiry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS },
      logRetention,
      timeout: httpTimeout,
      memory: waitingMemory,
      reservedConcurrency: claimConcurrency,
    });
    ledger.grantWrite(claimInquiry, 'append', 'worklist');
    store.grantContent(claimInquiry, bodyRights);
    claimInquiry.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
      this.#desks.queues.map((queue) => queue.queueArn),
    );
    api.addTokenRoutes(
      claimInquiry,
      'POST /v1/desks/{desk}/claims',
      'POST /v1/inquiries/{id}/claim',
    );
  }

  #commandInquiries(): void {
    const { ledger, store, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = variables;
    const commandInquiry = new EntryFunction<CommandInquiry>(this, 'CommandInquiry', {
      entry: 'functions/work/command-inquiry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(commandInquiry, 'append');
    store.grantContent(commandInquiry, {
      ...bodyAndAttachmentRights,
      read: [...bodyAndAttachmentRights.read, 'upload/'],
      mayBeMissing: true,
    });
    api.addTokenRoutes(
      commandInquiry,
      // One route for every command, since each route is a resource of the stack.
      'POST /v1/inquiries/{id}/{command}',
      'POST /v1/inquiries/{id}/unmaskings/{unmasking}/settle',
      'PATCH /v1/inquiries/{id}',
    );
  }

  #readInquiries(): void {
    const { ledger, store, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = variables;
    const readInquiry = new EntryFunction<ReadInquiry>(this, 'ReadInquiry', {
      entry: 'functions/work/read-inquiry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readInquiry, 'worklist', 'agent', 'requester', 'alarms');
    store.grantContent(readInquiry, { read: ['body/', 'attachment/'] });
    signing.grantUse(readInquiry);
    api.addTokenRoutes(
      readInquiry,
      'GET /v1/inquiries',
      'GET /v1/inquiries/{id}',
      'GET /v1/inquiries/{id}/messages',
      'GET /v1/inquiries/{id}/events',
      'GET /v1/inquiries/{id}/attachments/{attachment}',
    );

    const readDesks = new EntryFunction<ReadDesks>(this, 'ReadDesks', {
      entry: 'functions/work/read-desks.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readDesks, 'worklist');
    api.addTokenRoutes(readDesks, 'GET /v1/desks', 'GET /v1/desks/{desk}/worklist');
  }

  #assignInquiries(): void {
    const { ledger, logRetention, variables } = this.#shared;
    const { TABLE_NAME, DESKS } = variables;
    const assignInquiry = new EntryFunction<AssignInquiry>(this, 'AssignInquiry', {
      entry: 'functions/work/assign-inquiry.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: deskReaderTimeout,
    });
    ledger.grantWrite(assignInquiry, 'append', 'agent', 'requester');
    for (const desk of this.#desks.all) {
      if (desk.kind === 'internal' && desk.mode === 'push') {
        assignInquiry.consumeQueue(desk.delivery.queue, 10);
      }
    }
  }

  #announceWaiting(): void {
    const { ledger, schedules, watch, logRetention, variables } = this.#shared;
    const { TABLE_NAME, DESKS } = variables;
    const announceWaiting = new EntryFunction<AnnounceWaiting>(this, 'AnnounceWaiting', {
      entry: 'functions/work/announce-waiting.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: Duration.seconds(50),
      retryAttempts: 0,
    });
    ledger.grantRead(announceWaiting, 'worklist', 'agent');
    announceWaiting.allow(
      ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
      this.#desks.queues.map((queue) => queue.queueArn),
    );
    schedules.runEvery(1, announceWaiting);
    watch.watchMissingRuns('work-silent', announceWaiting);
  }
}
