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
import type { Desk, Terms, TermsInForce } from '../../inquiry/terms/terms.ts';
import { addSeconds, type InquiryId, type Instant } from '../../inquiry/values/ids.ts';
import type { Actor } from '../actor.ts';
import { performCommand, type Remember } from '../perform-command.ts';
import type { DeskNews } from '../ports.ts';
import { livingClaimOf } from './decide-claim.ts';

/** Who loses a race tries again at random within so many, so that a crowd soon spreads out. */
const top = 10;
/** How often the worklist is read again when all of its top went to others. */
const roundLimit = 5;
/** SQS waits no longer, nor less than a second. */
const longestWaitSeconds = 20;

export type ClaimingNext = CommandDependencies & {
  readonly index: Pick<InquiryIndex, 'listWaiting'>;
  readonly pendingClaims: PendingClaimIndex;
  readonly news: DeskNews;
  /** Asked again once the wait is over. */
  readonly terms: TermsInForce;
  /** The present instant, since a claim may wait. */
  readonly clock: () => Instant;
};

/** Who claims where, and for how long they wait. */
export type Asking = {
  readonly desk: Desk;
  readonly actor: Actor;
  readonly terms: Terms;
  readonly waitSeconds: number;
  readonly remember?: Remember;
};

/** A claim, and whether it has used up a message of the desk's queue. */
export type NextClaim = CommandResult & { readonly settledNews: boolean };

/**
 * Claims the most urgent inquiry that waits at a desk, waiting for one to come if need be.
 *
 * Asking again before the first heartbeat gives the same one. Otherwise the worklist decides; when
 * it is empty, the desk's queue tells when something comes, on pull desks only: a push desk's
 * queue has its own consumer. Undefined when nothing came in time.
 */
export async function claimNext(
  claiming: ClaimingNext,
  asking: Asking,
): Promise<NextClaim | undefined> {
  const { index, pendingClaims, news, clock } = claiming;
  const { desk, actor, waitSeconds } = asking;
  const until = addSeconds(clock(), waitSeconds);
  const [pending, waiting] = await Promise.all([
    pendingClaims.find(actor.sub, desk.id),
    index.listWaiting(desk.id, top),
  ]);
  const own = await unconfirmed(claiming, asking, pending);
  if (own !== undefined) return { ...own, settledNews: false };
  const turn: Turn = { claiming, asking, terms: asking.terms, replaces: pending };

  const listed = await takeListed(turn, waiting);
  if (listed !== undefined) return { ...listed, settledNews: false };
  if (desk.mode === 'push') return undefined;
  for (let left = secondsUntil(until, clock()); left >= 1; left = secondsUntil(until, clock())) {
    const message = await news.next(desk, Math.min(left, longestWaitSeconds));
    if (message === undefined) continue;
    const { inquiryId } = message;
    turn.terms = await claiming.terms.read();
    const named = inquiryId === undefined ? undefined : await take(turn, inquiryId);
    await news.settle(desk, message);
    // Messages are interchangeable: one that is stale may stand for another inquiry's.
    const claimed = named ?? (await takeListed(turn, await index.listWaiting(desk.id, top)));
    if (claimed !== undefined) return { ...claimed, settledNews: true };
  }
  return undefined;
}

/** Takes one message off a desk's queue, for a claim that did not come from it. */
export async function takeNewsOff(news: DeskNews, desk: Desk): Promise<void> {
  if (desk.mode === 'push') return;
  const message = await news.next(desk, 0);
  if (message !== undefined) await news.settle(desk, message);
}

type Turn = {
  readonly claiming: ClaimingNext;
  readonly asking: Asking;
  terms: Terms;
  /** The agent's earlier claim, which is confirmed or over. */
  replaces: InquiryId | undefined;
};

async function takeListed(
  turn: Turn,
  waiting: readonly WaitingInquiry[],
): Promise<CommandResult | undefined> {
  const { index, random } = turn.claiming;
  let listed = waiting;
  for (let round = 0; round < roundLimit && listed.length > 0; round += 1) {
    const left = [...listed];
    for (let place = 0; left.length > 0; place = Math.floor(random.fraction() * left.length)) {
      const [candidate] = left.splice(place, 1);
      if (candidate === undefined) break;
      const claimed = await take(turn, candidate.id, { inquiry: candidate.inquiry });
      if (claimed !== undefined) return claimed;
    }
    listed = await index.listWaiting(turn.asking.desk.id, top);
  }
  return undefined;
}

/** Takes an inquiry if it still waits; undefined when it went elsewhere. */
async function take(
  turn: Turn,
  id: InquiryId,
  seen?: LoadedInquiry,
): Promise<CommandResult | undefined> {
  const { claiming, asking, terms, replaces } = turn;
  const { actor, desk, remember } = asking;
  const next = replaces === undefined ? { desk: desk.id } : { desk: desk.id, replaces };
  const now = claiming.clock();
  const circumstances = { actor, terms, now, messageId: id };
  try {
    const command = { command: 'claim', next } as const;
    const claimed = await performCommand(claiming, id, command, circumstances, remember, seen);
    return isRefusal(claimed) ? undefined : claimed;
  } catch (error) {
    if (!(error instanceof IdempotencyConflict) || error.conflict !== 'claim') throw error;
    // Another request of the same agent was faster; this one answers the same.
    const pending = await claiming.pendingClaims.find(actor.sub, desk.id);
    turn.replaces = pending;
    return unconfirmed(claiming, asking, pending);
  }
}

async function unconfirmed(
  { ledger, clock }: ClaimingNext,
  { actor, desk }: Asking,
  pending: InquiryId | undefined,
): Promise<CommandResult | undefined> {
  if (pending === undefined) return undefined;
  const loaded = await ledger.load(pending);
  const lease =
    loaded === undefined ? undefined : livingClaimOf(actor.sub, loaded.inquiry, loaded.lease);
  const isUnconfirmed = lease?.desk === desk.id && !lease.confirmed && lease.until > clock();
  return loaded !== undefined && isUnconfirmed ? { ...loaded, events: [] } : undefined;
}

function secondsUntil(until: Instant, now: Instant): number {
  return Math.floor((Date.parse(until) - Date.parse(now)) / 1000);
}
