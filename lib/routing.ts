import { Duration } from 'aws-cdk-lib';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as RouteInquiry } from '../functions/routing/route-inquiry.ts';
import { DeliveryQueue } from './delivery-queue.ts';
import { EntryFunction } from './entry-function.ts';
import { bodies } from './store.ts';
import type { Surroundings } from './surroundings.ts';

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
    ledger.grantWrite(routeInquiry, 'append');
    store.grantContent(routeInquiry, bodies);
    watch.delivery(
      delivery,
      { late: 'routing-late', dead: 'routing-dead' },
      { lateAfter: Duration.minutes(10) },
    );
    watch.failing('routing-failing', routeInquiry);
  }
}
