import * as z from 'zod';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { Desks, type TermsInForce } from '../../core/inquiry/terms.ts';
import { csvName, reportCsv } from '../../core/sla/report-csv.ts';
import { reportMonth } from '../../core/sla/report-month.ts';
import type { MonthRecords } from '../../core/sla/report-ports.ts';
import { viewOf } from '../../core/sla/report-view.ts';
import { restatingFault } from '../../core/sla/restate.ts';
import type { Restatements } from '../../core/sla/restate-ports.ts';
import { preferredLanguage } from '../../core/wording/preferred-language.ts';
import * as contracts from '../contract/sla-report.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http.ts';
import { preferredType } from '../edge/preferred-type.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  DESKS: Desks,
});
export type Env = z.infer<typeof Env>;

type Reporting = {
  readonly terms: TermsInForce;
  readonly records: MonthRecords;
  readonly restatements: Restatements;
};

/** Makes the routes of the monthly report, and of restating one by other versions. */
export function makeHandler(deps: Reporting & Omit<HttpOptions, 'routes'>): HttpHandler {
  return httpHandler({ ...deps, routes: [reporting(deps), restating(deps)] });
}

function reporting({ terms: inForce, records }: Reporting) {
  return route(contracts.reportLevels, async ({ query, prefers, now }) => {
    const { month, asOf = now, desk, format, lang } = query;
    const terms = await inForce.read();
    const report = await reportMonth(records, terms, { month, asOf, desk }, now);
    if (isRefusal(report)) {
      const { of, ...refusal } = report;
      return { ...refusal, errors: [{ in: 'query', pointer: `/${of}`, detail: report.detail }] };
    }
    const type = preferredType(prefers.type, ['application/json', 'text/csv']);
    const isCsv = format === undefined ? type === 'text/csv' : format === 'csv';
    const vary = 'accept, accept-language';
    if (!isCsv) return { status: 200, headers: { vary }, body: viewOf(report) };
    const { causes } = terms.levels.knownBy(asOf).policiesAt(asOf).body;
    const language = lang ?? preferredLanguage(prefers.language) ?? 'ja';
    return {
      status: 200,
      headers: {
        vary,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="${csvName(report)}"`,
        'content-language': language,
      },
      body: reportCsv(report, { language, desks: terms.desks, causes }),
    };
  });
}

function restating({ terms: inForce, restatements }: Reporting) {
  return route(contracts.restateLevels, async ({ actor, body, now }) => {
    const { levels } = await inForce.read();
    const fault = restatingFault(levels, body, now);
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
