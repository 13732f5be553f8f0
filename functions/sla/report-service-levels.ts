import * as z from 'zod';
import { type AccessRecord, recordByRole } from '../../core/access/access-record.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { MonthReport } from '../../core/sla/report/month-report.ts';
import { formatReportCsv, makeReportFileName } from '../../core/sla/report/report-csv.ts';
import { reportMonth } from '../../core/sla/report/report-month.ts';
import type { MonthRecords } from '../../core/sla/report/report-ports.ts';
import type { Restatements } from '../../core/sla/report/restate-ports.ts';
import { findRestatementFault } from '../../core/sla/report/restate-records.ts';
import { viewMonthReport } from '../../core/sla/report/view-month-report.ts';
import * as contracts from '../contract/sla/sla-report.ts';
import { buildCsvHeaders, chooseCsvLanguage, csvOrJsonVary } from '../edge/http/csv-response.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type ReportDependencies = {
  readonly terms: TermsInForce;
  readonly records: MonthRecords;
  readonly restatements: Restatements;
};

/** Makes the routes of the monthly report, and of restating one by other versions. */
export function makeHandler(deps: ReportDependencies & Omit<HttpOptions, 'routes'>): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeReportRoute(deps), makeRestateRoute(deps)] });
}

function makeReportRoute({ terms: inForce, records }: ReportDependencies) {
  return defineRoute(contracts.reportServiceLevels, async ({ query, prefers, now }) => {
    const { month, asOf = now, desk, format, lang } = query;
    const terms = await inForce.read();
    const report = await reportMonth(records, terms, { month, asOf, desk }, now);
    if (isRefusal(report)) {
      const { of, ...refusal } = report;
      return { ...refusal, errors: [{ in: 'query', pointer: `/${of}`, detail: report.detail }] };
    }
    const language = chooseCsvLanguage({ format, lang }, prefers);
    const seen = collectReportedInquiries(report);
    if (language === undefined) {
      return { status: 200, headers: { vary: csvOrJsonVary }, body: viewMonthReport(report), seen };
    }
    const { causes } = terms.serviceLevels.restrictToKnownBy(asOf).policiesAt(asOf).body;
    return {
      status: 200,
      headers: buildCsvHeaders(makeReportFileName(report), language),
      body: formatReportCsv(report, { language, desks: terms.desks, causes }),
      seen,
    };
  });
}

/** The inquiries that the report names: its worst cases, and those that are still late. */
function collectReportedInquiries({ groups, totals }: MonthReport): AccessRecord[] {
  const { all, desks, clocks, deskClocks } = totals;
  const cases = [...groups, ...desks, ...clocks, ...deskClocks, all].flatMap(
    ({ worst, oldest }) => [...worst, ...oldest],
  );
  const byId = new Map(
    cases.map(({ inquiryId: id, number }) => [id, recordByRole({ id, number })]),
  );
  return [...byId.values()];
}

function makeRestateRoute({ terms: inForce, restatements }: ReportDependencies) {
  return defineRoute(contracts.restateServiceLevels, async ({ actor, body, now }) => {
    const { serviceLevels } = await inForce.read();
    const fault = findRestatementFault(serviceLevels, body, now);
    if (fault !== undefined) {
      const { of, detail } = fault;
      return {
        refused: 'invalid.body',
        detail,
        errors: [{ in: 'body', pointer: `/${of}`, detail }],
      };
    }
    const { id, createdAt } = await restatements.start(body, actor.sub, now);
    return {
      status: 202,
      location: `/v1/jobs/${id}`,
      body: {
        ...{ id, kind: 'sla-restatement', state: 'queued', progress: { done: 0 }, errors: [] },
        ...{ createdAt, updatedAt: createdAt },
      },
    };
  });
}
