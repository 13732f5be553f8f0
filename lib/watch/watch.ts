import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import {
  metricNames,
  metricNamespace,
  metricService,
} from '../../functions/edge/telemetry/metric-names.ts';
import type { DeliveryQueue } from '../app/delivery-queue.ts';
import type { EntryFunction } from '../entry-function.ts';
import { type AlarmName, alarmCatalog } from './alarm-catalog.ts';

const period = Duration.minutes(5);

/**
 * A condition on a metric; the alarm fires once it has been breached for `periods` of five minutes.
 */
interface AlarmCondition {
  readonly metric: IMetric;
  readonly above?: number;
  readonly below?: number;
  readonly periods?: number;
  /** Tells alarms of one name apart by desk or function. */
  readonly of?: string;
}

/** Alarms with their impact, runbook article and recipients, and the dashboard. */
export class Watch extends Construct {
  readonly #stage: string;
  readonly #runbook: string;
  readonly #alarmAction: SnsAction;
  readonly #alarms: Alarm[] = [];
  readonly #functions: EntryFunction[] = [];
  readonly #queues: { name: string; queue: IQueue }[] = [];
  readonly #others: { title: string; metrics: IMetric[] }[] = [];

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly stage: string;
      readonly runbook: string;
      readonly recipients: readonly string[];
    },
  ) {
    super(scope, id);
    this.#stage = props.stage;
    this.#runbook = props.runbook;
    const topic = new Topic(this, 'Alarms', { enforceSSL: true });
    for (const recipient of props.recipients) {
      topic.addSubscription(new EmailSubscription(recipient));
    }
    this.#alarmAction = new SnsAction(topic);
  }

  addAlarm(name: AlarmName, condition: AlarmCondition): void {
    const { metric, above, below, periods = 1, of } = condition;
    const entry = alarmCatalog[name];
    const suffix = of === undefined ? '' : `-${of}`;
    const alarm = new Alarm(this, `${name}${suffix}`, {
      alarmName: `toritsugi-${this.#stage}-${name}${suffix}`,
      alarmDescription: `${entry.impact} What to do: ${this.#runbook}#${entry.article}`,
      metric,
      threshold: above ?? below ?? 0,
      comparisonOperator:
        below === undefined
          ? ComparisonOperator.GREATER_THAN_THRESHOLD
          : ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: periods,
      // Where too low is the fault, missing data is a fault, too.
      treatMissingData:
        below === undefined ? TreatMissingData.NOT_BREACHING : TreatMissingData.BREACHING,
    });
    alarm.addAlarmAction(this.#alarmAction);
    alarm.addOkAction(this.#alarmAction);
    this.#alarms.push(alarm);
  }

  /** Watches a queue for messages that nobody reads, and its dead letters for any at all. */
  watchDelivery(
    delivery: DeliveryQueue,
    names: { readonly late: AlarmName; readonly dead: AlarmName },
    options: {
      readonly lateAfter: Duration;
      readonly of?: string;
      /** Where a function reads the dead letters, only those that stay raise the alarm. */
      readonly deadPeriods?: number;
    },
  ): void {
    const of = options.of === undefined ? {} : { of: options.of };
    this.addAlarm(names.late, {
      metric: delivery.queue.metricApproximateAgeOfOldestMessage({
        period,
        statistic: Stats.MAXIMUM,
      }),
      above: options.lateAfter.toSeconds(),
      ...of,
    });
    this.watchDeadLetters(names.dead, delivery.deadLetters, {
      ...of,
      ...(options.deadPeriods === undefined ? {} : { periods: options.deadPeriods }),
    });
    this.#queues.push({
      name: options.of ?? names.late.replace('-late', ''),
      queue: delivery.queue,
    });
  }

  watchDeadLetters(
    name: AlarmName,
    queue: IQueue,
    options: { readonly of?: string; readonly periods?: number } = {},
  ): void {
    this.addAlarm(name, {
      metric: queue.metricApproximateNumberOfMessagesVisible({
        period,
        statistic: Stats.MAXIMUM,
      }),
      above: 0,
      ...options,
    });
  }

  /** Watches functions for invocations that end in an error. */
  watchFailures(name: AlarmName, ...functions: readonly EntryFunction[]): void {
    for (const fn of functions) {
      this.addAlarm(name, {
        metric: fn.lambda.metricErrors({ period, statistic: Stats.SUM }),
        above: 0,
        of: fn.useCase,
      });
      this.#functions.push(fn);
    }
  }

  /** Watches a scheduled function for missing runs. */
  watchMissingRuns(name: AlarmName, fn: EntryFunction): void {
    this.addAlarm(name, {
      metric: fn.lambda.metricInvocations({ period, statistic: Stats.SUM }),
      below: 1,
      periods: 3,
    });
  }

  /** Adds metrics to the dashboard that no alarm brings along. */
  addGraph(title: string, ...metrics: readonly IMetric[]): void {
    this.#others.push({ title, metrics: [...metrics] });
  }

  /** Draws the dashboard of everything watched before. */
  drawDashboard(): void {
    const graph = (title: string, left: IMetric[]) =>
      new GraphWidget({ title, left, width: 12, height: 6, liveData: true });
    const counted = (metricName: string) =>
      new Metric({
        namespace: metricNamespace,
        metricName,
        dimensionsMap: { service: metricService },
        statistic: Stats.SUM,
        period,
      });
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `toritsugi-${this.#stage}`,
      defaultInterval: Duration.hours(12),
    });
    dashboard.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: this.#alarms, width: 24, height: 8 }),
    );
    dashboard.addWidgets(
      graph(
        'Messages waiting',
        this.#queues.map(({ name, queue }) =>
          queue.metricApproximateNumberOfMessagesVisible({ label: name, period }),
        ),
      ),
      graph(
        'Age of the oldest message, seconds',
        this.#queues.map(({ name, queue }) =>
          queue.metricApproximateAgeOfOldestMessage({ label: name, period }),
        ),
      ),
    );
    dashboard.addWidgets(
      graph(
        'Function errors',
        this.#functions.map((fn) => fn.lambda.metricErrors({ label: fn.useCase, period })),
      ),
      graph(
        'Function duration, 95th percentile, milliseconds',
        this.#functions.map((fn) =>
          fn.lambda.metricDuration({ label: fn.useCase, statistic: Stats.p(95), period }),
        ),
      ),
    );
    dashboard.addWidgets(
      graph('What became of records and requests', Object.values(metricNames).map(counted)),
      ...this.#others.map(({ title, metrics }) => graph(title, metrics)),
    );
  }
}
