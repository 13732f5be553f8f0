import * as z from 'zod';
import type { InquiryLedger } from '../../core/inquiry/ports.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { RoutingConfigLedger } from '../../core/routing/configuration/config-ports.ts';
import { explainRouting } from '../../core/routing/explanation/explain-routing.ts';
import { findPreferredLanguage } from '../../core/wording/find-preferred-language.ts';
import * as contracts from '../contract/routing.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: StageDesks });
export type Env = z.infer<typeof Env>;

type Deps = {
  readonly terms: TermsInForce;
  readonly ledger: Pick<InquiryLedger, 'idOf' | 'load' | 'events'>;
  readonly versions: RoutingConfigLedger;
} & Omit<HttpOptions, 'routes'>;

/** Makes the route that explains why an inquiry went where it went. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({ ...deps, routes: [makeExplainRoutingRoute(deps)] });
}

function makeExplainRoutingRoute(deps: Deps) {
  return defineRoute(contracts.explainRouting, async ({ actor, params, query, prefers }) => {
    const id = await resolveInquiryId(deps.ledger, params.id);
    if (isRefusal(id)) return id;
    const language = query.lang ?? findPreferredLanguage(prefers.language) ?? actor.language;
    const terms = await deps.terms.read();
    const account = await explainRouting(deps, id, actor, terms, language);
    if (isRefusal(account)) return account;
    const { accessRecord, ...body } = account;
    const headers = { vary: 'accept-language', 'content-language': language };
    return { status: 200, headers, body, seen: [accessRecord] };
  });
}
