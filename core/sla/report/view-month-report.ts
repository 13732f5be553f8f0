import { formatDuration } from '../../inquiry/clock/business-duration.ts';
import type { Figures } from './cycle-figures.ts';
import type { MonthReport, Row } from './month-report.ts';

/** A report as the API shows it: durations by ISO 8601. */
export function viewOf({ isOver, groups, totals, ...report }: MonthReport) {
  return {
    ...report,
    over: isOver,
    zones: [...report.zones],
    versions: {
      policies: [...report.versions.policies],
      calendars: [...report.versions.calendars],
    },
    groups: groups.map(rowOf),
    totals: {
      all: figuresView(totals.all),
      desks: totals.desks.map(rowOf),
      clocks: totals.clocks.map(rowOf),
      deskClocks: totals.deskClocks.map(rowOf),
    },
    thresholds: [...report.thresholds],
  };
}

function rowOf({ desk, clock, priority, ...figures }: Row) {
  return {
    ...(desk === undefined ? {} : { desk }),
    ...(clock === undefined ? {} : { clock }),
    ...(priority === undefined ? {} : { priority }),
    figures: figuresView(figures),
  };
}

function figuresView({ elapsed, worst, oldest, causes, ...counts }: Figures) {
  return {
    ...counts,
    elapsed: {
      cycles: elapsed.cycles,
      median: spanOf(elapsed.median),
      p90: spanOf(elapsed.p90),
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

function spanOf(seconds: number | null): string | null {
  return seconds === null ? null : formatDuration(seconds);
}
