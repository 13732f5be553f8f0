import { describe, expect, it } from 'vitest';
import type { VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import { addSeconds, Instant, instantOf } from '../../../../core/inquiry/values/ids.ts';
import { computeAttainment, computePercentile } from '../../../../core/sla/report/cycle-figures.ts';
import { buildMonthReport } from '../../../../core/sla/report/month-report.ts';
import { findMonthEnd, hasMonthBegun, isMonthOver } from '../../../../core/sla/report-months.ts';
import { makeServiceLevels } from '../../inquiry/clock/make-service-levels.ts';
import {
  makeMetRecord,
  makeMissedRecord,
  makeRecord,
  makeReviewAt,
  makeRunningRecord,
  reportTuesday,
} from './report-records.ts';

const december = Instant.parse('2026-12-02T00:00:00.000Z');
const hours = (count: number) => addSeconds(reportTuesday, count * 3_600);

function report(
  records: readonly VerdictRecord[],
  asOf = december,
  levels = makeServiceLevels([]),
) {
  return buildMonthReport({ month: '2026-11', asOf, records, serviceLevels: levels });
}

const allOf = (records: readonly VerdictRecord[], asOf?: Instant) =>
  report(records, asOf).totals.all;

describe('the percentile by the nearest rank', () => {
  it.each([
    [[], 50, null],
    [[7], 50, 7],
    [[7], 90, 7],
    [[1, 2], 50, 1],
    [[1, 2, 3], 50, 2],
    [[1, 2, 3, 4], 50, 2],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 90, 9],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], 90, 10],
  ])('of %j at %d is %s', (values, percent, expected) => {
    expect(computePercentile(values, percent)).toBe(expected);
  });
});

describe('attainment', () => {
  it.each([
    [0, 0, null],
    [0, 3, 0],
    [3, 0, 100],
    [2, 1, 66.6],
    [1999, 1, 99.9],
    [99_999, 1, 99.9],
    [581, 419, 58.1],
  ])('of %d met and %d missed is %s percent, rounded down', (metCount, missedCount, expected) => {
    expect(computeAttainment(metCount, missedCount)).toBe(expected);
  });
});

describe('a month', () => {
  it.each([
    // It begins at UTC+14 and ends at UTC-12.
    ['2026-10-31T09:59:59.999Z', false, false],
    ['2026-10-31T10:00:00.000Z', true, false],
    ['2026-12-01T11:59:59.999Z', true, false],
    ['2026-12-01T12:00:00.000Z', true, true],
  ])('at %s has begun: %s, and is over: %s', (at, begun, over) => {
    expect(hasMonthBegun('2026-11', Instant.parse(at))).toBe(begun);
    expect(isMonthOver('2026-11', Instant.parse(at))).toBe(over);
  });

  it.each([
    ['2026-11', 'Asia/Tokyo', '2026-11-30T15:00:00.000Z'],
    ['2026-12', 'Asia/Tokyo', '2026-12-31T15:00:00.000Z'],
    // Daylight saving has ended on November 1st.
    ['2026-11', 'America/New_York', '2026-12-01T05:00:00.000Z'],
    ['2026-10', 'America/New_York', '2026-11-01T04:00:00.000Z'],
  ])('%s ends in %s at %s', (month, zone, end) => {
    expect(findMonthEnd(month, zone)).toBe(end);
  });
});

