import { findRelations } from '../../access/may.ts';
import type { InquiryDecision } from '../../inquiry/decide-and-append.ts';
import { buildReopenedEvent } from '../../inquiry/decide-continuation.ts';
import type { LoadedInquiry } from '../../inquiry/ports.ts';
import { type Refusal, refuse } from '../../inquiry/refusal.ts';
import type { Inquiry } from '../../inquiry/snapshot.ts';
import type { Sub } from '../../inquiry/values/ids.ts';
import type { Requester } from '../../inquiry/values/vocabulary.ts';
import { buildEventActor, type CommandContext, findActorSide } from '../actor.ts';
import { leaseEndOf } from '../claim/hold-check.ts';
import type { CommandOf } from '../commands.ts';

/** Reopens a resolved or closed inquiry: agents any time, its requester for a while. */
export function decideReopen(
  { inquiry }: LoadedInquiry,
  { reason }: CommandOf<'reopen'>,
  { actor, terms, now }: CommandContext,
): InquiryDecision | Refusal {
  const { status } = inquiry;
  if (status !== 'resolved' && status !== 'closed') {
    return refuse('inquiry.illegal-transition', `The inquiry is ${status} and still open.`);
  }
  const isOffice = findRelations(actor, inquiry).includes('office');
  const side = findActorSide(actor, inquiry);
  const isLate = inquiry.reopenUntil === undefined || inquiry.reopenUntil < now;
  if (side === 'requester' && !isOffice && isLate) {
    return refuse('work.too-late', 'The time to reopen it has passed; please open a new one.');
  }
  return {
    events: [buildReopenedEvent(inquiry, buildEventActor(actor, side), terms, now, reason)],
  };
}

/** Withdraws an inquiry that is not resolved; whoever holds it loses it. */
export function decideWithdraw(
  loaded: LoadedInquiry,
  { reason }: CommandOf<'withdraw'>,
  { actor, now }: CommandContext,
): InquiryDecision {
  return {
    ...leaseEndOf(loaded),
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, findActorSide(actor, loaded.inquiry)),
        type: 'InquiryWithdrawn',
        ...(reason === undefined ? {} : { reason }),
      },
    ],
  };
}

/** Closes a resolved inquiry before its time. */
export function decideClose(
  { inquiry }: LoadedInquiry,
  { actor, now }: CommandContext,
): InquiryDecision {
  const by = buildEventActor(actor, findActorSide(actor, inquiry));
  return { events: [{ v: 1, at: now, by, type: 'InquiryClosed' }] };
}

/** Rates a resolution; refuses `work.already-rated` for a second rating of the same one. */
export function decideRate(
  { inquiry }: LoadedInquiry,
  { score, comment }: CommandOf<'rate'>,
  { actor, now }: CommandContext,
): InquiryDecision | Refusal {
  if (inquiry.resolutions === 0) {
    return refuse('inquiry.illegal-transition', 'Only a resolved inquiry can be rated.');
  }
  if (inquiry.rating?.resolution === inquiry.resolutions) {
    return refuse('work.already-rated', 'This resolution has been rated already.');
  }
  return {
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, 'requester'),
        type: 'InquiryRated',
        score,
        ...(comment === undefined ? {} : { comment }),
      },
    ],
  };
}

/** Corrects what routing or intake made of it; what is not named stays. */
export function decideAmend(
  { inquiry }: LoadedInquiry,
  { command: _, requester, ...changes }: CommandOf<'amend'>,
  { actor, now }: CommandContext,
): InquiryDecision {
  return {
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, 'agent'),
        type: 'InquiryAmended',
        ...changes,
        ...(requester === undefined
          ? {}
          : { requester: correctRequester(inquiry.requester, requester) }),
      },
    ],
  };
}

/** Another address is another person, of whom nothing that was known holds. */
function correctRequester(known: Requester, better: Requester): Requester {
  const isAnother =
    known.address !== undefined && (better.address ?? known.address) !== known.address;
  return isAnother ? better : { ...known, ...better };
}

/** Merges an inquiry into another: this one's part of it. */
export function decideMerge(
  loaded: LoadedInquiry,
  { into, intoNumber }: CommandOf<'merge'>,
  { actor, now }: CommandContext,
): InquiryDecision | Refusal {
  if (into === loaded.inquiry.id) {
    return refuse('work.merge-target', 'An inquiry cannot be merged into itself.');
  }
  const by = buildEventActor(actor, 'agent');
  return {
    ...leaseEndOf(loaded),
    events: [{ v: 1, at: now, by, type: 'InquiryMerged', into, intoNumber }],
  };
}

/**
 * Takes a merged inquiry in: the other one's part of it. Its people take part from now on.
 *
 * Refuses `work.merge-target` for a merged or quarantined one.
 */
export function decideAbsorb(
  { inquiry }: LoadedInquiry,
  merged: Inquiry,
  { actor, now }: CommandContext,
): InquiryDecision | Refusal {
  if (inquiry.status === 'merged' || inquiry.status === 'quarantined') {
    return refuse('work.merge-target', `The other inquiry is ${inquiry.status}.`);
  }
  const { address, sub, name } = merged.requester;
  const requester = {
    ...(address === undefined ? {} : { address }),
    ...(sub === undefined ? {} : { sub: sub as Sub }),
    ...(name === undefined ? {} : { name }),
  };
  // Nobody has looked into who a quarantined one's people are.
  const people = merged.status === 'quarantined' ? [] : [requester, ...merged.participants];
  const joined = people.filter(
    (party) => party.address !== undefined && party.address !== inquiry.requester.address,
  );
  return {
    events: [
      {
        v: 1,
        at: now,
        by: buildEventActor(actor, 'agent'),
        type: 'InquiryAbsorbed',
        from: merged.id,
        fromNumber: merged.number,
        joined: joined.slice(0, 50),
      },
    ],
  };
}
