import { ClockName } from '../../inquiry/clock/clock.ts';
import { epochSecondOf } from '../../inquiry/clock/epoch-seconds.ts';
import type { Month } from '../../inquiry/clock/month.ts';
import type { ServiceLevels } from '../../inquiry/clock/service-levels.ts';
import type { VerdictRecord } from '../../inquiry/clock/verdict.ts';
import type {
  AttainmentThreshold,
  PoliciesDocument,
  PoliciesVersion,
} from '../../inquiry/terms/sla-policies.ts';
import { addSeconds, type DeskId, type Instant } from '../../inquiry/values/ids.ts';
import { Priority } from '../../inquiry/values/vocabulary.ts';
import { findMonthEnd, isMonthOver } from '../report-months.ts';
import { type CountedCycle, countCycles } from './count-cycles.ts';
import { type CycleFigures, computeAttainment, computeCycleFigures } from './cycle-figures.ts';

/** Figures of a desk, clock and priority; one that is absent stands for all. */
export type ReportRow = CycleFigures & {
  /** Null for inquiries that had come to no desk. */
  readonly desk?: DeskId | null;
  readonly clock?: ClockName;
  readonly priority?: Priority;
};

/** What a desk's contract demands of a clock, and whether it was reached. */
export type ThresholdResult = {
  readonly desk: DeskId;
  readonly clock: ClockName;
  readonly priority?: Priority;
  /** In percent. */
  readonly demanded: number;
  readonly met: number;
  readonly missed: number;
  readonly attainment: number | null;
  /** Judged by the exact share, never by the rounded one; null when there is nothing to judge. */
  readonly reached: boolean | null;
  /** The version of the policies that demands it. */
  readonly policies: number;
};

/** A month's report as of an instant. */
export type MonthReport = {
  readonly month: Month;
  readonly asOf: Instant;
  /** Whether the month is over everywhere; until then the figures are of its beginning. */
  readonly isOver: boolean;
  /** Only if the report is of one desk. */
  readonly desk?: DeskId;
  /** The zone in which the month of a desk is counted. */
  readonly zones: readonly { readonly desk: DeskId | null; readonly zone: string }[];
  /** The versions by which the cycles were judged. */
  readonly versions: {
    readonly policies: readonly number[];
    readonly calendars: readonly number[];
  };
  /** By desk, clock and priority. */
  readonly groups: readonly ReportRow[];
  readonly totals: {
    readonly all: ReportRow;
    readonly desks: readonly ReportRow[];
    readonly clocks: readonly ReportRow[];
    readonly deskClocks: readonly ReportRow[];
  };
  readonly thresholds: readonly ThresholdResult[];
};

export type MonthReportInput = {
  readonly month: Month;
  readonly asOf: Instant;
  readonly desk?: DeskId | undefined;
  readonly records: readonly VerdictRecord[];
  readonly serviceLevels: ServiceLevels;
};

/**
 * Builds the report of a month from its records: the same records give the same report, in the same
 * order, whenever and however often it is built.
 */
export function buildMonthReport({
  month,
  asOf,
  desk,
  records,
  serviceLevels,
}: MonthReportInput): MonthReport {
  const cycles = countCycles(records, asOf);
  const groups = buildRows(cycles, ['desk', 'clock', 'priority']);
  const deskClocks = buildRows(cycles, ['desk', 'clock']);
  const desks = buildRows(cycles, ['desk']);
  // Versions put later must not change the report of an earlier instant.
  const scope = { month, asOf, desk, serviceLevels: serviceLevels.restrictToKnownBy(asOf) };
  return {
    month,
    asOf,
    isOver: isMonthOver(month, asOf),
    ...(desk === undefined ? {} : { desk }),
    zones: desks.map((row) => ({
      desk: row.desk ?? null,
      zone: findReportPolicies(scope, row.desk ?? undefined).zone,
    })),
    versions: listVersions(cycles),
    groups,
    totals: {
      all: computeCycleFigures(cycles),
      desks,
      clocks: buildRows(cycles, ['clock']),
      deskClocks,
    },
    thresholds: judgeThresholds(scope, cycles),
  };
}

type RowPart = 'desk' | 'clock' | 'priority';

/** Builds rows in the order of desk ids, then of clocks and priorities as listed everywhere. */
function buildRows(cycles: readonly CountedCycle[], parts: readonly RowPart[]): ReportRow[] {
  const groups = Map.groupBy(cycles, (cycle) =>
    parts.map((part) => String(sortKeys[part](cycle))).join('#'),
  );
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, group]) => ({ ...pickRowNames(group[0], parts), ...computeCycleFigures(group) }));
}

