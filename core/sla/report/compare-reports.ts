import { formatDuration } from '../../inquiry/clock/business-duration.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { type Figures, figuresOf } from './cycle-figures.ts';
import type { MonthReport, Row } from './month-report.ts';
import type { Restating } from './restate-records.ts';

type Counts = Pick<
  Figures,
  'cycles' | 'met' | 'missed' | 'moved' | 'cancelled' | 'running' | 'attainment'
>;

/** The figures of a row, without its cases. */
type Stated = Counts & { readonly median: string | null; readonly p90: string | null };

/** A row as it was recorded and as it would have been; `difference` is what the latter has more. */
export type Compared = Pick<Row, 'desk' | 'clock' | 'priority'> & {
  readonly recorded: Stated;
  readonly restated: Stated;
  readonly difference: Counts;
};

/** A month's report beside that by other policies or calendars. */
export type Restatement = Restating & {
  readonly asOf: Instant;
  /** How many inquiries were restated. */
  readonly inquiries: number;
  readonly groups: readonly Compared[];
  readonly totals: {
    readonly all: Compared;
    readonly desks: readonly Compared[];
    readonly clocks: readonly Compared[];
    readonly deskClocks: readonly Compared[];
  };
  readonly thresholds: {
    readonly recorded: MonthReport['thresholds'];
    readonly restated: MonthReport['thresholds'];
  };
};

/** Puts two reports of a month side by side, row by row; a row that one of them lacks is empty. */
export function compareReports(
  restating: Restating,
  recorded: MonthReport,
  restated: MonthReport,
  inquiries: number,
): Restatement {
  const rows = (of: (report: MonthReport) => readonly Row[]) =>
    comparedRows(of(recorded), of(restated));
  return {
    ...restating,
    asOf: recorded.asOf,
    inquiries,
    groups: rows(({ groups }) => groups),
    totals: {
      all: compared(recorded.totals.all, restated.totals.all),
      desks: rows(({ totals }) => totals.desks),
      clocks: rows(({ totals }) => totals.clocks),
      deskClocks: rows(({ totals }) => totals.deskClocks),
    },
    thresholds: { recorded: recorded.thresholds, restated: restated.thresholds },
  };
}

/** Those that were recorded in their order, and then those that only would have been. */
function comparedRows(recorded: readonly Row[], restated: readonly Row[]): Compared[] {
  const others = new Map(restated.map((row) => [nameOf(row), row]));
  const known = new Set(recorded.map(nameOf));
  return [
    ...recorded.map((row) => compared(row, others.get(nameOf(row)) ?? emptyLike(row))),
    ...restated
      .filter((row) => !known.has(nameOf(row)))
      .map((row) => compared(emptyLike(row), row)),
  ];
}

function nameOf({ desk, clock, priority }: Row): string {
  return JSON.stringify([desk, clock, priority]);
}

function emptyLike({ desk, clock, priority }: Row): Row {
  return { ...named({ desk, clock, priority }), ...figuresOf([]) };
}

function compared(recorded: Row, restated: Row): Compared {
  return {
    ...named(recorded),
    recorded: statedOf(recorded),
    restated: statedOf(restated),
    difference: differenceOf(recorded, restated),
  };
}

function named({
  desk,
  clock,
  priority,
}: {
  readonly [Part in 'desk' | 'clock' | 'priority']?: Row[Part] | undefined;
}): Pick<Row, 'desk' | 'clock' | 'priority'> {
  return {
    ...(desk === undefined ? {} : { desk }),
    ...(clock === undefined ? {} : { clock }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function statedOf({ elapsed, ...figures }: Row): Stated {
  const { cycles, met, missed, moved, cancelled, running, attainment } = figures;
  const span = (seconds: number | null) => (seconds === null ? null : formatDuration(seconds));
  return {
    ...{ cycles, met, missed, moved, cancelled, running, attainment },
    median: span(elapsed.median),
    p90: span(elapsed.p90),
  };
}

function differenceOf(recorded: Row, restated: Row): Counts {
  const more = (of: Exclude<keyof Counts, 'attainment'>) => restated[of] - recorded[of];
  const both = recorded.attainment !== null && restated.attainment !== null;
  return {
    cycles: more('cycles'),
    met: more('met'),
    missed: more('missed'),
    moved: more('moved'),
    cancelled: more('cancelled'),
    running: more('running'),
    // Tenths of a percent are exact as integers only.
    attainment: both
      ? Math.round(((restated.attainment ?? 0) - (recorded.attainment ?? 0)) * 10) / 10
      : null,
  };
}
