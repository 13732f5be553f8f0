import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import {
  failedMetric,
  type MetricName,
  metricNamespace,
} from '../../functions/edge/telemetry/metric-names.ts';
import type { DeliveryQueue, NamedQueue } from '../app/delivery-queue.ts';
import type { EntryFunction } from '../entry-function.ts';
import { makeEventTopic } from '../event-topic.ts';
import { StageStack } from '../stage-stack.ts';
import { type AlarmEntry, type AlarmName, alarmCatalog } from './alarm-catalog.ts';
import { drawDashboard } from './draw-dashboard.ts';

const period = Duration.minutes(5);

/** CloudWatch's limit for the metrics of one alarm, and one of them is the capability's own. */
const functionsPerAlarm = 9;

/**
 * A condition on a metric; the alarm fires once it has been breached for `periods` of five minutes.
 */
interface AlarmCondition {
  readonly metric: IMetric;
  readonly above?: number;
  readonly below?: number;
  readonly periods?: number;
  /** Tells alarms of one name apart, such as those of several desks. */
  readonly of?: string;
}

/**
 * Alarms with their impact, runbook article and recipients, and the dashboard.
 *
 * Functions and queues of other stacks are watched by their names: a reference would keep the
 * other stack from ever renaming or removing what is watched.
 */
export class Watch extends Construct {
  readonly #production: boolean;
  readonly #runbook: string;
  readonly #alarmAction: SnsAction;
  readonly #alarms: Alarm[] = [];
  readonly #queues: NamedQueue[] = [];
  readonly #graphs: { title: string; metrics: IMetric[] }[] = [];

  constructor(
    scope: Construct,
    id: string,
    props: {
      readonly production: boolean;
      readonly runbook: string;
      readonly recipients: readonly string[];
    },
  ) {
    super(scope, id);
    this.#production = props.production;
    this.#runbook = props.runbook;
    const { topic } = makeEventTopic(this, 'Alarms', { service: 'cloudwatch' });
    for (const recipient of props.recipients) {
      topic.addSubscription(new EmailSubscription(recipient));
    }
    this.#alarmAction = new SnsAction(topic);
  }

  /** Adds an alarm, unless the catalogue has it for production only and the stage is another. */
  addAlarm(name: AlarmName, condition: AlarmCondition): void {
    const { metric, above, below, periods = 1, of } = condition;
    const entry: AlarmEntry = alarmCatalog[name];
    if (entry.productionOnly && !this.#production) return;
    const suffix = of === undefined ? '' : `-${of}`;
    const alarm = new Alarm(this, `${name}${suffix}`, {
      alarmName: StageStack.nameIn(this, `${name}${suffix}`),
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
      metric: makeQueueMetric(delivery, 'ApproximateAgeOfOldestMessage'),
      above: options.lateAfter.toSeconds(),
      ...of,
    });
    this.watchDeadLetters(names.dead, delivery.deadLetters, {
      ...of,
      ...(options.deadPeriods === undefined ? {} : { periods: options.deadPeriods }),
    });
    this.#queues.push(delivery);
  }

  watchDeadLetters(
    name: AlarmName,
    queue: NamedQueue,
    options: { readonly of?: string; readonly periods?: number } = {},
  ): void {
    const metric = makeQueueMetric(queue, 'ApproximateNumberOfMessagesVisible');
    this.addAlarm(name, { metric, above: 0, ...options });
  }

  /** Watches a scheduled function for missing runs. */
  watchMissingRuns(name: AlarmName, fn: EntryFunction): void {
    const metric = makeFunctionMetric(fn, 'Invocations', Stats.SUM);
    this.addAlarm(name, { metric, below: 1, periods: 3 });
  }

  /** Adds metrics to the dashboard that no alarm brings along. */
  addGraph(title: string, ...metrics: readonly IMetric[]): void {
    this.#graphs.push({ title, metrics: [...metrics] });
  }

  /** A metric that the stage's functions count, over all capabilities or for one. */
  #makeCountMetric(metricName: MetricName | typeof failedMetric, capability?: string): Metric {
    return new Metric({
      namespace: metricNamespace,
      metricName,
      dimensionsMap: {
        service: StageStack.of(this).prefix,
        ...(capability === undefined ? {} : { capability }),
      },
      statistic: Stats.SUM,
      period,
    });
  }

