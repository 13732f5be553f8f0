import * as z from 'zod';
import { recordByRole } from '../../core/access/access-record.ts';
import { formatDuration } from '../../core/inquiry/clock/business-duration.ts';
import { isRefusal } from '../../core/inquiry/refusal.ts';
import { StageDesks, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Breach } from '../../core/sla/breach/breach.ts';
import { type BreachFilter, listBreaches } from '../../core/sla/breach/list-breaches.ts';
import {
  type ReviewBreachDependencies,
  reviewBreach,
} from '../../core/sla/breach/review-breach.ts';
import type { VerdictLedger } from '../../core/sla/ports.ts';
import * as contracts from '../contract/sla/sla.ts';
import {
  answerOnce,
  type HttpHandler,
  type HttpOptions,
  httpHandler,
  route,
} from '../edge/http/http.ts';
import { pageCursor } from '../edge/http/page-cursor.ts';
import type { QueryOf } from '../edge/http/route-contract.ts';
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

/** Makes the routes by which leads see what was missed, and say why. */
export function makeHandler(deps: Deps): HttpHandler {
  return httpHandler({ ...deps, routes: [listing(deps), reviewing(deps)] });
}

function listing(deps: Deps) {
  return route(contracts.listBreaches, async ({ actor, query, now }) => {
    const { limit, cursor, ...wish } = query;
    const pages = pageCursor(deps.cursorKeys, actor.sub, contracts.listBreaches, wish);
    const after = await pages.open(cursor);
    if (isRefusal(after)) return after;
    const terms = await deps.terms.read();
    const page = await listBreaches(deps, filterOf(wish), limit, after.position, terms, now);
    const items = page.breaches.map(viewOf);
    const seen = page.breaches.map(sightOf);
    return { status: 200, body: { items, next: await pages.seal(page.next) }, seen };
  });
}

function reviewing(deps: Deps) {
  return route(contracts.reviewBreach, async ({ actor, params, body, now, answerKey }) => {
    const terms = await deps.terms.read();
    const answer = (breach: Breach) => ({
      status: 200 as const,
      body: viewOf(breach),
      seen: [sightOf(breach)],
    });
    const circumstances = { actor, terms, now };
    const reviewed = await reviewBreach(deps, params.id, body, circumstances, (breach) =>
      answerOnce(answerKey, answer(breach)),
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

function filterOf({
  reviewed,
  ...wish
}: Omit<QueryOf<typeof contracts.listBreaches>, 'limit' | 'cursor'>): BreachFilter {
  return { ...wish, reviewed: reviewed === undefined ? undefined : reviewed === 'true' };
}

function sightOf({ inquiryId: id, number }: Breach) {
  return recordByRole({ id, number });
}

function viewOf(breach: Breach): contracts.BreachView {
  const { inquiryId: id, number, target, elapsed, late, ...rest } = breach;
  return {
    ...rest,
    inquiry: { id, number },
    target: formatDuration(target),
    ...(elapsed === undefined ? {} : { elapsed: formatDuration(elapsed) }),
    ...(late === undefined ? {} : { lateBy: formatDuration(late) }),
  };
}
