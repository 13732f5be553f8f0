import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as ConfigureRouting } from '../functions/routing/configure-routing.ts';
import type { Env as ExplainRouting } from '../functions/routing/explain-routing.ts';
import type { Env as RouteInquiry } from '../functions/routing/route-inquiry.ts';
import type { Env as SimulateRouting } from '../functions/routing/simulate-routing.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { EntryFunction, httpTimeout } from './entry-function.ts';
import { bodies } from './object-store.ts';
import type { Surroundings } from './shared-resources.ts';

/** Rules that choose an inquiry's desk, priority and category. */
export class Routing extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, around: Surroundings) {
    super(scope, id);
    const { ledger, store, watch, logRetention } = around;
    const { TABLE_NAME, CONTENT_BUCKET, DESKS } = around.variables;
    const timeout = Duration.seconds(30);
    const delivery = new DeliveryQueue(this, 'Received', { consumerTimeout: timeout });
    this.queue = delivery.queue;
    const routeInquiry = new EntryFunction<RouteInquiry>(this, 'RouteInquiry', {
      entry: 'functions/routing/route-inquiry.lambda.ts',
      environment: { TABLE_NAME, CONTENT_BUCKET, DESKS },
      logRetention,
      timeout,
    });
    routeInquiry.consume(delivery.queue, 10);
    ledger.grantWrite(routeInquiry, 'append', 'worklist', 'agent', 'requester');
    store.grantContent(routeInquiry, bodies);
    watch.delivery(
      delivery,
      { late: 'routing-late', dead: 'routing-dead' },
      { lateAfter: Duration.minutes(10) },
    );
    watch.failing('routing-failing', routeInquiry);
    this.#configure(around);
    this.#simulate(around);
    this.#explain(around);
  }

  #configure({ ledger, api, watch, logRetention, variables }: Surroundings): void {
    const { TABLE_NAME, DESKS, WEBHOOK_EXCEPTIONS } = variables;
    const configureRouting = new EntryFunction<ConfigureRouting>(this, 'ConfigureRouting', {
      entry: 'functions/routing/configure-routing.lambda.ts',
      environment: { TABLE_NAME, DESKS, WEBHOOK_EXCEPTIONS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantWrite(configureRouting, 'append');
    api.route(
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
    watch.failing('routing-failing', configureRouting);
  }

  #simulate({ ledger, store, signing, api, watch, logRetention, variables }: Surroundings): void {
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
    api.route(simulateRouting, 'POST /v1/routing/simulate', 'GET /v1/routing/simulations/{job}');
    watch.failing('routing-failing', simulateRouting);
  }

  #explain({ ledger, api, watch, logRetention, variables }: Surroundings): void {
    const { TABLE_NAME, DESKS } = variables;
    const explainRouting = new EntryFunction<ExplainRouting>(this, 'ExplainRouting', {
      entry: 'functions/routing/explain-routing.lambda.ts',
      environment: { TABLE_NAME, DESKS },
      logRetention,
      timeout: httpTimeout,
    });
    ledger.grantRead(explainRouting);
    api.route(explainRouting, 'GET /v1/inquiries/{id}/routing/explain');
    watch.failing('routing-failing', explainRouting);
  }
}
