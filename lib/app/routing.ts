import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as ConfigureRouting } from '../../functions/routing/configure-routing.ts';
import type { Env as ExplainRouting } from '../../functions/routing/explain-routing.ts';
import type { Env as RouteInquiry } from '../../functions/routing/route-inquiry.ts';
import type { Env as SimulateRouting } from '../../functions/routing/simulate-routing.ts';
import { bodyRights } from '../data/object-store.ts';
import { EntryFunction, httpTimeout } from '../entry-function.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import type { SharedResources } from './shared-resources.ts';

/** Rules that choose an inquiry's desk, priority and category. */
export class Routing extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, shared: SharedResources) {
    super(scope, id);
    const { ledger, store, watch, logRetention } = shared;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = shared.variables;
    const timeout = Duration.seconds(30);
    const delivery = new DeliveryQueue(this, 'Received', {
      name: 'routing',
      consumerTimeout: timeout,
    });
    this.queue = delivery.queue;
    const routeInquiry = new EntryFunction<RouteInquiry>(this, 'RouteInquiry', {
      entry: 'functions/routing/route-inquiry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS },
      logRetention,
      timeout,
    });
    routeInquiry.consumeQueue(delivery.queue, 10);
    ledger.grantWrite(routeInquiry, 'append', 'worklist', 'agent', 'requester');
    store.grantContent(routeInquiry, bodyRights);
    watch.watchDelivery(
      delivery,
      { late: 'routing-late', dead: 'routing-dead' },
      { lateAfter: Duration.minutes(10) },
    );
    this.#configureRouting(shared);
    this.#simulateRouting(shared);
    this.#explainRouting(shared);
  }

  #configureRouting({ ledger, api, logRetention, variables }: SharedResources): void {
    const { TABLE_NAME, DESKS, WEBHOOK_EXCEPTIONS } = variables;
    const configureRouting = new EntryFunction<ConfigureRouting>(this, 'ConfigureRouting', {
      entry: 'functions/routing/configure-routing.lambda.ts',
      environment: { TABLE_NAME, DESKS, WEBHOOK_EXCEPTIONS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(configureRouting, 'append');
    api.addTokenRoutes(
      configureRouting,
      'GET /v1/config/routing',
      'PUT /v1/config/routing',
      'GET /v1/config/routing/diff',
      'POST /v1/config/routing/restore',
      'GET /v1/config/desks',
      'PUT /v1/config/desks',
      'GET /v1/config/desks/diff',
      'POST /v1/config/desks/restore',
    );
  }

  #simulateRouting({
    ledger,
    store,
    signing,
    api,

    logRetention,
    variables,
  }: SharedResources): void {
    const { TABLE_NAME, CONTENT_BUCKET, DESKS, SIGNING_SECRET_ARN, WEBHOOK_EXCEPTIONS } = variables;
    const simulateRouting = new EntryFunction<SimulateRouting>(this, 'SimulateRouting', {
      entry: 'functions/routing/simulate-routing.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS, SIGNING_SECRET_ARN, WEBHOOK_EXCEPTIONS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(simulateRouting, 'put');
    store.grantContent(simulateRouting, { read: ['job/'], write: ['job/'], mayBeMissing: true });
    signing.grantUse(simulateRouting);
    api.addTokenRoutes(
      simulateRouting,
      'POST /v1/routing/simulate',
      'GET /v1/routing/simulations/{job}',
    );
  }

  #explainRouting({ ledger, api, logRetention, variables }: SharedResources): void {
    const { TABLE_NAME, DESKS } = variables;
    const explainRouting = new EntryFunction<ExplainRouting>(this, 'ExplainRouting', {
      entry: 'functions/routing/explain-routing.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(explainRouting);
    api.addTokenRoutes(explainRouting, 'GET /v1/inquiries/{id}/routing/explain');
  }
}
