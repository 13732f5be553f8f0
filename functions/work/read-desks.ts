import * as z from 'zod';
import { isStub } from '../../core/access/view.ts';
import type { InquiryIndex, InquiryLedger } from '../../core/inquiry/ports.ts';
import { refuse } from '../../core/inquiry/refusal.ts';
import { Desks, shippedTerms, type Terms } from '../../core/inquiry/terms.ts';
import { knownDesk, knownDesks } from '../../core/work/choose-list.ts';
import { showListed } from '../../core/work/show-inquiry.ts';
import * as contracts from '../contract/desks.ts';
import { type HttpHandler, type HttpOptions, httpHandler, route } from '../edge/http.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: Desks });
export type Env = z.infer<typeof Env>;

/** A desk that far behind has other troubles than the exact number. */
const depthLimit = 1_000;

type Deps = {
  readonly env: Pick<Env, 'DESKS'>;
  readonly ledger: Pick<InquiryLedger, 'load'>;
  readonly index: Pick<InquiryIndex, 'waiting' | 'depth'>;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes that show the desks and what waits at them. */
export function makeHandler(deps: Deps): HttpHandler {
  const terms = shippedTerms(deps.env.DESKS);
  return httpHandler({ ...deps, routes: [listing(deps, terms), reading(deps, terms)] });
}

function listing({ index }: Deps, terms: Terms) {
  return route(contracts.listDesks, async ({ actor }) => {
    const items = await Promise.all(
      knownDesks(actor, terms).map(async ({ id, name, kind, mode, vendor }) => ({
        ...{ id, name, kind, mode },
        ...(vendor === undefined ? {} : { vendor }),
        ...(await index.depth(id, depthLimit)),
      })),
    );
    return { status: 200, body: { items, next: null } };
  });
}

function reading({ ledger, index }: Deps, terms: Terms) {
  return route(contracts.readWorklist, async ({ actor, params, query, now }) => {
    const desk = knownDesk(params.desk, actor, terms);
    if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${params.desk}.`);
    const waiting = await index.waiting(desk.id, query.limit);
    const inquiries = waiting.map(({ inquiry }) => inquiry);
    const views = await showListed(ledger, inquiries, actor, terms, now);
    return {
      status: 200,
      body: { items: views.flatMap((view) => (isStub(view) ? [] : [view])), next: null },
    };
  });
}
