import * as z from 'zod';
import { recordChange } from '../../core/access/access-record.ts';
import { isInquiryStub } from '../../core/access/view-inquiry.ts';
import type { CommandResult } from '../../core/inquiry/decide-and-append.ts';
import { isRefusal, refuse } from '../../core/inquiry/refusal.ts';
import { type Desk, StageDesks } from '../../core/inquiry/terms/desk.ts';
import { findDesk, type Terms, type TermsInForce } from '../../core/inquiry/terms/terms.ts';
import type { Actor } from '../../core/work/actor.ts';
import {
  type ClaimNextDependencies,
  claimNextInquiry,
  dropQueueMessage,
} from '../../core/work/claim/claim-next-inquiry.ts';
import { performCommand } from '../../core/work/perform-command.ts';
import { findVisibleDesk } from '../../core/work/read/choose-inquiry-list.ts';
import { showCommandResult } from '../../core/work/read/show-inquiry.ts';
import * as contracts from '../contract/work.ts';
import {
  buildAnswerRecord,
  defineRoute,
  type HttpHandler,
  type HttpOptions,
  makeHttpHandler,
  type RequestParts,
} from '../edge/http/http.ts';
import { resolveInquiryId } from '../edge/http/resolve-inquiry-id.ts';
import { logStep } from '../edge/telemetry/telemetry.ts';

export const Env = z.object({
  TABLE_NAME: z.string(),
  CONTENT_BUCKET: z.string(),
  DESKS: StageDesks,
});
export type Env = z.infer<typeof Env>;

/** The answer is stored in the claim's own transaction. */
const stored = { stored: true } as const;

/** The part of the function's time that is reserved for the claim itself and its answer. */
const reserveMs = 3_000;

export type ClaimRouteDependencies = ClaimNextDependencies & {
  readonly terms: TermsInForce;
} & Omit<HttpOptions, 'routes'>;

/** Makes the routes by which agents claim an inquiry: the next of a desk, or a chosen one. */
export function makeHandler(deps: ClaimRouteDependencies): HttpHandler {
  return makeHttpHandler({
    ...deps,
    routes: [
      defineRoute(contracts.claimNextInquiry, makeClaimNextHandler(deps)),
      defineRoute(contracts.claimInquiry, makeClaimInquiryHandler(deps)),
    ],
  });
}

export function makeClaimNextHandler(deps: ClaimRouteDependencies) {
  return async (request: RequestParts<typeof contracts.claimNextInquiry>) => {
    const { actor, params, query, answerKey, remainingMs } = request;
    const terms = await deps.terms.read();
    const desk = findVisibleDesk(params.desk, actor, terms);
    if (desk === undefined) return refuse('work.unknown-desk', `There is no desk ${params.desk}.`);
    if (!actor.desks.includes(desk.id)) {
      return refuse('access.forbidden', 'Only agents of the desk claim there.');
    }
    const waitSeconds = Math.max(0, Math.min(query.wait, (remainingMs - reserveMs) / 1000));
    const answer = (claimed: CommandResult) => buildClaimResult(claimed, actor, terms, deps);
    const recordAnswer = (claimed: CommandResult) => buildAnswerRecord(answerKey, answer(claimed));
    const claimed = await claimNextInquiry(deps, {
      desk,
      actor,
      terms,
      waitSeconds,
      recordAnswer,
    });
    if (claimed === undefined) return { status: 204 as const };
    if (claimed.events.length === 0) return answer(claimed);
    if (!claimed.acknowledgedMessage) await tidyDeskQueue(deps, desk);
    logClaim(deps, claimed);
    return answerKey === undefined ? answer(claimed) : { ...answer(claimed), ...stored };
  };
}

export function makeClaimInquiryHandler(deps: ClaimRouteDependencies) {
  return async (request: RequestParts<typeof contracts.claimInquiry>) => {
    const { actor, params, ifMatch, answerKey, now } = request;
    const id = await resolveInquiryId(deps.ledger, params.id);
    if (isRefusal(id)) return id;
    const terms = await deps.terms.read();
    const precondition = ifMatch === undefined ? {} : { ifMatch };
    const context = { actor, terms, now, messageId: id, ...precondition };
    const answer = (claimed: CommandResult) => buildClaimResult(claimed, actor, terms, deps);
    const recordAnswer = (claimed: CommandResult) => buildAnswerRecord(answerKey, answer(claimed));
    const command = { command: 'claim' } as const;
    const claimed = await performCommand(deps, id, command, context, recordAnswer);
    if (isRefusal(claimed)) return claimed;
    if (claimed.events.length === 0) return answer(claimed);
    const desk = claimed.lease === undefined ? undefined : findDesk(terms, claimed.lease.desk);
    if (desk !== undefined) await tidyDeskQueue(deps, desk);
    logClaim(deps, claimed);
    return answerKey === undefined ? answer(claimed) : { ...answer(claimed), ...stored };
  };
}

function buildClaimResult(
  claimed: CommandResult,
  actor: Actor,
  terms: Terms,
  { clock }: ClaimRouteDependencies,
) {
  const view = showCommandResult(claimed, actor, terms, clock());
  if (isInquiryStub(view) || view.lease === undefined) {
    throw new TypeError('a claim has given no lease');
  }
  const { lease, ...inquiry } = view;
  return {
    status: 200 as const,
    body: { ...inquiry, lease },
    etag: claimed.inquiry.version,
    seen: [recordChange(actor, claimed.inquiry)],
  };
}

/** The claim stands even if this fails; the desk's queue is filled again each minute. */
async function tidyDeskQueue(
  { deskQueue, logger }: ClaimRouteDependencies,
  desk: Desk,
): Promise<void> {
  try {
    await dropQueueMessage(deskQueue, desk);
  } catch (error) {
    logger.warn('news left in the queue', { desk: desk.id, error });
  }
}

function logClaim({ logger }: ClaimRouteDependencies, { inquiry }: CommandResult): void {
  const { id, number, desk, holder } = inquiry;
  logStep(logger, { step: 'work.claimed', inquiryId: id, number, desk, agent: holder?.agent });
}
