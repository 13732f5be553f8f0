import * as z from 'zod';
import type { InquiryIndex, InquiryLedger } from '../../core/inquiry/ports.ts';
import { refuse } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import { findVisibleDesk, listVisibleDesks } from '../../core/work/read/choose-inquiry-list.ts';
import { recordListedReads, showInquiryList } from '../../core/work/read/show-inquiry.ts';
import * as contracts from '../contract/desks.ts';
import {
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';

export const Env = z.object({ TABLE_NAME: z.string(), DESKS: StageDesks });
export type Env = z.infer<typeof Env>;

/** A desk that far behind needs no exact number. */
const depthLimit = 1_000;

type Deps = {
  readonly terms: TermsInForce;
  readonly ledger: Pick<InquiryLedger, 'load'>;
  readonly index: Pick<InquiryIndex, 'listWaiting' | 'depth'>;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes that show the desks and what waits at them. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [makeListDesksRoute(deps), makeReadWorklistRoute(deps)],
  });
}

function makeListDesksRoute({ index, terms }: Deps) {
  return defineRoute(contracts.listDesks, async ({ actor }) => {
    const items = await Promise.all(
      listVisibleDesks(actor, await terms.read()).map(async ({ id, name, kind, mode, vendor }) => ({
        ...{ id, name, kind, mode },
        ...(vendor === undefined ? {} : { vendor }),
        ...(await index.depth(id, depthLimit)),
      })),
    );
    return { status: 200, body: { items, next: null } };
  });
}

function makeReadWorklistRoute({ ledger, index, terms: inForce }: Deps) {
  return defineRoute(contracts.readWorklist, async ({ actor, params, query, now }) => {
    const terms = await inForce.read();
    const desk = findVisibleDesk(params.desk, actor, terms);
    if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${params.desk}.`);
    const waiting = await index.listWaiting(desk.id, query.limit);
    const inquiries = waiting.map(({ inquiry }) => inquiry);
    const items = await showInquiryList(ledger, inquiries, actor, terms, now);
    return {
      status: 200,
      body: { items, next: null },
      seen: recordListedReads(inquiries, items, actor),
    };
  });
}
