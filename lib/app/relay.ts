import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterCriteria, FilterRule } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Env as RelayEvents } from '../../functions/relay/relay-events.ts';
import { EntryFunction } from '../entry-function.ts';
import { makeFunctionMetric } from '../watch/watch.ts';
import { makeFailureQueue } from './delivery-queue.ts';
import type { DeskQueues } from './desk-queues.ts';
import type { SharedResources } from './shared-resources.ts';

export interface RelayProps {
  readonly shared: SharedResources;
  readonly routing: IQueue;
  readonly notices: IQueue;
  readonly alarms: IQueue;
  readonly jobs: IQueue;
  readonly desks: DeskQueues;
}

/** The outbox: new items of the ledger become queue messages to the functions that need them. */
export class Relay extends Construct {
  constructor(scope: Construct, id: string, props: RelayProps) {
    super(scope, id);
    const { ledger, watch, variables, logRetention } = props.shared;
    const relayEvents = new EntryFunction<RelayEvents>(this, 'RelayEvents', {
      entry: 'functions/relay/relay-events.lambda.ts',
      environment: {
        ROUTING_QUEUE_URL: props.routing.queueUrl,
        NOTICE_QUEUE_URL: props.notices.queueUrl,
        ALARM_QUEUE_URL: props.alarms.queueUrl,
        JOB_QUEUE_URL: props.jobs.queueUrl,
        DESKS: variables.DESKS,
      },
      logRetention,
      timeout: Duration.minutes(1),
    });
    relayEvents.allowSending(
      props.routing,
      props.notices,
      props.alarms,
      props.jobs,
      ...props.desks.queues,
    );

    // It holds pointers into the stream, which keeps records for a day.
    const dead = makeFailureQueue(this, 'Dead', 'relay', Duration.days(1));
    relayEvents.allowSending(dead.queue);
    ledger.grantStream(relayEvents);
    relayEvents.lambda.addEventSourceMapping('FromLedger', {
      eventSourceArn: ledger.streamArn,
      startingPosition: ledger.streamStart,
      batchSize: 100,
      bisectBatchOnError: true,
      retryAttempts: 10,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: dead.queue.queueArn }) },
      filters: [
        FilterCriteria.filter({
          eventName: FilterRule.isEqual('INSERT'),
          dynamodb: { NewImage: { kind: { S: FilterRule.or('event', 'notice', 'job') } } },
        }),
      ],
    });

    watch.watchDeadLetters('relay-dead', dead);
    const iteratorAge = makeFunctionMetric(relayEvents, 'IteratorAge', Stats.MAXIMUM);
    watch.addAlarm('relay-late', {
      metric: iteratorAge,
      above: Duration.minutes(2).toMilliseconds(),
    });
    watch.addGraph('Relay: how far behind the ledger, milliseconds', iteratorAge);
  }
}
