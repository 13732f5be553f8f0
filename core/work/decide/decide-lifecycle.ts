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

/** Reopens a resolved or closed inquiry: agents at any time, its requester until `reopenUntil`. */
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

/** Withdraws an inquiry that is not resolved; its holder loses it. */
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

/** Closes a resolved inquiry before time closes it. */
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

/** Corrects the fields that the command names; the others stay. */
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

/** Another address means another person, so nothing known so far applies. */
function correctRequester(current: Requester, correction: Requester): Requester {
  const isAnother =
    current.address !== undefined && (correction.address ?? current.address) !== current.address;
  return isAnother ? correction : { ...current, ...correction };
}

/** Decides a merge for the inquiry that is merged into another. */
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
 * Decides a merge for its target: the other inquiry's people become participants.
 *
 * Refuses `work.merge-target` when the target is merged or quarantined.
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
  // Nobody has verified the people of a quarantined inquiry.
  const newParticipants =
    merged.status === 'quarantined' ? [] : [requester, ...merged.participants];
  const joined = newParticipants.filter(
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
