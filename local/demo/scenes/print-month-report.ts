import { findCase, type ListPage } from '../demo-context.ts';
import { formatSpokenDuration, formatTokyoTime } from '../format-time.ts';
import type { TimedDemoContext } from '../timed-demo-context.ts';

const MONTH = '2026-11';

interface ListedBreachView {
  readonly id: string;
  readonly inquiry: { readonly id: string; readonly number: string };
  readonly clock: string;
  readonly desk?: string;
  readonly lateBy?: string;
  readonly breachedAt: string;
  readonly review?: { readonly cause: string; readonly party: string };
}

/** Plays the lead's review of a breach: its cause and the responsible party. */
export async function reviewMissedPickup(context: TimedDemoContext): Promise<void> {
  const { api, waitPolicy, tell, outcome } = context;
  const one = findCase(context, 'urgent');
  tell('lead-1', 'looks at what was missed and not reviewed yet');
  const breach = await waitPolicy.waitUntil('The breach in the list', async () => {
    const { items } = await api.request<ListPage<ListedBreachView>>(
      'lead-1',
      'GET',
      '/v1/sla/breaches?reviewed=false',
    );
    return items.find(({ inquiry }) => inquiry.id === one.id);
  });
  outcome(
    `${breach.inquiry.number} ${breach.clock} at ${breach.desk}: ` +
      `missed ${formatTokyoTime(breach.breachedAt)}, late by ${formatSpokenDuration(breach.lateBy ?? '')}`,
  );
  const { review } = await api.request<ListedBreachView>(
    'lead-1',
    'POST',
    `/v1/sla/breaches/${breach.id}/review`,
    {
      cause: 'vendor-late',
      party: 'vendor',
      note: 'The desk was not staffed until 9:45.',
    },
  );
  tell('lead-1', `gives the cause: ${review?.cause}, by the ${review?.party}`);
}

interface ServiceLevelFigures {
  readonly cycles: number;
  readonly met: number;
  readonly missed: number;
  readonly attainment: number | null;
  readonly elapsed: { readonly median: string | null };
  readonly unreviewed: number;
}

interface MonthReportView {
  readonly asOf: string;
  readonly groups: readonly {
    readonly desk: string | null;
    readonly clock: string;
    readonly priority: string;
    readonly figures: ServiceLevelFigures;
  }[];
  readonly totals: { readonly all: ServiceLevelFigures };
  readonly thresholds: readonly {
    readonly desk: string;
    readonly clock: string;
    readonly demanded: number;
    readonly attainment: number | null;
    readonly reached: boolean | null;
  }[];
}

const CSV_LINES = 3;
const CSV_COLUMNS = 100;

/** Prints the month so far: as a table, against the vendor's contract, and for a spreadsheet. */
export async function printMonthReport(
  { api, tell, outcome }: TimedDemoContext,
  print: (line: string) => void,
): Promise<void> {
  tell('lead-1', `asks for the report of ${MONTH}`);
  const path = `/v1/sla/report?month=${MONTH}`;
  const { asOf, groups, totals, thresholds } = await api.request<MonthReportView>(
    'lead-1',
    'GET',
    path,
  );
  print(
    `  desk   clock           priority  cycles  met  missed  attained  median       as of ${formatTokyoTime(asOf)}`,
  );
  for (const { desk, clock, priority, figures } of groups) {
    print(
      `  ${(desk ?? '-').padEnd(6)} ${clock.padEnd(15)} ${priority.padEnd(9)}${formatFigures(figures)}`,
    );
  }
  print(`  ${'all'.padEnd(33)}${formatFigures(totals.all)}`);
  for (const { desk, clock, demanded, attainment, reached } of thresholds) {
    if (reached === null) continue;
    const verdict = reached ? 'reached' : 'not reached';
    outcome(`${desk} has agreed to ${demanded} % of ${clock}: ${attainment} %, ${verdict}`);
  }
  if (totals.all.missed !== 1 || totals.all.unreviewed !== 0) {
    throw new Error(`There should be one miss, reviewed: ${JSON.stringify(totals.all)}`);
  }
  const csv = await api.readText('lead-1', `${path}&format=csv&lang=ja`);
  outcome('the same as CSV, for a spreadsheet:');
  for (const line of csv.split('\r\n').slice(0, CSV_LINES)) print(`  ${shortenLine(line)}`);
}

function formatFigures({ cycles, met, missed, attainment, elapsed }: ServiceLevelFigures): string {
  const share = attainment === null ? '-' : `${attainment} %`;
  const counts = [String(cycles).padStart(7), String(met).padStart(5), String(missed).padStart(8)];
  return `${counts.join('')}${share.padStart(10)}  ${formatSpokenDuration(elapsed.median ?? '-')}`;
}

function shortenLine(line: string): string {
  return line.length > CSV_COLUMNS ? `${line.slice(0, CSV_COLUMNS)}…` : line;
}
