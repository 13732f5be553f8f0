import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, metricNames } from '../../functions/edge/telemetry/metric-names.ts';
import { StageStack } from '../stage-stack.ts';

/** Draws the dashboard of everything that is watched. */
export function drawDashboard(
  scope: Construct,
  watched: {
    readonly alarms: Alarm[];
    readonly queues: readonly { name: string; waiting: Metric; oldest: Metric }[];
    readonly functions: readonly { name: string; errors: Metric; duration: Metric }[];
    readonly count: (name: MetricName) => Metric;
    readonly graphs: readonly { title: string; metrics: IMetric[] }[];
  },
): void {
  const { alarms, queues, functions, count, graphs } = watched;
  const graph = (title: string, left: IMetric[]) =>
    new GraphWidget({ title, left, width: 12, height: 6, liveData: true });
  const dashboard = new Dashboard(scope, 'Dashboard', {
    dashboardName: StageStack.of(scope).prefix,
    defaultInterval: Duration.hours(12),
  });
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 8 }));
  dashboard.addWidgets(
    graph(
      'Messages waiting',
      queues.map(({ name, waiting }) => waiting.with({ label: name })),
    ),
    graph(
      'Age of the oldest message, seconds',
      queues.map(({ name, oldest }) => oldest.with({ label: name })),
    ),
  );
  dashboard.addWidgets(
    graph(
      'Function errors',
      functions.map(({ name, errors }) => errors.with({ label: name })),
    ),
    graph(
      'Function duration, 95th percentile, milliseconds',
      functions.map(({ name, duration }) => duration.with({ label: name })),
    ),
  );
  dashboard.addWidgets(
    graph('What became of records and requests', Object.values(metricNames).map(count)),
    ...graphs.map(({ title, metrics }) => graph(title, metrics)),
  );
}
