import * as z from 'zod';
import { formatAuditCsv } from '../../core/audit/audit-csv.ts';
import type { AuditArchive } from '../../core/audit/ports.ts';
import { findInquiryNames, readAudit, resolveAuditRange } from '../../core/audit/read-audit.ts';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import * as contracts from '../contract/audit.ts';
import { buildCsvHeaders, chooseCsvLanguage, csvOrJsonVary } from '../edge/http/csv-response.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { makePageCursor } from '../edge/http/page-cursor.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({ TABLE_NAME: z.string(), SIGNING_SECRET_ARN: z.string() });
export type Env = z.infer<typeof Env>;

type ReadAuditDependencies = {
  readonly archive: AuditArchive;
  readonly ledger: Pick<InquiryLedger, 'idOf' | 'load'>;
  readonly cursorKeys: SigningKeys;
};

/** Makes the route that shows leads who did or saw what. */
export function makeHandler(
  deps: ReadAuditDependencies & Omit<HttpOptions, 'routes'>,
): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeReadAuditRoute(deps)] });
}

function makeReadAuditRoute({ archive, ledger, cursorKeys }: ReadAuditDependencies) {
  return defineRoute(contracts.readAudit, async ({ actor, query, prefers, now }) => {
    const { limit, cursor, format, lang, from, to, inquiry, ...criteria } = query;
    const range = resolveAuditRange({ from, to }, now);
    if (isRefusal(range)) {
      return { ...range, errors: [{ in: 'query', pointer: '/from', detail: range.detail }] };
    }
    const filter = { from, to, inquiry, ...criteria };
    const pages = makePageCursor(cursorKeys, actor.sub, contracts.readAudit, filter);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const names = inquiry === undefined ? undefined : await findInquiryNames(ledger, inquiry);
    const filtered = { ...criteria, ...range, inquiry: names };
    const page = await readAudit(archive, filtered, limit, after.position);
    const next = await pages.seal(page.next);
    const language = chooseCsvLanguage({ format, lang }, prefers);
    if (language === undefined) {
      const headers = { vary: csvOrJsonVary };
      return { status: 200, headers, body: { items: [...page.entries], next } };
    }
    return {
      status: 200,
      headers: {
        ...buildCsvHeaders(`audit-${range.to.slice(0, 10)}.csv`, language),
        ...(next === null ? {} : { link: formatNextLink(query, next) }),
      },
      body: formatAuditCsv(page.entries, language),
    };
  });
}

/** @see https://www.rfc-editor.org/rfc/rfc8288 */
function formatNextLink(query: Readonly<Record<string, unknown>>, cursor: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `</v1/audit?${parameters}>; rel="next"`;
}
