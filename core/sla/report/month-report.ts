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
import { endOfMonth, isOver } from '../report-months.ts';
import { type Counted, countedAsOf } from './count-cycles.ts';
import { attainmentOf, type Figures, figuresOf } from './cycle-figures.ts';

/** Figures of some cycles: of a desk, clock and priority, or of all of those that are not named. */
export type Row = Figures & {
  /** Null for what had come to no desk. */
  readonly desk?: DeskId | null;
  readonly clock?: ClockName;
  readonly priority?: Priority;
};

/** What a desk's contract demands of a clock, and whether it was reached. */
export type Reached = {
  readonly desk: DeskId;
  readonly clock: ClockName;
  readonly priority?: Priority;
  /** In percent. */
  readonly demanded: number;
  readonly met: number;
  readonly missed: number;
  readonly attainment: number | null;
  /** Judged by the exact share and never by the rounded one; null when there is nothing to judge. */
  readonly reached: boolean | null;
  /** The version of the policies that demands it. */
  readonly policies: number;
};

/** A month's report as of an instant. */
export type MonthReport = {
  readonly month: Month;
  readonly asOf: Instant;
  /** Whether the month is over everywhere; figures of one that is not are of its beginning. */
  readonly isOver: boolean;
  /** Where the report is of one desk only. */
  readonly desk?: DeskId;
  /** By whose clocks the month of a desk is counted. */
  readonly zones: readonly { readonly desk: DeskId | null; readonly zone: string }[];
  /** The versions by which the cycles were judged. */
  readonly versions: {
    readonly policies: readonly number[];
    readonly calendars: readonly number[];
  };
  /** By desk, clock and priority. */
  readonly groups: readonly Row[];
  readonly totals: {
    readonly all: Row;
    readonly desks: readonly Row[];
    readonly clocks: readonly Row[];
    readonly deskClocks: readonly Row[];
  };
  readonly thresholds: readonly Reached[];
};

export type ReportOf = {
  readonly month: Month;
  readonly asOf: Instant;
  readonly desk?: DeskId | undefined;
  readonly records: readonly VerdictRecord[];
  readonly levels: ServiceLevels;
};

/**
 * Makes the report of a month from its records: the same records give the same report, in the same
 * order, whenever and however often it is made.
 */
export function reportOf({ month, asOf, desk, records, levels }: ReportOf): MonthReport {
  const counted = countedAsOf(records, asOf);
  const groups = rowsBy(counted, ['desk', 'clock', 'priority']);
  const deskClocks = rowsBy(counted, ['desk', 'clock']);
  const desks = rowsBy(counted, ['desk']);
  // What was put later must not change the report of an earlier instant.
  const of = { month, asOf, desk, levels: levels.restrictToKnownBy(asOf) };
  return {
    month,
    asOf,
    isOver: isOver(month, asOf),
    ...(desk === undefined ? {} : { desk }),
    zones: desks.map((row) => ({
      desk: row.desk ?? null,
      zone: policiesFor(of, row.desk ?? undefined).zone,
    })),
    versions: versionsOf(counted),
    groups,
    totals: { all: figuresOf(counted), desks, clocks: rowsBy(counted, ['clock']), deskClocks },
    thresholds: thresholdsOf(of, counted),
  };
}

type Part = 'desk' | 'clock' | 'priority';

/** Rows in the order of desks by id, then clocks and priorities as they are listed everywhere. */
function rowsBy(counted: readonly Counted[], parts: readonly Part[]): Row[] {
  const groups = Map.groupBy(counted, (cycle) =>
    parts.map((part) => String(orderOf[part](cycle))).join('#'),
  );
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, group]) => ({ ...namesOf(group[0], parts), ...figuresOf(group) }));
}

/** By which rows are sorted; no desk id has a `~`, so that those at none come last. */
const orderOf: Readonly<Record<Part, (cycle: Counted) => string | number>> = {
  desk: ({ desk }) => desk ?? '~',
  clock: ({ clock }) => ClockName.options.indexOf(clock),
  priority: ({ priority }) => Priority.options.indexOf(priority),
};

function namesOf(cycle: Counted | undefined, parts: readonly Part[]): Pick<Row, Part> {
  if (cycle === undefined) return {};
  return {
    ...(parts.includes('desk') ? { desk: cycle.desk ?? null } : {}),
    ...(parts.includes('clock') ? { clock: cycle.clock } : {}),
    ...(parts.includes('priority') ? { priority: cycle.priority } : {}),
  };
}

/** The policies in force at the end of a month by the clocks of a desk, or at `asOf` before that. */
function policiesFor(
  { month, asOf, levels }: Pick<ReportOf, 'month' | 'asOf' | 'levels'>,
  desk: DeskId | undefined,
): { readonly policies: PoliciesVersion; readonly zone: string } {
  const zone = zoneOf(levels, desk, levels.policiesAt(asOf).body, asOf);
  const lastSecond = addSeconds(endOfMonth(month, zone), -1);
  return { policies: levels.policiesAt(asOf < lastSecond ? asOf : lastSecond), zone };
}

/** The zone of a desk's calendar, or of the calendar of those who keep none. */
function zoneOf(
  levels: ServiceLevels,
  desk: DeskId | undefined,
  { deskCalendars, policies, otherwise }: PoliciesDocument,
  at: Instant,
): string {
  const own = desk === undefined ? undefined : deskCalendars[desk];
  const id = own ?? Object.values(policies[otherwise]?.clocks ?? {})[0]?.calendar;
  return (id === undefined ? undefined : levels.calendar(id)?.zoneAt(epochSecondOf(at))) ?? 'UTC';
}

function versionsOf(counted: readonly Counted[]): MonthReport['versions'] {
  const distinct = (numbers: number[]) => [...new Set(numbers)].sort((a, b) => a - b);
  return {
    policies: distinct(counted.map(({ policies }) => policies)),
    calendars: distinct(counted.map(({ calendars }) => calendars)),
  };
}

/** Every threshold of the desks of the report, also where there was nothing to judge. */
function thresholdsOf(of: Omit<ReportOf, 'records'>, counted: readonly Counted[]): Reached[] {
  const named = of.levels.policiesAt(of.asOf).body.thresholds.map(({ desk }) => desk);
  const seen = counted.flatMap(({ desk }) => desk ?? []);
  const desks = of.desk === undefined ? [...new Set([...named, ...seen])].sort() : [of.desk];
  return desks.flatMap((desk) => {
    const { policies } = policiesFor(of, desk);
    return policies.body.thresholds
      .filter((threshold) => threshold.desk === desk)
      .map((threshold) => reachedOf(threshold, counted, policies.version));
  });
}

function reachedOf(
  { desk, clock, priority, attainment: demanded }: AttainmentThreshold,
  counted: readonly Counted[],
  policies: number,
): Reached {
  const held = counted.filter(
    (cycle) =>
      cycle.desk === desk &&
      cycle.clock === clock &&
      (priority === undefined || cycle.priority === priority),
  );
  const met = held.filter(({ verdict }) => verdict === 'met').length;
  const missed = held.filter(({ verdict }) => verdict === 'missed').length;
  return {
    ...{ desk, clock },
    ...(priority === undefined ? {} : { priority }),
    ...{ demanded, met, missed, attainment: attainmentOf(met, missed), policies },
    reached: met + missed === 0 ? null : isReached(met, missed, demanded),
  };
}

/** In millionths of a percent, so that a demand such as 99.9 is exact. */
function isReached(met: number, missed: number, demanded: number): boolean {
  const millionth = 1_000_000;
  return met * 100 * millionth >= Math.round(demanded * millionth) * (met + missed);
}
