import type { PoliciesDocument } from '../../inquiry/terms/sla-policies.ts';
import type { Desk } from '../../inquiry/terms/terms.ts';
import type { Language } from '../../inquiry/values/vocabulary.ts';
import { formatCsv } from '../../wording/format-csv.ts';
import { serviceLevelWords } from '../../wording/service-level-words.ts';
import type { RunningCase, WorstCase } from './cycle-figures.ts';
import type { MonthReport, Reached, Row } from './month-report.ts';
import { type ReportColumn, type ReportWords, reportColumns, reportWords } from './report-words.ts';

/** What names the desks and causes of a report. */
export type Naming = {
  readonly language: Language;
  readonly desks: readonly Pick<Desk, 'id' | 'name'>[];
  readonly causes: PoliciesDocument['causes'];
};

/**
 * Writes a report as CSV for a spreadsheet.
 *
 * Rows of one priority come first, then the totals; durations are business time as `h:mm:ss`.
 */
export function reportCsv(report: MonthReport, naming: Naming): string {
  const { groups, totals } = report;
  const words = reportWords[naming.language];
  return formatCsv([
    reportColumns.map((column) => words.columns[column]),
    ...groups.map((row) => lineOf(report, 'group', row, naming)),
    ...totals.deskClocks.map((row) => lineOf(report, 'deskClock', row, naming)),
    ...totals.desks.map((row) => lineOf(report, 'desk', row, naming)),
    ...totals.clocks.map((row) => lineOf(report, 'clock', row, naming)),
    lineOf(report, 'all', totals.all, naming),
  ]);
}

/** The file's name, in characters that every system takes. */
export function csvName({ month, desk }: Pick<MonthReport, 'month' | 'desk'>): string {
  return `sla-${month}${desk === undefined ? '' : `-${desk}`}.csv`;
}

function lineOf(
  report: MonthReport,
  kind: keyof ReportWords['rows'],
  row: Row,
  naming: Naming,
): (string | number)[] {
  const { desk, clock, priority, elapsed } = row;
  const words = reportWords[naming.language];
  const names = serviceLevelWords[naming.language];
  const threshold = report.thresholds.find((one) => isOf(one, row));
  const zone = report.zones.find((one) => one.desk === desk)?.zone;
  const cells: Record<ReportColumn, string | number> = {
    month: report.month,
    asOf: report.asOf,
    row: words.rows[kind],
    desk: desk ?? '',
    deskName: deskNameOf(row, naming),
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
    reached: reachedWord(threshold, words),
    running: row.running,
    median: timeOf(elapsed.median),
    p90: timeOf(elapsed.p90),
    unreviewed: row.unreviewed,
    causes: causesOf(row, naming),
    worst: row.worst.map((one) => worstText(one, naming)).join('; '),
    oldest: row.oldest.map((one) => runningText(one, naming)).join('; '),
  };
  return reportColumns.map((column) => cells[column]);
}

/** The threshold of exactly what a row is of. */
function isOf({ desk, clock, priority }: Reached, row: Row): boolean {
  return desk === row.desk && clock === row.clock && priority === row.priority;
}

function deskNameOf({ desk }: Row, { language, desks }: Naming): string {
  if (desk === undefined) return '';
  if (desk === null) return reportWords[language].noDesk;
  return desks.find(({ id }) => id === desk)?.name[language] ?? desk;
}

function reachedWord(threshold: Reached | undefined, { reached }: ReportWords): string {
  if (threshold === undefined || threshold.reached === null) return '';
  return threshold.reached ? reached.yes : reached.no;
}

function causesOf({ causes }: Row, { language, causes: known }: Naming): string {
  const { parties } = reportWords[language];
  return causes
    .map(({ cause, party, count }) => {
      const label = known.find(({ id }) => id === cause)?.label[language] ?? cause;
      return `${label} (${parties[party]}): ${count}`;
    })
    .join('; ');
}

function worstText({ number, clock, late }: WorstCase, { language }: Naming): string {
  return `${number} ${serviceLevelWords[language].clocks[clock]} ${timeOf(late)}`;
}

function runningText({ number, clock, breachedAt }: RunningCase, { language }: Naming): string {
  return `${number} ${serviceLevelWords[language].clocks[clock]} ${breachedAt}`;
}

/** Business time as spreadsheets read it, also over 24 hours. */
function timeOf(seconds: number | null): string {
  if (seconds === null) return '';
  const two = (count: number) => String(count).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
