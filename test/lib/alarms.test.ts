import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AlarmEntry, alarmCatalog } from '../../lib/watch/alarm-catalog.ts';
import { type SynthesizedResource, SynthesizedStage, targetOf, useCaseOf } from './synthesize.ts';
import { synthesizeVendorStage } from './vendor-stage.ts';

const prod = new SynthesizedStage('prod');
const dev = new SynthesizedStage('dev');
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const articles = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
);

const alarms = prod.resourcesOfType('AWS::CloudWatch::Alarm');
const queues = prod.resourcesOfType('AWS::SQS::Queue');
const readDead = queues.flatMap((queue) => {
  const dead = targetOf(queue.Properties.RedrivePolicy?.deadLetterTargetArn);
  return dead === undefined ? [] : [dead];
});
const streamDead = prod
  .resourcesOfType('AWS::Lambda::EventSourceMapping')
  .flatMap(
    (mapping) => targetOf(mapping.Properties.DestinationConfig?.OnFailure.Destination) ?? [],
  );
const scheduleDead = prod
  .resourcesOfType('AWS::Events::Rule')
  .flatMap((rule) => rule.Properties.Targets)
  .flatMap((one) => targetOf(one.DeadLetterConfig?.Arn) ?? []);
const dead = new Set([...readDead, ...streamDead, ...scheduleDead]);

const refusingByError = 'people/accept-sign-in';

function capabilityOf(fn: SynthesizedResource): string {
  return useCaseOf(fn).split('/')[0] ?? '';
}

interface MetricStat {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions?: readonly { Name: string; Value: unknown }[];
  };
}

/** The metrics that an alarm evaluates, as JSON: `AWS/SQS NumberOfMessages {"QueueName":"…"}`. */
function metricsOf({ Properties }: SynthesizedResource): string[] {
  const { Metrics, Namespace, MetricName, Dimensions } = Properties;
  const stats: MetricStat['Metric'][] =
    Metrics === undefined
      ? [{ Namespace, MetricName, Dimensions }]
      : (Metrics as { MetricStat?: MetricStat }[]).flatMap(
          ({ MetricStat }) => MetricStat?.Metric ?? [],
        );
  return stats.map((one) => {
    const dimensions = (one.Dimensions ?? []).map(({ Name, Value }) => [Name, Value] as const);
    return `${one.Namespace} ${one.MetricName} ${JSON.stringify(Object.fromEntries(dimensions.sort()))}`;
  });
}

function watching(metric: string, dimensions: Readonly<Record<string, string>>) {
  const wanted = `${metric} ${JSON.stringify(dimensions)}`;
  return alarms.filter((alarm) => metricsOf(alarm).includes(wanted));
}

