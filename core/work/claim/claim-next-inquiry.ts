import {
  type CommandDependencies,
  type CommandResult,
  IdempotencyConflict,
} from '../../inquiry/decide-and-append.ts';
import type {
  InquiryIndex,
  LoadedInquiry,
  PendingClaimIndex,
  WaitingInquiry,
} from '../../inquiry/ports.ts';
import { isRefusal } from '../../inquiry/refusal.ts';
import type { Desk } from '../../inquiry/terms/desk.ts';
import type { Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import { type AnswerRecorder, performCommand } from '../perform-command.ts';
import type { DeskQueue } from '../ports.ts';
import { findLivingClaim } from './decide-claim.ts';

/** After a lost race the next try is random among this many, so that a crowd soon spreads out. */
const worklistTop = 10;
/** How often the worklist is read again when all of its top went to others. */
const roundLimit = 5;
/** SQS waits for whole seconds, and no longer than this. */
const longestWaitSeconds = 20;

export type ClaimNextDependencies = CommandDependencies & {
  readonly index: Pick<InquiryIndex, 'listWaiting'>;
  readonly pendingClaims: PendingClaimIndex;
  readonly deskQueue: DeskQueue;
  /** Read again after a wait. */
  readonly terms: TermsInForce;
  /** The present instant, since a claim may wait. */
  readonly clock: () => Instant;
};

export type ClaimRequest = {
  readonly desk: Desk;
  readonly actor: Actor;
  readonly terms: Terms;
  readonly waitSeconds: number;
  readonly recordAnswer?: AnswerRecorder;
};

/** A claim, and whether it has used up a message of the desk's queue. */
export type ClaimNextResult = CommandResult & { readonly acknowledgedMessage: boolean };

/**
 * Claims the most urgent inquiry that waits at a desk, waiting for one to come if need be.
 *
 * A repetition before the first heartbeat returns the same inquiry. Otherwise the worklist decides;
 * while it is empty, a message of the desk's queue ends the wait, at pull desks only: a push desk's
 * queue has its own consumer. Undefined when nothing came in time.
 */
export async function claimNextInquiry(
  deps: ClaimNextDependencies,
  request: ClaimRequest,
): Promise<ClaimNextResult | undefined> {
  const { index, pendingClaims, deskQueue, clock } = deps;
  const { desk, actor, waitSeconds } = request;
  const until = addSeconds(clock(), waitSeconds);
  const [pending, waiting] = await Promise.all([
    pendingClaims.find(actor.sub, desk.id),
    index.listWaiting(desk.id, worklistTop),
  ]);
  const unconfirmed = await findUnconfirmedClaim(deps, request, pending);
  if (unconfirmed !== undefined) return { ...unconfirmed, acknowledgedMessage: false };
  const attempt: ClaimAttempt = { deps, request, terms: request.terms, replaces: pending };

  const fromWorklist = await claimListed(attempt, waiting);
  if (fromWorklist !== undefined) return { ...fromWorklist, acknowledgedMessage: false };
  if (desk.mode === 'push') return undefined;
  for (let left = secondsUntil(until, clock()); left >= 1; left = secondsUntil(until, clock())) {
    const message = await deskQueue.receiveNext(desk, Math.min(left, longestWaitSeconds));
    if (message === undefined) continue;
    const { inquiryId } = message;
    attempt.terms = await deps.terms.read();
    const fromMessage = inquiryId === undefined ? undefined : await claimOne(attempt, inquiryId);
    await deskQueue.acknowledge(desk, message);
    // Messages are interchangeable: one that is stale may stand for another inquiry's.
    const claimed =
      fromMessage ?? (await claimListed(attempt, await index.listWaiting(desk.id, worklistTop)));
    if (claimed !== undefined) return { ...claimed, acknowledgedMessage: true };
  }
  return undefined;
}

/** Removes one message from a desk's queue for a claim that did not come from it. */
export async function dropQueueMessage(deskQueue: DeskQueue, desk: Desk): Promise<void> {
  if (desk.mode === 'push') return;
  const message = await deskQueue.receiveNext(desk, 0);
  if (message !== undefined) await deskQueue.acknowledge(desk, message);
}

type ClaimAttempt = {
  readonly deps: ClaimNextDependencies;
  readonly request: ClaimRequest;
  terms: Terms;
  /** The agent's earlier claim, which is confirmed or over. */
  replaces: InquiryId | undefined;
};

async function claimListed(
  attempt: ClaimAttempt,
  waiting: readonly WaitingInquiry[],
): Promise<CommandResult | undefined> {
  const { index, random } = attempt.deps;
  let worklist = waiting;
  for (let round = 0; round < roundLimit && worklist.length > 0; round += 1) {
    const remaining = [...worklist];
    for (
      let place = 0;
      remaining.length > 0;
      place = Math.floor(random.fraction() * remaining.length)
    ) {
      const [candidate] = remaining.splice(place, 1);
      if (candidate === undefined) break;
      const claimed = await claimOne(attempt, candidate.id, { inquiry: candidate.inquiry });
      if (claimed !== undefined) return claimed;
    }
    worklist = await index.listWaiting(attempt.request.desk.id, worklistTop);
  }
  return undefined;
}

/** Claims an inquiry if it still waits; undefined when it went elsewhere. */
async function claimOne(
  attempt: ClaimAttempt,
  id: InquiryId,
  preloaded?: LoadedInquiry,
): Promise<CommandResult | undefined> {
  const { deps, request, terms, replaces } = attempt;
  const { actor, desk, recordAnswer } = request;
  const next = replaces === undefined ? { desk: desk.id } : { desk: desk.id, replaces };
  const now = deps.clock();
  const context = { actor, terms, now, messageId: id };
  try {
    const command = { command: 'claim', next } as const;
    const claimed = await performCommand(deps, id, command, context, recordAnswer, preloaded);
    return isRefusal(claimed) ? undefined : claimed;
  } catch (error) {
    if (!(error instanceof IdempotencyConflict) || error.conflict !== 'claim') throw error;
    // Another request of the same agent was faster; this one answers the same.
    const pending = await deps.pendingClaims.find(actor.sub, desk.id);
    attempt.replaces = pending;
    return findUnconfirmedClaim(deps, request, pending);
  }
}

async function findUnconfirmedClaim(
  { ledger, clock }: ClaimNextDependencies,
  { actor, desk }: ClaimRequest,
  pending: InquiryId | undefined,
): Promise<CommandResult | undefined> {
  if (pending === undefined) return undefined;
  const loaded = await ledger.load(pending);
  const lease =
    loaded === undefined ? undefined : findLivingClaim(actor.sub, loaded.inquiry, loaded.lease);
  const isUnconfirmed = lease?.desk === desk.id && !lease.confirmed && lease.until > clock();
  return loaded !== undefined && isUnconfirmed ? { ...loaded, events: [] } : undefined;
}

function secondsUntil(until: Instant, now: Instant): number {
  return Math.floor((Date.parse(until) - Date.parse(now)) / 1000);
}
