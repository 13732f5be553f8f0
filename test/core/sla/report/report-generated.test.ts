import { beforeAll, describe, expect, it } from 'vitest';
import type { VerdictRecord } from '../../../../core/inquiry/clock/verdict.ts';
import type { PendingAppend } from '../../../../core/inquiry/ports.ts';
import { Instant } from '../../../../core/inquiry/values/ids.ts';
import {
  buildMonthReport,
  type MonthReport,
  type ReportRow,
} from '../../../../core/sla/report/month-report.ts';
import { reportSlowly } from '../../../support/slow-report.ts';
import { volume } from '../../../support/volumes.ts';
import { collectVerdictRecords, generateLives } from './report-lives.ts';
import { policyChangeAt, reportServiceLevels } from './report-service-levels.ts';

const month = '2026-11';
const later = Instant.parse('2026-12-08T00:00:00.000Z');

const count = volume({ small: 1_000, whole: 5_000 });

let lives: PendingAppend[];
let all: VerdictRecord[];

beforeAll(() => {
  lives = generateLives(count, 20_261_122);
  all = collectVerdictRecords(lives);
});

function reportAsOf(asOf: Instant, records = all): MonthReport {
  const ofMonth = records.filter(({ verdict }) => verdict.judged.month === month);
  return buildMonthReport({ month, asOf, records: ofMonth, serviceLevels: reportServiceLevels });
}

/** The report's groups as the slow one writes them. */
function writtenOf({ groups }: MonthReport): string[] {
  return groups.map(writtenRow).sort();
}

function writtenRow(row: ReportRow): string {
  const { desk, clock, priority, elapsed, attainment, worst } = row;
  const counts = {
    ...{ met: row.met, missed: row.missed, moved: row.moved, cancelled: row.cancelled },
    ...{ running: row.running, unreviewed: row.unreviewed },
    ...Object.fromEntries(
      row.causes.map(({ cause, party, count }) => [`${cause}/${party}`, count]),
    ),
  };
  const parts = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what}=${count}`)
    .sort();
  return [
    `${desk ?? '-'} ${clock} ${priority}:`,
    ...parts,
    `attainment=${attainment}`,
    `median=${elapsed.median}`,
    `p90=${elapsed.p90}`,
    `worst=${worst.map(({ late }) => late).join(',')}`,
  ].join(' ');
}

function slowAsOf(asOf: Instant): string[] {
  const lines = lives.flatMap(({ id, events }) => events.map((event) => ({ id, event })));
  return reportSlowly(lines, month, asOf, { far: 'America/New_York', otherwise: 'Asia/Tokyo' });
}

describe(`the report of a generated month of ${count} inquiries`, () => {
  it('has all that a month can have', () => {
    const report = reportAsOf(later);
    const { cycles, met, missed, moved, cancelled, running } = report.totals.all;
    expect(cycles).toBeGreaterThan(2 * count);
    for (const some of [met, missed, moved, cancelled, running]) {
      expect(some).toBeGreaterThan(count / 50);
    }
    expect(all.filter(({ supersededAt }) => supersededAt !== undefined).length).toBeGreaterThan(
      count / 5,
    );
    expect(all.filter(({ verdict }) => verdict.inherited).length).toBeGreaterThan(0.06 * count);
    expect(
      all.filter(({ verdict, reviews }) => verdict.inherited === undefined && reviews.length > 1)
        .length,
    ).toBeGreaterThan(count / 100);
    expect(report.totals.desks.map(({ desk }) => desk)).toEqual([
      'bpo',
      'bpo-b',
      'far',
      'staff',
      null,
    ]);
    expect(report.groups.length).toBeGreaterThanOrEqual(4 * 5 * 4 + 2 * 4);
    expect(report.versions).toEqual({ policies: [1, 2], calendars: [1] });
  });

  it.each([
    ['after the month', later],
    ['at the end of the month in Tokyo', Instant.parse('2026-11-30T15:00:00.000Z')],
    ['the moment the policies change', policyChangeAt],
    ['in the middle of a morning', Instant.parse('2026-11-18T01:23:45.000Z')],
    ['on the first day', Instant.parse('2026-11-02T05:00:00.000Z')],
  ])('equals the one made slowly from raw events, %s', (_, asOf) => {
    expect(writtenOf(reportAsOf(asOf))).toEqual(slowAsOf(asOf));
  });

  it('equals it at the very instant of an append, and just before', () => {
    const superseding = all.filter(
      ({ verdict, supersededAt }) =>
        supersededAt !== undefined &&
        verdict.breachedAt !== undefined &&
        verdict.judged.month === month,
    );
    const at = superseding[Math.floor(superseding.length / 2)]?.supersededAt ?? later;
    const before = new Date(Date.parse(at) - 1).toISOString() as Instant;
    const [then, justBefore] = [writtenOf(reportAsOf(at)), writtenOf(reportAsOf(before))];
    expect(then).toEqual(slowAsOf(at));
    expect(justBefore).toEqual(slowAsOf(before));
    expect(then).not.toEqual(justBefore);
  });

  it('is the same to the byte when made again, whatever was recorded since and in whatever order', () => {
    const asOf = Instant.parse('2026-11-18T01:23:45.000Z');
    const firstReport = JSON.stringify(reportAsOf(asOf));
    const records = [...all].reverse();
    expect(JSON.stringify(reportAsOf(asOf, records))).toBe(firstReport);
    // As the records were that morning.
    const then = collectVerdictRecords(lives.filter(({ at }) => at <= asOf));
    expect(then.length).toBeLessThan(records.length);
    expect(JSON.stringify(reportAsOf(asOf, then))).toBe(firstReport);
  });
});
