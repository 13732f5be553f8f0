import * as z from 'zod';
import { formatAuditCsv } from '../../core/audit/audit-csv.ts';
import type { AuditArchive } from '../../core/audit/ports.ts';
import { findInquiryNames, readAudit, resolveAuditRange } from '../../core/audit/read-audit.ts';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import * as contracts from '../contract/audit.ts';
import { csvHeaders, csvOrJsonVary, csvWanted } from '../edge/http/csv-response.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http/http.ts';
import { pageCursor } from '../edge/http/page-cursor.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';

export const Env = z.object({ TABLE_NAME: z.string(), SIGNING_SECRET_ARN: z.string() });
export type Env = z.infer<typeof Env>;

type Reading = {
  readonly archive: AuditArchive;
  readonly ledger: Pick<InquiryLedger, 'idOf' | 'load'>;
  readonly cursorKeys: SigningKeys;
};

/** Makes the route by which leads see who did or saw what. */
export function makeHandler(deps: Reading & Omit<HttpOptions, 'routes'>): HttpHandler {
  return httpHandler({ ...deps, routes: [reading(deps)] });
}

function reading({ archive, ledger, cursorKeys }: Reading) {
  return route(contracts.readAudit, async ({ actor, query, prefers, now }) => {
    const { limit, cursor, format, lang, from, to, inquiry, ...wish } = query;
    const range = resolveAuditRange({ from, to }, now);
    if (isRefusal(range)) {
      return { ...range, errors: [{ in: 'query', pointer: '/from', detail: range.detail }] };
    }
    const filter = { from, to, inquiry, ...wish };
    const pages = pageCursor(cursorKeys, actor.sub, contracts.readAudit, filter);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const names = inquiry === undefined ? undefined : await findInquiryNames(ledger, inquiry);
    const looked = { ...wish, ...range, inquiry: names };
    const page = await readAudit(archive, looked, limit, after.position);
    const next = await pages.seal(page.next);
    const language = csvWanted({ format, lang }, prefers);
    if (language === undefined) {
      const headers = { vary: csvOrJsonVary };
      return { status: 200, headers, body: { items: [...page.entries], next } };
    }
    return {
      status: 200,
      headers: {
        ...csvHeaders(`audit-${range.to.slice(0, 10)}.csv`, language),
        ...(next === null ? {} : { link: linkTo(query, next) }),
      },
      body: formatAuditCsv(page.entries, language),
    };
  });
}

/** @see https://www.rfc-editor.org/rfc/rfc8288 */
function linkTo(query: Readonly<Record<string, unknown>>, cursor: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `</v1/audit?${parameters}>; rel="next"`;
}
