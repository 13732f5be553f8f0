import { formatDuration } from '../../inquiry/clock/business-duration.ts';
import type { CycleFigures } from './cycle-figures.ts';
import type { MonthReport, ReportRow } from './month-report.ts';

/** A report as the API shows it, with durations in ISO 8601. */
export function viewMonthReport({ isOver, groups, totals, ...report }: MonthReport) {
  return {
    ...report,
    over: isOver,
    zones: [...report.zones],
    versions: {
      policies: [...report.versions.policies],
      calendars: [...report.versions.calendars],
    },
    groups: groups.map(viewRow),
    totals: {
      all: viewFigures(totals.all),
      desks: totals.desks.map(viewRow),
      clocks: totals.clocks.map(viewRow),
      deskClocks: totals.deskClocks.map(viewRow),
    },
    thresholds: [...report.thresholds],
  };
}

function viewRow({ desk, clock, priority, ...figures }: ReportRow) {
  return {
    ...(desk === undefined ? {} : { desk }),
    ...(clock === undefined ? {} : { clock }),
    ...(priority === undefined ? {} : { priority }),
    figures: viewFigures(figures),
  };
}

function viewFigures({ elapsed, worst, oldest, causes, ...counts }: CycleFigures) {
  return {
    ...counts,
    elapsed: {
      cycles: elapsed.cycles,
      median: formatSpan(elapsed.median),
      p90: formatSpan(elapsed.p90),
    },
    worst: worst.map(({ inquiryId: id, number, clock, breachedAt, late }) => ({
      ...{ inquiry: { id, number }, clock, breachedAt, lateBy: formatDuration(late) },
    })),
    oldest: oldest.map(({ inquiryId: id, number, clock, breachedAt }) => ({
      ...{ inquiry: { id, number }, clock, breachedAt },
    })),
    causes: [...causes],
  };
}

function formatSpan(seconds: number | null): string | null {
  return seconds === null ? null : formatDuration(seconds);
}