/** The sort keys of rows; no desk id has a `~`, so that inquiries at no desk come last. */
const sortKeys: Readonly<Record<RowPart, (cycle: CountedCycle) => string | number>> = {
  desk: ({ desk }) => desk ?? '~',
  clock: ({ clock }) => ClockName.options.indexOf(clock),
  priority: ({ priority }) => Priority.options.indexOf(priority),
};

function pickRowNames(
  cycle: CountedCycle | undefined,
  parts: readonly RowPart[],
): Pick<ReportRow, RowPart> {
  if (cycle === undefined) return {};
  return {
    ...(parts.includes('desk') ? { desk: cycle.desk ?? null } : {}),
    ...(parts.includes('clock') ? { clock: cycle.clock } : {}),
    ...(parts.includes('priority') ? { priority: cycle.priority } : {}),
  };
}

/** Finds the policies in force at the end of a desk's month, or at `asOf` if that is earlier. */
function findReportPolicies(
  { month, asOf, serviceLevels }: Pick<MonthReportInput, 'month' | 'asOf' | 'serviceLevels'>,
  desk: DeskId | undefined,
): { readonly policies: PoliciesVersion; readonly zone: string } {
  const zone = findDeskZone(serviceLevels, desk, serviceLevels.policiesAt(asOf).body, asOf);
  const lastSecond = addSeconds(findMonthEnd(month, zone), -1);
  return { policies: serviceLevels.policiesAt(asOf < lastSecond ? asOf : lastSecond), zone };
}

/** Finds the zone of a desk's calendar, or of the default policy's for a desk without one. */
function findDeskZone(
  serviceLevels: ServiceLevels,
  desk: DeskId | undefined,
  { deskCalendars, policies, otherwise }: PoliciesDocument,
  at: Instant,
): string {
  const deskCalendar = desk === undefined ? undefined : deskCalendars[desk];
  const id = deskCalendar ?? Object.values(policies[otherwise]?.clocks ?? {})[0]?.calendar;
  return (
    (id === undefined ? undefined : serviceLevels.calendar(id)?.zoneAt(epochSecondOf(at))) ?? 'UTC'
  );
}

function listVersions(cycles: readonly CountedCycle[]): MonthReport['versions'] {
  const distinct = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  return {
    policies: distinct(cycles.map(({ policies }) => policies)),
    calendars: distinct(cycles.map(({ calendars }) => calendars)),
  };
}

/** Judges every threshold of the report's desks, even where there are no cycles. */
function judgeThresholds(
  scope: Omit<MonthReportInput, 'records'>,
  cycles: readonly CountedCycle[],
): ThresholdResult[] {
  const { thresholds } = scope.serviceLevels.policiesAt(scope.asOf).body;
  const thresholdDesks = thresholds.map(({ desk }) => desk);
  const cycleDesks = cycles.flatMap(({ desk }) => desk ?? []);
  const desks =
    scope.desk === undefined
      ? [...new Set([...thresholdDesks, ...cycleDesks])].sort()
      : [scope.desk];
  return desks.flatMap((desk) => {
    const { policies } = findReportPolicies(scope, desk);
    return policies.body.thresholds
      .filter((threshold) => threshold.desk === desk)
      .map((threshold) => judgeThreshold(threshold, cycles, policies.version));
  });
}

function judgeThreshold(
  { desk, clock, priority, attainment: demanded }: AttainmentThreshold,
  cycles: readonly CountedCycle[],
  policies: number,
): ThresholdResult {
  const relevant = cycles.filter(
    (cycle) =>
      cycle.desk === desk &&
      cycle.clock === clock &&
      (priority === undefined || cycle.priority === priority),
  );
  const met = relevant.filter(({ verdict }) => verdict === 'met').length;
  const missed = relevant.filter(({ verdict }) => verdict === 'missed').length;
  return {
    ...{ desk, clock },
    ...(priority === undefined ? {} : { priority }),
    ...{ demanded, met, missed, attainment: computeAttainment(met, missed), policies },
    reached: met + missed === 0 ? null : isReached(met, missed, demanded),
  };
}

/** Compares in millionths of a percent, so that a demand such as 99.9 is exact. */
function isReached(met: number, missed: number, demanded: number): boolean {
  const millionth = 1_000_000;
  return met * 100 * millionth >= Math.round(demanded * millionth) * (met + missed);
}
