import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { ConfigureRoutingDependencies } from '../../core/routing/configuration/configure-routing.ts';
import { orderSimulation } from '../../core/routing/simulation/order-simulation.ts';
import type { SimulatedRow } from '../../core/routing/simulation/simulated-routing.ts';
import { formatSimulationCsv } from '../../core/routing/simulation/simulation-csv.ts';
import type { Simulations } from '../../core/routing/simulation/simulation-ports.ts';
import { findPreferredLanguage } from '../../core/wording/find-preferred-language.ts';
import * as contracts from '../contract/routing.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { negotiateMediaType } from '../edge/http/negotiate-media-type.ts';
import { makePageCursor } from '../edge/http/page-cursor.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { WebhookExceptions } from '../edge/webhook-exceptions.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
  SIGNING_SECRET_ARN: z.string(),
  WEBHOOK_EXCEPTIONS: WebhookExceptions,
});
export type Env = z.infer<typeof Env>;

type Deps = Omit<ConfigureRoutingDependencies, 'compare'> & {
  readonly simulations: Simulations;
  readonly cursorKeys: SigningKeys;
};

/** Makes the routes by which leads try rules and desk settings on past inquiries. */
export function makeHandler(deps: Deps & Omit<HttpOptions, 'routes'>): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [makeSimulateRoute(deps), makeReadSimulationRoute(deps)],
  });
}

function makeSimulateRoute(deps: Deps) {
  return defineRoute(contracts.simulateRouting, async ({ actor, body, now }) => {
    const order = await orderSimulation(deps, body, now);
    if (isRefusal(order)) {
      const { faults, ...refusal } = order;
      if (faults === undefined) return refusal;
      return { ...refusal, errors: faults.map((fault) => ({ in: 'body' as const, ...fault })) };
    }
    const { id, createdAt } = await deps.simulations.start(order, actor.sub, now);
    return {
      status: 202,
      location: `/v1/jobs/${id}`,
      body: {
        ...{ id, kind: 'routing-simulation', state: 'queued', progress: { done: 0 }, errors: [] },
        ...{ createdAt, updatedAt: createdAt },
      },
    };
  });
}

function makeReadSimulationRoute({ simulations, cursorKeys, terms }: Deps) {
  return defineRoute(contracts.readSimulation, async ({ actor, params, query, prefers }) => {
    const { limit, cursor, format, lang, all } = query;
    const scope = { job: params.job, all };
    const pages = makePageCursor(cursorKeys, actor.sub, contracts.readSimulation, scope);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const selection = all === 'true' ? 'all' : 'differing';
    const page = await simulations.readPage(params.job, selection, limit, after.position);
    if (page === undefined) {
      return refuse('job.unknown', 'There is no such simulation, or it is not kept any more.');
    }
    const { state, rows } = page;
    const next = await pages.seal(page.next);
    const seen = rows.map(recordByRole);
    const type = negotiateMediaType(prefers.type, ['application/json', 'text/csv']);
    const isCsv = format === undefined ? type === 'text/csv' : format === 'csv';
    const vary = 'accept, accept-language';
    if (!isCsv) {
      return {
        status: 200,
        headers: { vary },
        body: { state, items: rows.map(viewSimulatedRow), next },
        seen,
      };
    }
    const language = lang ?? findPreferredLanguage(prefers.language) ?? 'ja';
    const { desks } = await terms.read();
    return {
      status: 200,
      headers: {
        vary,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="simulation-${params.job}.csv"`,
        'content-language': language,
        ...(next === null ? {} : { link: formatNextLink(params.job, query, next) }),
      },
      body: formatSimulationCsv(rows, language, desks),
      seen,
    };
  });
}

function viewSimulatedRow({ id, number, stakes, old, new: newDecision, ...row }: SimulatedRow) {
  return {
    inquiry: { id, number },
    ...row,
    ...{ old: viewDecision(old), new: viewDecision(newDecision) },
    ...{ changed: [...row.changed], unseen: [...row.unseen], levels: [...stakes] },
  };
}

function viewDecision({ vendor: _, ...decision }: SimulatedRow['old']) {
  const { placedBy, priorityRules } = decision;
  return { ...decision, placedBy: [...placedBy], priorityRules: [...priorityRules] };
}

/** @see https://www.rfc-editor.org/rfc/rfc8288 */
function formatNextLink(
  job: string,
  query: Readonly<Record<string, unknown>>,
  cursor: string,
): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `</v1/routing/simulations/${job}?${parameters}>; rel="next"`;
}
