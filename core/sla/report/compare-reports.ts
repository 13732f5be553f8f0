import { formatDuration } from '../../inquiry/clock/business-duration.ts';
import type { Instant } from '../../inquiry/values/ids.ts';
import { type CycleFigures, computeCycleFigures } from './cycle-figures.ts';
import type { MonthReport, ReportRow } from './month-report.ts';
import type { RestatementRequest } from './restate-records.ts';

type FigureCounts = Pick<
  CycleFigures,
  'cycles' | 'met' | 'missed' | 'moved' | 'cancelled' | 'running' | 'attainment'
>;

/** The figures of a row, without its cases. */
type StatedFigures = FigureCounts & { readonly median: string | null; readonly p90: string | null };

/** A row as recorded and as restated; `difference` is restated minus recorded. */
export type ComparedRow = Pick<ReportRow, 'desk' | 'clock' | 'priority'> & {
  readonly recorded: StatedFigures;
  readonly restated: StatedFigures;
  readonly difference: FigureCounts;
};

/** A month's report beside one by other policies or calendars. */
export type Restatement = RestatementRequest & {
  readonly asOf: Instant;
  /** How many inquiries were restated. */
  readonly inquiries: number;
  readonly groups: readonly ComparedRow[];
  readonly totals: {
    readonly all: ComparedRow;
    readonly desks: readonly ComparedRow[];
    readonly clocks: readonly ComparedRow[];
    readonly deskClocks: readonly ComparedRow[];
  };
  readonly thresholds: {
    readonly recorded: MonthReport['thresholds'];
    readonly restated: MonthReport['thresholds'];
  };
};

/** Compares two reports of a month row by row; a row that one of them lacks counts as empty. */
export function compareReports(
  request: RestatementRequest,
  recorded: MonthReport,
  restated: MonthReport,
  inquiries: number,
): Restatement {
  const rows = (select: (report: MonthReport) => readonly ReportRow[]) =>
    compareRows(select(recorded), select(restated));
  return {
    ...request,
    asOf: recorded.asOf,
    inquiries,
    groups: rows(({ groups }) => groups),
    totals: {
      all: compareRow(recorded.totals.all, restated.totals.all),
      desks: rows(({ totals }) => totals.desks),
      clocks: rows(({ totals }) => totals.clocks),
      deskClocks: rows(({ totals }) => totals.deskClocks),
    },
    thresholds: { recorded: recorded.thresholds, restated: restated.thresholds },
  };
}

/** The recorded rows in their order, then the rows of the restated report alone. */
function compareRows(
  recorded: readonly ReportRow[],
  restated: readonly ReportRow[],
): ComparedRow[] {
  const others = new Map(restated.map((row) => [rowKeyOf(row), row]));
  const known = new Set(recorded.map(rowKeyOf));
  return [
    ...recorded.map((row) => compareRow(row, others.get(rowKeyOf(row)) ?? makeEmptyRow(row))),
    ...restated
      .filter((row) => !known.has(rowKeyOf(row)))
      .map((row) => compareRow(makeEmptyRow(row), row)),
  ];
}

function rowKeyOf({ desk, clock, priority }: ReportRow): string {
  return JSON.stringify([desk, clock, priority]);
}

function makeEmptyRow({ desk, clock, priority }: ReportRow): ReportRow {
  return { ...pickRowNames({ desk, clock, priority }), ...computeCycleFigures([]) };
}

function compareRow(recorded: ReportRow, restated: ReportRow): ComparedRow {
  return {
    ...pickRowNames(recorded),
    recorded: pickStatedFigures(recorded),
    restated: pickStatedFigures(restated),
    difference: computeDifference(recorded, restated),
  };
}

function pickRowNames({
  desk,
  clock,
  priority,
}: {
  readonly [Part in 'desk' | 'clock' | 'priority']?: ReportRow[Part] | undefined;
}): Pick<ReportRow, 'desk' | 'clock' | 'priority'> {
  return {
    ...(desk === undefined ? {} : { desk }),
    ...(clock === undefined ? {} : { clock }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function pickStatedFigures({ elapsed, ...figures }: ReportRow): StatedFigures {
  const { cycles, met, missed, moved, cancelled, running, attainment } = figures;
  const span = (seconds: number | null) => (seconds === null ? null : formatDuration(seconds));
  return {
    ...{ cycles, met, missed, moved, cancelled, running, attainment },
    median: span(elapsed.median),
    p90: span(elapsed.p90),
  };
}

function computeDifference(recorded: ReportRow, restated: ReportRow): FigureCounts {
  const subtract = (figure: Exclude<keyof FigureCounts, 'attainment'>) =>
    restated[figure] - recorded[figure];
  const hasBoth = recorded.attainment !== null && restated.attainment !== null;
  return {
    cycles: subtract('cycles'),
    met: subtract('met'),
    missed: subtract('missed'),
    moved: subtract('moved'),
    cancelled: subtract('cancelled'),
    running: subtract('running'),
    // Tenths of a percent are exact as integers only.
    attainment: hasBoth
      ? Math.round(((restated.attainment ?? 0) - (recorded.attainment ?? 0)) * 10) / 10
      : null,
  };
}