describe('the figures', () => {
  it('count moved and cancelled cycles, and leave them out of attainment and elapsed time', () => {
    const ended = { endedAt: hours(2), recordedAt: hours(2), elapsed: 1 };
    const figures = allOf([
      makeMetRecord(1, 100),
      makeMetRecord(2, 300),
      makeMissedRecord(3, 600),
      makeRecord({ of: 4, verdict: 'moved', ...ended }),
      makeRecord({ of: 5, verdict: 'cancelled', ...ended }),
    ]);
    expect(figures).toMatchObject({
      ...{ cycles: 5, met: 2, missed: 1, moved: 1, cancelled: 1, running: 0 },
      attainment: 66.6,
      elapsed: { cycles: 3, median: 300, p90: 29_400 },
    });
  });

  it('name the five latest, the latest first, and apart from them what runs on, the oldest first', () => {
    const breachedAt = hours(1);
    const figures = allOf([
      ...[10, 60, 20, 50, 30, 40].map((late, index) => makeMissedRecord(index + 1, late)),
      makeRunningRecord(8, { breachedAt: hours(5) }),
      makeRunningRecord(7, { breachedAt }),
    ]);
    expect(figures.worst.map(({ late }) => late)).toEqual([60, 50, 40, 30, 20]);
    expect(figures.worst[0]).toMatchObject({ clock: 'resolution', breachedAt: hours(8) });
    expect(figures.oldest.map((one) => one.breachedAt)).toEqual([hours(1), hours(5)]);
    expect(figures).toMatchObject({ missed: 8, running: 2, elapsed: { cycles: 6 } });
  });

  it('stand by desk, clock and priority, and in totals, in one order', () => {
    const { groups, totals } = report([
      makeMetRecord(1, 60, { desk: 'staff', priority: 'low' }),
      makeMetRecord(2, 60, { desk: 'bpo-b', clock: 'pickup' }),
      makeMetRecord(3, 60, { desk: 'bpo', priority: 'low' }),
      makeMetRecord(4, 60, { desk: 'bpo', priority: 'critical' }),
      makeMetRecord(5, 60, { desk: 'bpo', clock: 'first_response' }),
    ]);
    const names = groups.map(({ desk, clock, priority }) => [desk, clock, priority].join(' '));
    expect(names).toEqual([
      'bpo first_response high',
      'bpo resolution critical',
      'bpo resolution low',
      'bpo-b pickup high',
      'staff resolution low',
    ]);
    expect(totals.desks.map(({ desk, cycles }) => [desk, cycles])).toEqual([
      ['bpo', 3],
      ['bpo-b', 1],
      ['staff', 1],
    ]);
    expect(totals.clocks.map(({ clock, cycles }) => [clock, cycles])).toEqual([
      ['first_response', 1],
      ['resolution', 3],
      ['pickup', 1],
    ]);
  });
});

describe('what is counted by an instant', () => {
  const late = makeMissedRecord(1, 600, { recordedAt: hours(24) });

  it.each([
    ['before the miss was noticed, nothing', addSeconds(hours(8), 1), 0, 0, undefined],
    ['from when it was noticed, a miss that runs', addSeconds(hours(8), 2), 1, 1, undefined],
    ['before its end was recorded, the same', addSeconds(hours(24), -1), 1, 1, undefined],
    ['from when its end was recorded, how late it was', hours(24), 1, 0, 600],
  ])('is %s', (_, asOf, count, runs, by) => {
    const figures = allOf([late], asOf);
    expect(figures).toMatchObject({ missed: count, running: runs });
    expect(figures.worst[0]?.late).toBe(by);
  });

  it('is an end from when it was recorded, not from when it was', () => {
    const record = makeMetRecord(1, 3_600, { recordedAt: hours(30) });
    expect(allOf([record], hours(29)).cycles).toBe(0);
    expect(allOf([record], hours(30)).met).toBe(1);
  });

  it('is a cycle no more once another run goes on in its stead', () => {
    const record = makeMetRecord(1, 3_600, { supersededAt: hours(4) });
    expect(allOf([record], addSeconds(hours(4), -1)).met).toBe(1);
    expect(allOf([record], hours(4)).cycles).toBe(0);
  });

  it('is a miss once, whichever of its cycles stands for it', () => {
    const chain = [
      makeMissedRecord(1, 600, { supersededAt: hours(20) }),
      makeMissedRecord(1, 900, {
        cycle: 2,
        inherited: true,
        supersededAt: hours(30),
        recordedAt: hours(25),
      }),
      makeRunningRecord(1, { cycle: 3, inherited: true }),
    ];
    for (const records of [chain, [...chain].reverse()]) {
      const states = [19, 20, 25, 30].map((hour) => {
        const figures = allOf(records, hours(hour));
        return [figures.missed, figures.running, figures.worst[0]?.late];
      });
      expect(states).toEqual([
        [1, 0, 600],
        [1, 1, undefined],
        [1, 0, 900],
        [1, 1, undefined],
      ]);
    }
  });

  it('are two misses where the second cycle was missed by itself', () => {
    const second = makeMissedRecord(1, 60, {
      cycle: 2,
      breachedAt: hours(40),
      detectedAt: hours(40),
    });
    expect(allOf([makeMissedRecord(1), second]).missed).toBe(2);
  });
});

