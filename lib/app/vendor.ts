import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Env as NotifyVendor } from '../../functions/vendor/notify-vendor.ts';
import type { Env as ReadKey } from '../../functions/vendor/read-key.ts';
import type { Env as PerformVendorCommand } from '../../functions/work/perform-vendor-command.ts';
import type { Env as ServeVendor } from '../../functions/work/serve-vendor.ts';
import { bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout, waitingMemory } from '../entry-function.ts';
import { type DeskQueues, deskReaderTimeout, type StageDesk } from './desk-queues.ts';
import type { SharedResources } from './shared-resources.ts';

/** Vendors' own ticketing systems, which exchange work and answers by signed HTTP or by queues. */
export class Vendor extends Construct {
  readonly #shared: SharedResources;
  readonly #desks: DeskQueues;

  constructor(scope: Construct, id: string, shared: SharedResources, desks: DeskQueues) {
    super(scope, id);
    this.#shared = shared;
    this.#desks = desks;
    this.#serveVendors();
    this.#readKeys();
    this.#notifyVendors();
    this.#receiveAnswers();
  }

  #serveVendors(): void {
    const { ledger, store, signing, api, logRetention, claimConcurrency, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS } = variables;
    const serveVendor = new EntryFunction<ServeVendor>(this, 'ServeVendor', {
      entry: 'functions/work/serve-vendor.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
      memory: waitingMemory,
      reservedConcurrency: claimConcurrency,
    });
    ledger.grantWrite(serveVendor, 'append', 'worklist');
    store.grantContent(serveVendor, bodyRights);
    signing.grantUse(serveVendor);
    // A claim waits at the queue, where no other function reads it.
    const pullDesks = this.#desks.all.filter(
      ({ kind, mode }) => kind === 'outsourced' && mode === 'pull',
    );
    if (pullDesks.length > 0) {
      serveVendor.allow(
        ['sqs:ReceiveMessage', 'sqs:DeleteMessage'],
        pullDesks.map(({ delivery }) => delivery.queue.queueArn),
      );
    }
    api.addSignedRoutes(
      serveVendor,
      "The function checks the signature over the whole request by the vendor's own keys; a vendor's system has no account to get a token for.",
      'POST /v1/vendors/{vendor}/desks/{desk}/claims',
      'GET /v1/vendors/{vendor}/inquiries/{id}',
      'GET /v1/vendors/{vendor}/inquiries/{id}/messages',
      'POST /v1/vendors/{vendor}/inquiries/{id}/{command}',
    );
  }

  #readKeys(): void {
    const { ledger, signing, api, logRetention, variables } = this.#shared;
    const { TABLE_NAME, SIGNING_SECRET_ARN, DESKS } = variables;
    const readKey = new EntryFunction<ReadKey>(this, 'ReadKey', {
      entry: 'functions/vendor/read-key.lambda.ts',
      environment: { TABLE_NAME, SIGNING_SECRET_ARN, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(readKey);
    signing.grantUse(readKey);
    api.addTokenRoutes(readKey, 'GET /v1/config/desks/vendors/{vendor}/keys/{key}');
  }

  /** For desks that push work to their vendor; at the others the vendor asks for work. */
  #notifyVendors(): void {
    const pushDesks = this.#desks.all.filter(
      ({ kind, mode }) => kind === 'outsourced' && mode === 'push',
    );
    const { ledger, signing, logRetention, variables } = this.#shared;
    const { TABLE_NAME, SIGNING_SECRET_ARN, DESKS, WEBHOOK_EXCEPTIONS } = variables;
    const notifyVendor = new EntryFunction<NotifyVendor>(this, 'NotifyVendor', {
      entry: 'functions/vendor/notify-vendor.lambda.ts',
      environment: { TABLE_NAME, SIGNING_SECRET_ARN, DESKS, WEBHOOK_EXCEPTIONS },
      logRetention,
      timeout: deskReaderTimeout,
    });
    ledger.grantRead(notifyVendor);
    signing.grantUse(notifyVendor);
    for (const { delivery } of pushDesks) notifyVendor.consumeQueue(delivery.queue, 10);
  }

  /** For desks with the account of their vendor. */
  #receiveAnswers(): void {
    const desksWithQueue = this.#desks.all.filter(hasAnswersQueue);
    const { ledger, store, signing, logRetention, variables } = this.#shared;
    const { TABLE_NAME, CONTENT_BUCKET, SIGNING_SECRET_ARN, DESKS, WEBHOOK_EXCEPTIONS } = variables;
    // Pairs, since an ARN that is known only after deployment cannot be a key.
    const queues = desksWithQueue.map(({ id, answers }) => [answers.queue.queueArn, id]);
    const performVendorCommand = new EntryFunction<PerformVendorCommand>(this, 'TakeAnswer', {
      entry: 'functions/work/perform-vendor-command.lambda.ts',
      environment: {
        TABLE_NAME,
        CONTENT_BUCKET,
        SIGNING_SECRET_ARN,
        DESKS,
        ANSWER_QUEUES: Stack.of(this).toJsonString(queues),
        WEBHOOK_EXCEPTIONS,
      },
      logRetention,
      timeout: deskReaderTimeout,
    });
    ledger.grantWrite(performVendorCommand, 'append');
    ledger.grantAudit(performVendorCommand);
    store.grantContent(performVendorCommand, bodyRights);
    signing.grantUse(performVendorCommand);
    for (const { answers } of desksWithQueue) performVendorCommand.consumeQueue(answers.queue, 10);
  }
}

function hasAnswersQueue(desk: StageDesk): desk is StageDesk & {
  readonly answers: NonNullable<StageDesk['answers']>;
} {
  return desk.answers !== undefined;
}