  /**
   * Watches every function for failures, by capability, and draws the dashboard of production. To
   * be called once the stage's other stacks are complete.
   */
  complete(functions: readonly EntryFunction[]): void {
    for (const [capability, own] of Map.groupBy(functions, (fn) => fn.capability)) {
      this.#watchFailures(
        capability,
        own.filter((fn) => !fn.refusesByError),
      );
    }
    if (!this.#production) return;
    drawDashboard(this, {
      alarms: this.#alarms,
      queues: this.#queues.map((queue) => ({
        name: queue.name,
        waiting: makeQueueMetric(queue, 'ApproximateNumberOfMessagesVisible'),
        oldest: makeQueueMetric(queue, 'ApproximateAgeOfOldestMessage'),
      })),
      functions: functions.map((fn) => ({
        name: fn.useCase,
        errors: makeFunctionMetric(fn, 'Errors', Stats.SUM),
        duration: makeFunctionMetric(fn, 'Duration', Stats.p(95)),
      })),
      count: (name) => this.#makeCountMetric(name),
      graphs: this.#graphs,
    });
  }

  /**
   * The edge answers every exception itself, so Lambda counts as errors only runs that were
   * stopped or never began. In production each function is watched for those, too; elsewhere they
   * show as dead letters, missing runs and failing requests. Where errors are answers, only what
   * the function itself counts is a failure.
   */
  #watchFailures(capability: string, functions: readonly EntryFunction[]): void {
    const name = `${capability}-failing`;
    if (!isAlarmName(name)) throw new TypeError(`the catalogue has no alarm ${name}`);
    const failed = this.#makeCountMetric(failedMetric, capability);
    if (!this.#production) {
      this.addAlarm(name, { metric: failed, above: 0 });
      return;
    }
    for (let first = 0; first < functions.length; first += functionsPerAlarm) {
      const errors = functions
        .slice(first, first + functionsPerAlarm)
        .map((fn) => makeFunctionMetric(fn, 'Errors', Stats.SUM));
      const metric = first === 0 ? sumOf(failed, ...errors) : sumOf(...errors);
      this.addAlarm(name, { metric, above: 0, ...(first === 0 ? {} : { of: 'more' }) });
    }
  }
}

function isAlarmName(name: string): name is AlarmName {
  return Object.hasOwn(alarmCatalog, name);
}

function sumOf(...metrics: readonly Metric[]): IMetric {
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric]));
  return new MathExpression({
    expression: Object.keys(usingMetrics)
      .map((id) => `FILL(${id}, 0)`)
      .join(' + '),
    usingMetrics,
    label: 'failures',
    period,
  });
}

type QueueMetricName = 'ApproximateAgeOfOldestMessage' | 'ApproximateNumberOfMessagesVisible';

function makeQueueMetric({ name }: NamedQueue, metricName: QueueMetricName): Metric {
  return new Metric({
    namespace: 'AWS/SQS',
    metricName,
    dimensionsMap: { QueueName: name },
    statistic: Stats.MAXIMUM,
    period,
  });
}

/** A metric that Lambda counts for a function. */
export function makeFunctionMetric(
  { name }: EntryFunction,
  metricName: 'Duration' | 'Errors' | 'Invocations' | 'IteratorAge',
  statistic: string,
): Metric {
  const dimensionsMap = { FunctionName: name };
  return new Metric({ namespace: 'AWS/Lambda', metricName, dimensionsMap, statistic, period });
}
