import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type AlarmEntry, alarmCatalog } from '../../lib/watch/alarm-catalog.ts';
import { SynthesizedStage, targetOf, useCaseOf } from './synthesize.ts';
import { synthesizeVendorStage } from './vendor-stage.ts';

const prod = new SynthesizedStage('prod');
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

function watching(metricName: string, dimension: string, id: string) {
  return alarms.filter(
    ({ Properties }) =>
      Properties.MetricName === metricName &&
      Properties.Dimensions?.some(
        (one: { Name: string; Value: unknown }) =>
          one.Name === dimension && targetOf(one.Value) === id,
      ),
  );
}

describe('queues', () => {
  it('are there for each step of the way and for each desk', () => {
    const names = queues.filter((queue) => !dead.has(queue.id)).map((queue) => queue.id);
    expect(names.map((name) => name.replace(/[0-9A-F]{8}$/, '')).sort()).toEqual([
      'DesksbpoQueue',
      'DesksbpobQueue',
      'DesksstaffQueue',
      'IntakeMailsQueue',
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

  it.each(queues.map((queue) => [queue.id] as const))('%s wakes somebody', (id) => {
    const metric = dead.has(id)
      ? 'ApproximateNumberOfMessagesVisible'
      : 'ApproximateAgeOfOldestMessage';
    const [alarm] = watching(metric, 'QueueName', id);
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
      expect(entry).toEqual({ impact, article });
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

  it('watch every function for errors, under its capability', () => {
    for (const fn of prod.functions) {
      const [alarm] = watching('Errors', 'FunctionName', fn.id);
      const [capability, useCase] = useCaseOf(fn).split('/');
      expect(alarm?.Properties.AlarmName).toBe(`toritsugi-prod-${capability}-failing-${useCase}`);
    }
  });

  it('take silence for a fault where a schedule has stopped', () => {
    const scheduled = prod
      .resourcesOfType('AWS::Events::Rule')
      .flatMap((rule) => rule.Properties.Targets.map((one: { Arn: unknown }) => targetOf(one.Arn)));
    expect(scheduled).toHaveLength(3);
    for (const id of scheduled) {
      const [alarm] = watching('Invocations', 'FunctionName', id);
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
      ...alarms.map((alarm) => alarm.id),
      ...queues.filter((queue) => !dead.has(queue.id)).map((queue) => queue.id),
      ...prod.functions.map((fn) => fn.id),
    ];
    expect(shown.filter((id) => !body.includes(`"${id}"`))).toEqual([]);
  });
});
