import { describe, expect, it } from 'vitest';
import type { ServiceLevels } from '../../../../core/inquiry/clock/service-levels.ts';
import type { VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import type { PendingAppend } from '../../../../core/inquiry/ports.ts';
import { type InquiryId, Instant } from '../../../../core/inquiry/values/ids.ts';
import { compareReports } from '../../../../core/sla/report/compare-reports.ts';
import { buildMonthReport, type MonthReport } from '../../../../core/sla/report/month-report.ts';
import {
  findRestatementFault,
  restateRecords,
} from '../../../../core/sla/report/restate-records.ts';
import { collectVerdictRecords, generateLives, reportTerms } from './report-lives.ts';
import { policyChangeAt, reportServiceLevels } from './report-service-levels.ts';

const month = '2026-11';
const asOf = Instant.parse('2026-12-08T00:00:00.000Z');

function others(wanted: { policies?: number; calendars?: number }): ServiceLevels {
  const restated = reportServiceLevels.restateWith(wanted);
  if (restated === undefined) throw new RangeError('there is no such version');
  return restated;
}

function restatedOf(
  lives: readonly PendingAppend[],
  by: ServiceLevels,
  until = asOf,
): VerdictRecord[] {
  const byId = Map.groupBy(lives, ({ id }) => id);
  return [...byId].flatMap(([id, appends]: [InquiryId, PendingAppend[]]) =>
    restateRecords(
      id,
      appends.flatMap(({ events }) => events),
      by,
      month,
      until,
    ),
  );
}

function recordedOf(lives: readonly PendingAppend[]): VerdictRecord[] {
  return collectVerdictRecords(lives).filter(({ verdict }) => verdict.judged.month === month);
}

/** A report without what people add to it. */
function withoutReviews(report: MonthReport): unknown {
  return JSON.parse(
    JSON.stringify(report, (name, value) =>
      name === 'causes' || name === 'unreviewed' ? undefined : value,
    ),
  );
}

describe('a month restated by the versions that were in force all along', () => {
  it('is as it was recorded', () => {
    const only = others({ policies: 1 });
    const lives = generateLives(400, 3, () => ({ ...reportTerms, serviceLevels: only }));
    const of = { month, asOf, serviceLevels: only };
    const recorded = buildMonthReport({ ...of, records: recordedOf(lives) });
    const restated = buildMonthReport({ ...of, records: restatedOf(lives, only) });
    expect(recorded.totals.all.missed).toBeGreaterThan(300);
    expect(withoutReviews(restated)).toEqual(withoutReviews(recorded));
  });
});

describe('a month restated by others', () => {
  const lives = generateLives(400, 3);
  const recorded = buildMonthReport({
    month,
    asOf,
    records: recordedOf(lives),
    serviceLevels: reportServiceLevels,
  });

  it('is as if they had been in force from the beginning', () => {
    const stricter = others({ policies: 2 });
    const lax = others({ policies: 1 });
    const restated = buildMonthReport({
      month,
      asOf,
      records: restatedOf(lives, stricter),
      serviceLevels: stricter,
    });
    const missedOf = (report: MonthReport) =>
      report.totals.clocks.find(({ clock }) => clock === 'resolution')?.missed ?? 0;
    const laxly = buildMonthReport({
      month,
      asOf,
      records: restatedOf(lives, lax),
      serviceLevels: lax,
    });
    expect(missedOf(restated)).toBeGreaterThan(missedOf(recorded));
    expect(missedOf(laxly)).toBeLessThan(missedOf(recorded));
    expect(restated.versions.policies).toEqual([2]);
  });

  it('leaves out what was recorded later than asked for', () => {
    const by = others({ policies: 2 });
    const records = restatedOf(lives, by, policyChangeAt);
    expect(records.length).toBeGreaterThan(50);
    for (const { verdict } of records) {
      expect((verdict.recordedAt ?? verdict.detectedAt ?? asOf) <= policyChangeAt).toBe(true);
    }
  });
});

describe('two reports side by side', () => {
  it('show what each row has, and what the restated one has more or less', () => {
    const lives = generateLives(60, 5);
    const by = others({ policies: 2 });
    const recorded = buildMonthReport({
      month,
      asOf,
      records: recordedOf(lives),
      serviceLevels: reportServiceLevels,
    });
    const restated = buildMonthReport({
      month,
      asOf,
      records: restatedOf(lives, by),
      serviceLevels: by,
    });
    const compared = compareReports({ month, policies: 2 }, recorded, restated, 60);
    expect(compared).toMatchObject({ month, policies: 2, asOf, inquiries: 60 });
    const { all } = compared.totals;
    expect(all.recorded).toMatchObject({ missed: recorded.totals.all.missed });
    expect(all.restated).toMatchObject({ missed: restated.totals.all.missed });
    expect(all.difference.missed).toBe(restated.totals.all.missed - recorded.totals.all.missed);
    const sum = compared.groups.reduce((so, { difference }) => so + difference.missed, 0);
    expect(sum).toBe(all.difference.missed);
    expect(all.difference.missed).not.toBe(0);
    expect(all.difference.attainment).toBeCloseTo(
      (restated.totals.all.attainment ?? 0) - (recorded.totals.all.attainment ?? 0),
      6,
    );
  });

  it('have a row that only one of them has, empty in the other', () => {
    const [one] = recordedOf(generateLives(20, 5));
    const of = { month, asOf, serviceLevels: reportServiceLevels };
    const none = buildMonthReport({ ...of, records: [] });
    const some = buildMonthReport({ ...of, records: one === undefined ? [] : [one] });
    const gained = compareReports({ month, policies: 2 }, none, some, 1);
    const lost = compareReports({ month, policies: 2 }, some, none, 1);
    expect(gained.groups).toMatchObject([
      { recorded: { cycles: 0, attainment: null }, restated: { cycles: 1 } },
    ]);
    expect(gained.groups[0]?.difference).toMatchObject({ cycles: 1, attainment: null });
    expect(lost.groups[0]?.difference).toMatchObject({ cycles: -1, attainment: null });
  });
});

describe('what cannot be restated', () => {
  it.each([
    [{ month: '2027-01', policies: 1 }, 'month'],
    [{ month, policies: 3 }, 'policies'],
    [{ month, calendars: 2 }, 'calendars'],
  ])('%j is named: %s', (restating, of) => {
    expect(findRestatementFault(reportServiceLevels, restating, asOf)).toMatchObject({ of });
  });

  it('is nothing of what there is', () => {
    expect(
      findRestatementFault(reportServiceLevels, { month, policies: 0, calendars: 1 }, asOf),
    ).toBeUndefined();
  });
});