describe('queues', () => {
  it('are there for each step of the way and for each desk', () => {
    const names = queues.filter((queue) => !dead.has(queue.id)).map((queue) => queue.id);
    expect(names.map((name) => name.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'DesksbpoQueue',
      'DesksbpobQueue',
      'DesksstaffQueue',
      'IntakeMailsQueue',
      'JobErasuresQueue',
      'JobStartedQueue',
      'NoticeBouncesQueue',
      'NoticePendingQueue',
      'RoutingReceivedQueue',
      'SlaAlarmsQueue',
    ]);
  });

  it.each(queues.map((queue) => [queue.id, queue] as const))(
    '%s is a dead-letter queue or has one',
    (id, queue) => {
      expect(dead.has(id)).toBe(queue.Properties.RedrivePolicy === undefined);
    },
  );

  it.each(queues.map((queue) => [queue.id, queue] as const))('%s wakes somebody', (id, queue) => {
    const metric = dead.has(id)
      ? 'AWS/SQS ApproximateNumberOfMessagesVisible'
      : 'AWS/SQS ApproximateAgeOfOldestMessage';
    const [alarm] = watching(metric, { QueueName: queue.Properties.QueueName });
    expect(alarm?.Properties.AlarmActions).toHaveLength(1);
  });

  it('give a message out again only after six times its reader has had time', () => {
    for (const mapping of prod.resourcesOfType('AWS::Lambda::EventSourceMapping')) {
      const queue = queues.find((one) => one.id === targetOf(mapping.Properties.EventSourceArn));
      if (queue === undefined) continue;
      const reader = prod.functions.find(
        (fn) => fn.id === targetOf(mapping.Properties.FunctionName),
      );
      const patience = queue.Properties.VisibilityTimeout / reader?.Properties.Timeout;
      expect(patience, queue.id).toBeGreaterThanOrEqual(6);
    }
    for (const desk of queues.filter(
      (queue) => queue.id.startsWith('Desks') && !dead.has(queue.id),
    )) {
      const claim = prod.functionOf('work/claim-inquiry');
      expect(desk.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(
        claim.Properties.Timeout * 6,
      );
    }
  });

  it('are encrypted and closed to what is not TLS', () => {
    const closed = prod
      .resourcesOfType('AWS::SQS::QueuePolicy')
      .flatMap(({ Properties }) =>
        Properties.PolicyDocument.Statement.some(
          (one: { Effect: string; Condition?: { Bool?: Record<string, string> } }) =>
            one.Effect === 'Deny' && one.Condition?.Bool?.['aws:SecureTransport'] === 'false',
        )
          ? Properties.Queues.map(targetOf)
          : [],
      );
    expect(closed.sort()).toEqual(queues.map((queue) => queue.id).sort());
    for (const queue of queues) expect(queue.Properties.SqsManagedSseEnabled).toBe(true);
  });

  it('keep a dead mail until somebody has looked, and dead stream records as long as they point anywhere', () => {
    const retention = (id: string | undefined) =>
      queues.find((queue) => queue.id === id)?.Properties.MessageRetentionPeriod;
    expect(readDead.map(retention)).toEqual(readDead.map(() => 14 * 86_400));
    expect(streamDead.map(retention)).toEqual([86_400]);
  });
});

describe('alarms', () => {
  it.each(alarms.map((alarm) => [alarm.Properties.AlarmName as string, alarm] as const))(
    '%s says whom it hurts and leads to its article',
    (name, { Properties }) => {
      const [impact, article] = (Properties.AlarmDescription as string).split(
        ' What to do: docs/runbook.md#',
      );
      const entry: AlarmEntry | undefined = Object.entries(alarmCatalog).find(([key]) =>
        name.startsWith(`toritsugi-prod-${key}`),
      )?.[1];
      expect(entry).toMatchObject({ impact, article });
      expect(articles.get(article ?? '')).toContain(impact);
    },
  );

  it('all notify somebody, and no article is about an alarm that does not exist', () => {
    // Some belong to queues that exist only in a stage with a vendor's account.
    const all = [...alarms, ...synthesizeVendorStage().resourcesOfType('AWS::CloudWatch::Alarm')];
    const named = new Set(
      all.map((alarm) => (alarm.Properties.AlarmDescription as string).split('#')[1]),
    );
    expect([...named].sort()).toEqual(Object.keys(alarmCatalog).sort());
    expect([...articles.keys()].sort()).toEqual(
      [...Object.keys(alarmCatalog), 'Things one does'].sort(),
    );
  });

  it('ring for what the edge answers itself, in every stage and for every capability', () => {
    for (const [stage, name] of [
      [prod, 'prod'],
      [dev, 'dev'],
    ] as const) {
      const failing = new Map(
        stage
          .resourcesOfType('AWS::CloudWatch::Alarm')
          .map((alarm) => [alarm.Properties.AlarmName as string, alarm] as const),
      );
      for (const capability of new Set(stage.functions.map(capabilityOf))) {
        const alarm = failing.get(`toritsugi-${name}-${capability}-failing`);
        expect(alarm && metricsOf(alarm), capability).toContain(
          `Toritsugi Failed {"capability":"${capability}","service":"toritsugi-${name}"}`,
        );
        expect(alarm?.Properties).toMatchObject({
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          EvaluationPeriods: 1,
        });
      }
    }
  });

  it('tell of runs that were stopped or never began, under their capability', () => {
    for (const fn of prod.functions.filter((one) => useCaseOf(one) !== refusingByError)) {
      const [alarm] = watching('AWS/Lambda Errors', { FunctionName: fn.Properties.FunctionName });
      expect(alarm?.Properties.AlarmName, useCaseOf(fn)).toMatch(
        new RegExp(`^toritsugi-prod-${capabilityOf(fn)}-failing(-more)?$`),
      );
    }
  });

  it('do not ring for a sign-in that is refused, which the user pool takes as an error only', () => {
    const { FunctionName } = prod.functionOf(refusingByError).Properties;
    expect(watching('AWS/Lambda Errors', { FunctionName })).toEqual([]);
  });

  it('evaluate no more metrics than CloudWatch allows: ten', () => {
    expect(alarms.filter((alarm) => metricsOf(alarm).length > 10)).toEqual([]);
  });

  it('of a stage that is not production say what is broken, and leave out what is slow', () => {
    const names = (stage: SynthesizedStage) =>
      stage
        .resourcesOfType('AWS::CloudWatch::Alarm')
        .map(({ Properties }) => (Properties.AlarmName as string).replace(/^toritsugi-\w+-/, ''));
    const left = names(prod).filter((name) => !names(dev).includes(name));
    expect(left.length).toBeGreaterThan(0);
    expect(left.filter((name) => !/-late(-|$)/.test(name)).sort()).toEqual([
      'ledger-throttled',
      'notice-bounced',
      'notice-complained',
    ]);
  });

  it('watch what is there: each name is a function or queue of the stage', () => {
    const known = [...prod.functions, ...queues].map(
      ({ Properties }) => (Properties.FunctionName ?? Properties.QueueName) as string,
    );
    expect(new Set(known).size).toBe(known.length);
    const watched = alarms.flatMap((alarm) =>
      metricsOf(alarm).flatMap(
        (metric) => /"(?:Function|Queue)Name":"([^"]+)"/.exec(metric)?.[1] ?? [],
      ),
    );
    expect(watched.length).toBeGreaterThan(known.length);
    expect(watched.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('take silence for a fault where a schedule has stopped', () => {
    const scheduled = prod
      .resourcesOfType('AWS::Events::Rule')
      .flatMap((rule) => rule.Properties.Targets.map((one: { Arn: unknown }) => targetOf(one.Arn)));
    // An hour or a day without an end to closed inquiries harms nobody; its failures ring.
    const urgent = scheduled.filter((id) => id !== prod.functionOf('people/end-inquiries').id);
    expect(urgent).toHaveLength(scheduled.length - 1);
    for (const id of urgent) {
      const fn = prod.functions.find((one) => one.id === id);
      const [alarm] = watching('AWS/Lambda Invocations', {
        FunctionName: fn?.Properties.FunctionName,
      });
      expect(alarm?.Properties).toMatchObject({
        ComparisonOperator: 'LessThanThreshold',
        TreatMissingData: 'breaching',
      });
    }
  });

  it('reach the recipients of the stage', () => {
    const [subscription] = prod
      .resourcesOfType('AWS::SNS::Subscription')
      .filter((one) => one.Properties.Protocol === 'email');
    expect(subscription?.Properties.Endpoint).toBe('it-lead@toritsugi.example');
    for (const alarm of alarms) {
      expect(targetOf(alarm.Properties.AlarmActions[0])).toBe(
        targetOf(subscription?.Properties.TopicArn),
      );
    }
  });
});

describe('the dashboard', () => {
  it('shows every alarm, every queue that is read and every function', () => {
    const body = JSON.stringify(
      prod.onlyResourceOfType('AWS::CloudWatch::Dashboard').Properties.DashboardBody,
    );
    const shown = [
      ...alarms.map((alarm) => `"${alarm.id}"`),
      ...queues
        .filter((queue) => !dead.has(queue.id))
        .map((queue) => queue.Properties.QueueName as string),
      ...prod.functions.map((fn) => fn.Properties.FunctionName as string),
    ];
    expect(shown.filter((name) => !body.includes(name))).toEqual([]);
  });

  it('is there in production only: it costs as much as thirty alarms', () => {
    expect(dev.resourcesOfType('AWS::CloudWatch::Dashboard')).toEqual([]);
  });
});

describe('topics', () => {
  interface Statement {
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Principal?: { readonly Service?: string };
    readonly Condition?: unknown;
  }

  /** The service that publishes to each topic, by what names the topic. */
  function publishersOf(stage: SynthesizedStage): Map<string, string> {
    const all = (type: string) => stage.resourcesOfType(type).map(({ Properties }) => Properties);
    const named: [unknown, string][] = [
      ...all('AWS::CloudWatch::Alarm').flatMap(({ AlarmActions, OKActions }) =>
        [...AlarmActions, ...OKActions].map((one): [unknown, string] => [one, 'cloudwatch']),
      ),
      ...all('AWS::SES::ConfigurationSetEventDestination').map(
        ({ EventDestination }): [unknown, string] => [
          EventDestination.SnsDestination?.TopicARN,
          'ses',
        ],
      ),
      ...all('AWS::SES::ReceiptRule').flatMap(({ Rule }) =>
        (Rule.Actions as { S3Action?: { TopicArn: unknown } }[]).map(
          ({ S3Action }): [unknown, string] => [S3Action?.TopicArn, 'ses'],
        ),
      ),
      ...all('AWS::Events::Rule').flatMap(({ Targets }) =>
        (Targets as { Arn: unknown }[]).map(({ Arn }): [unknown, string] => [Arn, 'events']),
      ),
    ];
    const topics = new Set(stage.resourcesOfType('AWS::SNS::Topic').map(({ id }) => id));
    return new Map(
      named.flatMap(([arn, service]) => {
        const id = targetOf(arn);
        return id !== undefined && topics.has(id) ? [[id, service] as const] : [];
      }),
    );
  }

  const allows = (statements: readonly Statement[], service: string, action: string) =>
    statements.some(
      ({ Effect, Action, Principal, Condition }) =>
        Effect === 'Allow' &&
        [Action].flat().includes(action) &&
        Principal?.Service === `${service}.amazonaws.com` &&
        JSON.stringify(Condition).includes('"aws:SourceAccount"'),
    );

  it.each([
    ['prod', prod],
    ['dev', dev],
  ])('of %s let the service publish that is to, and their keys let it encrypt', (_name, stage) => {
    const publishers = publishersOf(stage);
    expect([...publishers.keys()].sort()).toEqual(
      stage
        .resourcesOfType('AWS::SNS::Topic')
        .map(({ id }) => id)
        .sort(),
    );
    for (const [topic, service] of publishers) {
      const statements = stage
        .resourcesOfType('AWS::SNS::TopicPolicy')
        .filter(({ Properties }) => Properties.Topics.map(targetOf).includes(topic))
        .flatMap(({ Properties }) => Properties.PolicyDocument.Statement as Statement[]);
      expect(allows(statements, service, 'sns:Publish'), topic).toBe(true);
      const key = targetOf(stage.template.Resources[topic]?.Properties?.KmsMasterKeyId);
      if (key === undefined) continue;
      const { KeyPolicy } = stage.template.Resources[key]?.Properties ?? {};
      for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
        expect(allows(KeyPolicy.Statement, service, action), `${topic} ${action}`).toBe(true);
      }
    }
  });
});