describe('causes', () => {
  it('are the last word said by then, and count for the miss wherever it goes on', () => {
    const reviews = [makeReviewAt(hours(10), 'vendor-late'), makeReviewAt(hours(12), 'capacity')];
    const records = [
      makeMissedRecord(1, 600, { supersededAt: hours(20), reviews }),
      makeRunningRecord(1, { cycle: 2, inherited: true }),
      makeMissedRecord(2, 600, { reviews: [makeReviewAt(hours(11), 'capacity')] }),
      makeMissedRecord(3),
    ];
    const causes = (asOf: Instant) => {
      const figures = allOf(records, asOf);
      return [figures.unreviewed, figures.causes.map(({ cause, count }) => [cause, count])];
    };
    expect(causes(hours(9))).toEqual([3, []]);
    expect(causes(hours(10))).toEqual([2, [['vendor-late', 1]]]);
    expect(causes(hours(11))).toEqual([
      1,
      [
        ['capacity', 1],
        ['vendor-late', 1],
      ],
    ]);
    expect(causes(hours(48))).toEqual([1, [['capacity', 2]]]);
  });
});

describe('thresholds', () => {
  const thresholds = (attainment: number) => [
    { desk: 'bpo', clock: 'resolution' as const, attainment },
    { desk: 'bpo', clock: 'pickup' as const, priority: 'high' as const, attainment: 90 },
    { desk: 'staff', clock: 'resolution' as const, attainment: 10 },
  ];
  const records = [makeMetRecord(1), makeMetRecord(2), makeMissedRecord(3)];

  it('are judged by the exact share, not by the rounded one', () => {
    const reachedAt = (attainment: number) =>
      report(
        records,
        december,
        makeServiceLevels([
          { put: instantOf(0), policies: { thresholds: thresholds(attainment) } },
        ]),
      ).thresholds[0];
    expect(reachedAt(66.6)).toMatchObject({ attainment: 66.6, reached: true });
    expect(reachedAt(66.66)).toMatchObject({ attainment: 66.6, reached: true });
    expect(reachedAt(66.67)).toMatchObject({ attainment: 66.6, reached: false });
  });

  it('say nothing where there is nothing to judge', () => {
    const levels = makeServiceLevels([
      { put: instantOf(0), policies: { thresholds: thresholds(50) } },
    ]);
    expect(report(records, december, levels).thresholds).toMatchObject([
      { desk: 'bpo', clock: 'resolution', met: 2, missed: 1, reached: true },
      { desk: 'bpo', clock: 'pickup', priority: 'high', attainment: null, reached: null },
      { desk: 'staff', clock: 'resolution', reached: null },
    ]);
  });

  it('are those in force at the end of the month by the clocks of the desk, or at the instant asked for', () => {
    // Midnight in Tokyo, where the desk is.
    const end = Instant.parse('2026-11-30T15:00:00.000Z');
    const levels = makeServiceLevels([
      { put: instantOf(0), policies: { thresholds: thresholds(50) } },
      { put: hours(100), policies: { thresholds: thresholds(60) } },
      { put: end, policies: { thresholds: thresholds(70) } },
    ]);
    const versionAt = (asOf: Instant) => report(records, asOf, levels).thresholds[0]?.policies;
    expect([hours(99), hours(100), december].map(versionAt)).toEqual([1, 2, 2]);
  });

  it('do not follow what was put later, though it was in force from earlier that day', () => {
    const levels = makeServiceLevels([
      { put: instantOf(0), policies: { thresholds: thresholds(50) } },
      { put: hours(10), from: hours(2), policies: { thresholds: thresholds(60) } },
    ]);
    const versionAt = (asOf: Instant) => report(records, asOf, levels).thresholds[0]?.policies;
    expect([hours(9), hours(10)].map(versionAt)).toEqual([1, 2]);
  });
});
