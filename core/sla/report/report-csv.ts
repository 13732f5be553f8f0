import type { Desk } from '../../inquiry/terms/desk.ts';
import type { PoliciesDocument } from '../../inquiry/terms/sla-policies.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatCsv } from '../../wording/format-csv.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { RunningBreach, WorstBreach } from './cycle-figures.ts';
import type { MonthReport, ReportRow, ThresholdResult } from './month-report.ts';
import { type ReportColumn, type ReportWords, reportColumns, reportWords } from './report-words.ts';

/** Names the desks and causes of a report. */
export type ReportNames = {
  readonly language: Language;
  readonly desks: readonly Pick<Desk, 'id' | 'name'>[];
  readonly causes: PoliciesDocument['causes'];
};

/**
 * Writes a report as CSV for a spreadsheet.
 *
 * Rows of one priority come first, then the totals; durations are business time as `h:mm:ss`.
 */
export function formatReportCsv(report: MonthReport, reportNames: ReportNames): string {
  const { groups, totals } = report;
  const words = reportWords[reportNames.language];
  return formatCsv([
    reportColumns.map((column) => words.columns[column]),
    ...groups.map((row) => buildLine(report, 'group', row, reportNames)),
    ...totals.deskClocks.map((row) => buildLine(report, 'deskClock', row, reportNames)),
    ...totals.desks.map((row) => buildLine(report, 'desk', row, reportNames)),
    ...totals.clocks.map((row) => buildLine(report, 'clock', row, reportNames)),
    buildLine(report, 'all', totals.all, reportNames),
  ]);
}

/** The file's name, in characters that every system accepts. */
export function makeReportFileName({ month, desk }: Pick<MonthReport, 'month' | 'desk'>): string {
  return `sla-${month}${desk === undefined ? '' : `-${desk}`}.csv`;
}

function buildLine(
  report: MonthReport,
  kind: keyof ReportWords['rows'],
  row: ReportRow,
  reportNames: ReportNames,
): (string | number)[] {
  const { desk, clock, priority, elapsed } = row;
  const words = reportWords[reportNames.language];
  const names = serviceLevelWords[reportNames.language];
  const threshold = report.thresholds.find((one) => isThresholdOf(one, row));
  const zone = report.zones.find((one) => one.desk === desk)?.zone;
  const cells: Record<ReportColumn, string | number> = {
    month: report.month,
    asOf: report.asOf,
    row: words.rows[kind],
    desk: desk ?? '',
    deskName: findDeskName(row, reportNames),
    zone: zone ?? '',
    clock: clock === undefined ? '' : names.clocks[clock],
    priority: priority === undefined ? '' : names.priorities[priority],
    cycles: row.cycles,
    met: row.met,
    missed: row.missed,
    moved: row.moved,
    cancelled: row.cancelled,
    attainment: row.attainment?.toFixed(1) ?? '',
    demanded: threshold?.demanded ?? '',
    reached: formatReached(threshold, words),
    running: row.running,
    median: formatBusinessTime(elapsed.median),
    p90: formatBusinessTime(elapsed.p90),
    unreviewed: row.unreviewed,
    causes: formatCauses(row, reportNames),
    worst: row.worst.map((one) => formatWorstBreach(one, reportNames)).join('; '),
    oldest: row.oldest.map((one) => formatRunningBreach(one, reportNames)).join('; '),
  };
  return reportColumns.map((column) => cells[column]);
}

/** Whether a threshold is of exactly the desk, clock and priority of a row. */
function isThresholdOf({ desk, clock, priority }: ThresholdResult, row: ReportRow): boolean {
  return desk === row.desk && clock === row.clock && priority === row.priority;
}

function findDeskName({ desk }: ReportRow, { language, desks }: ReportNames): string {
  if (desk === undefined) return '';
  if (desk === null) return reportWords[language].noDesk;
  return desks.find(({ id }) => id === desk)?.name[language] ?? desk;
}

function formatReached(threshold: ThresholdResult | undefined, { reached }: ReportWords): string {
  if (threshold === undefined || threshold.reached === null) return '';
  return threshold.reached ? reached.yes : reached.no;
}

function formatCauses({ causes }: ReportRow, { language, causes: known }: ReportNames): string {
  const { parties } = reportWords[language];
  return causes
    .map(({ cause, party, count }) => {
      const label = known.find(({ id }) => id === cause)?.label[language] ?? cause;
      return `${label} (${parties[party]}): ${count}`;
    })
    .join('; ');
}

function formatWorstBreach(
  { number, clock, late }: WorstBreach,
  { language }: ReportNames,
): string {
  return `${number} ${serviceLevelWords[language].clocks[clock]} ${formatBusinessTime(late)}`;
}

function formatRunningBreach(
  { number, clock, breachedAt }: RunningBreach,
  { language }: ReportNames,
): string {
  return `${number} ${serviceLevelWords[language].clocks[clock]} ${breachedAt}`;
}

/** Business time as spreadsheets read it, also over 24 hours. */
function formatBusinessTime(seconds: number | null): string {
  if (seconds === null) return '';
  const pad = (count: number) => String(count).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}
