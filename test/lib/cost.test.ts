import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SynthesizedStage } from './synthesize.ts';

/** USD a month, from AWS's price lists for Tokyo. */
const prices = { alarmMetric: 0.1, polledQueue: 0.26, dashboard: 3, secret: 0.4, key: 1 };
/** What every account has free of charge for good: 10 alarm metrics, a million queue requests. */
const freeOfCharge = 10 * prices.alarmMetric + 0.4;

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the README's table whose heading begins so, each by its first cell. */
function readTable(heading: string): Map<string, string[]> {
  const [, after = ''] = readme.split(`| ${heading}`);
  const [table = ''] = after.split('\n\n');
  return new Map(
    table
      .split('\n')
      .slice(2)
      .map((line) => {
        const [, first = '', ...cells] = line.split('|').map((cell) => cell.trim());
        return [first, cells.slice(0, -1)];
      }),
  );
}

/** A number of a cell; an empty one is nothing. The minus may be a typographic one. */
function amountOf(cell: string | undefined): number {
  return Number((cell ?? '').replaceAll(',', '').replace('−', '-') || 0);
}

function countIdle(stage: SynthesizedStage) {
  const queues = new Set(stage.resourcesOfType('AWS::SQS::Queue').map(({ id }) => id));
  return {
    alarmMetrics: stage
      .resourcesOfType('AWS::CloudWatch::Alarm')
      .flatMap(({ Properties }) =>
        Properties.Metrics === undefined
          ? [Properties.MetricName]
          : (Properties.Metrics as { MetricStat?: unknown }[]).filter((one) => one.MetricStat),
      ).length,
    polledQueues: stage
      .resourcesOfType('AWS::Lambda::EventSourceMapping')
      .filter(({ Properties }) => queues.has(Properties.EventSourceArn?.['Fn::GetAtt']?.[0]))
      .length,
    dashboards: stage.resourcesOfType('AWS::CloudWatch::Dashboard').length,
    secrets: stage.resourcesOfType('AWS::SecretsManager::Secret').length,
    keys: stage.resourcesOfType('AWS::KMS::Key').length,
  };
}

describe("the README's costs", () => {
  const dev = countIdle(new SynthesizedStage('dev'));
  const prod = countIdle(new SynthesizedStage('prod'));
  const idle = readTable('idle');

  it('of an idle stage are those of what its stacks hold', () => {
    const row = (name: RegExp) =>
      [...idle].find(([first]) => name.test(first))?.[1].map(amountOf) ?? [];
    const twice = (of: (counts: typeof dev) => number) =>
      [of(dev), of(prod)].map((value) => Number(value.toFixed(2)));
    expect(row(/^metrics that alarms evaluate/)).toEqual(
      twice((counts) => counts.alarmMetrics * prices.alarmMetric),
    );
    expect(row(/^queues that Lambda polls/)).toEqual(
      twice((counts) => counts.polledQueues * prices.polledQueue),
    );
    expect(row(/^dashboard/)).toEqual(twice((counts) => counts.dashboards * prices.dashboard));
    expect(row(/^signing secret/)).toEqual(twice((counts) => counts.secrets * prices.secret));
    expect(row(/^key/)).toEqual(twice((counts) => counts.keys * prices.key));
    expect(row(/^free of charge/)).toEqual([-freeOfCharge, -freeOfCharge]);
    expect(
      [...idle.keys()].map((first) => /\((\d+) and (\d+)\)/.exec(first)?.slice(1).map(Number)),
    ).toEqual(
      expect.arrayContaining([
        [dev.alarmMetrics, prod.alarmMetrics],
        [dev.polledQueues, prod.polledQueues],
      ]),
    );
  });

  it('add up, and an idle dev stays below USD 5', () => {
    for (const heading of ['idle', 'employees']) {
      const rows = [...readTable(heading)];
      const [name, totals = []] = rows.at(-1) ?? [];
      expect(name).toMatch(/^\*\*/);
      expect(totals.length).toBeGreaterThan(1);
      for (const [column, total] of totals.entries()) {
        const sum = rows.slice(0, -1).reduce((all, [, cells]) => all + amountOf(cells[column]), 0);
        expect(amountOf(total.replaceAll('*', '')), `${heading} ${column}`).toBeCloseTo(sum, 2);
      }
    }
    const [devTotal = '', prodTotal = ''] = [...idle.values()].at(-1) ?? [];
    expect(amountOf(devTotal.replaceAll('*', ''))).toBeLessThan(5);
    const [production] = readTable('employees').values();
    expect(new Set(production)).toEqual(new Set([prodTotal.replaceAll('*', '')]));
  });
});
