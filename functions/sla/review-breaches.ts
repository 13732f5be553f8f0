import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { formatDuration } from '../../core/inquiry/clock/business-duration.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks } from '../../core/inquiry/terms/desk.ts';
import type { TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Breach } from '../../core/sla/breach/breach.ts';
import { type BreachFilter, listBreaches } from '../../core/sla/breach/list-breaches.ts';
import {
  type ReviewBreachDependencies,
  reviewBreach,
} from '../../core/sla/breach/review-breach.ts';
import type { VerdictLedger } from '../../core/sla/ports.ts';
import * as contracts from '../contract/sla/sla.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
} from '../edge/http/http.ts';
import { makePageCursor } from '../edge/http/page-cursor.ts';
import type { RequestQuery } from '../edge/http/route-contract.ts';
import type { SigningKeys } from '../edge/signing-keys.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  SIGNING_SECRET_ARN: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

type Deps = ReviewBreachDependencies & {
  readonly terms: TermsInForce;
  readonly verdicts: VerdictLedger;
  readonly cursorKeys: SigningKeys;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes by which leads list breaches, and review why they happened. */
export function makeHandler(deps: Deps): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [makeListBreachesRoute(deps), makeReviewBreachRoute(deps)],
  });
}

function makeListBreachesRoute(deps: Deps) {
  return defineRoute(contracts.listBreaches, async ({ actor, query, now }) => {
    const { limit, cursor, ...filter } = query;
    const pages = makePageCursor(deps.cursorKeys, actor.sub, contracts.listBreaches, filter);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const terms = await deps.terms.read();
    const page = await listBreaches(
      deps,
      buildBreachFilter(filter),
      limit,
      after.position,
      terms,
      now,
    );
    const items = page.breaches.map(viewBreach);
    const seen = page.breaches.map(accessRecordOf);
    return { status: 200, body: { items, next: await pages.seal(page.next) }, seen };
  });
}

function makeReviewBreachRoute(deps: Deps) {
  return defineRoute(contracts.reviewBreach, async ({ actor, params, body, now, answerKey }) => {
    const terms = await deps.terms.read();
    const answer = (breach: Breach) => ({
      status: 200 as const,
      body: viewBreach(breach),
      seen: [accessRecordOf(breach)],
    });
    const context = { actor, terms, now };
    const reviewed = await reviewBreach(deps, params.id, body, context, (breach) =>
      buildAnswerRecord(answerKey, answer(breach)),
    );
    if (isRefusal(reviewed)) {
      const { refused, detail } = reviewed;
      if (refused !== 'invalid.body') return reviewed;
      return { ...reviewed, errors: [{ in: 'body', pointer: '/cause', detail }] };
    }
    const { inquiryId, number, clock } = reviewed;
    logStep(deps.logger, { step: 'sla.BreachReviewed', inquiryId, number, clock });
    return { ...answer(reviewed), ...(answerKey === undefined ? {} : { stored: true as const }) };
  });
}

function buildBreachFilter({
  reviewed,
  ...filter
}: Omit<RequestQuery<typeof contracts.listBreaches>, 'limit' | 'cursor'>): BreachFilter {
  return { ...filter, reviewed: reviewed === undefined ? undefined : reviewed === 'true' };
}

function accessRecordOf({ inquiryId: id, number }: Breach) {
  return recordByRole({ id, number });
}

function viewBreach(breach: Breach): contracts.BreachView {
  const { inquiryId: id, number, target, elapsed, late, ...rest } = breach;
  return {
    ...rest,
    inquiry: { id, number },
    target: formatDuration(target),
    ...(elapsed === undefined ? {} : { elapsed: formatDuration(elapsed) }),
    ...(late === undefined ? {} : { lateBy: formatDuration(late) }),
  };
}
