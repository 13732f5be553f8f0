import type { InquiryDecision } from '../../../../core/inquiry/decide-and-append.ts';
import {
  buildReopenedEvent,
  decideContinuation,
} from '../../../../core/inquiry/decide-continuation.ts';
import type { InquiryEvent } from '../../../../core/inquiry/events/events.ts';
import type { LoadedInquiry } from '../../../../core/inquiry/ports.ts';
import type { Terms } from '../../../../core/inquiry/terms/terms.ts';
import { addSeconds, DeskId, type Instant, Sub } from '../../../../core/inquiry/values/ids.ts';
import type { Priority } from '../../../../core/inquiry/values/vocabulary.ts';
import type { RandomSource } from './random-source.ts';

const agent = Sub.parse('agent');
const priorities: readonly Priority[] = ['critical', 'high', 'medium', 'low'];
const deskIds = ['staff', 'bpo', 'bpo-b', 'far'].map((id) => DeskId.parse(id));
const causes = ['vendor-late', 'wrong-route', 'capacity'];
const parties = ['us', 'vendor', 'requester'] as const;

const byAgent = { kind: 'agent', sub: agent, name: 'Agent', role: 'staff' } as const;
const byRequester = { kind: 'requester', name: 'Requester' } as const;

/** So late that no announcement is among the events: it changes no clock. */
export function computeLateAnnouncement(now: Instant): Instant {
  return addSeconds(now, 90 * 86_400);
}

/** Chooses at random what somebody does next, as the status allows; `end` when nothing more. */
export function chooseNextDecision(
  loaded: LoadedInquiry,
  random: RandomSource,
  now: Instant,
  terms: Terms,
): InquiryDecision | 'end' {
  const { inquiry } = loaded;
  if (random() < 0.1) {
    const review = makeReview(loaded, random, now);
    if (review !== undefined) return review;
  }
  switch (inquiry.status) {
    case 'new':
      return random() < 0.05 ? makeWithdrawal(loaded, now) : makeRouting(random, now);
    case 'queued':
      return decideFromQueue(loaded, random, now, terms);
    case 'in_progress':
      return decideFromWork(loaded, random, now, terms);
    case 'waiting':
      return random() < 0.6
        ? makeMessage(loaded, random, now, terms)
        : { events: [makeResume(loaded, now)] };
    case 'resolved':
    case 'closed':
      if (random() < 0.85) return 'end';
      return random() < 0.5
        ? { events: [buildReopenedEvent(inquiry, byAgent, terms, now)] }
        : makeMessage(loaded, random, now, terms);
    default:
      return 'end';
  }
}

function decideFromQueue(
  loaded: LoadedInquiry,
  random: RandomSource,
  now: Instant,
  terms: Terms,
): InquiryDecision {
  const choice = random();
  if (choice < 0.75) return makeClaim(loaded, now);
  if (choice < 0.81) return makeTransfer(loaded, random, now);
  if (choice < 0.87) return makeAmendment(random, now);
  if (choice < 0.9) return makeWithdrawal(loaded, now);
  if (choice < 0.95) return makeMerge(loaded, now);
  return makeMessage(loaded, random, now, terms);
}

function decideFromWork(
  loaded: LoadedInquiry,
  random: RandomSource,
  now: Instant,
  terms: Terms,
): InquiryDecision {
  const choice = random();
  if (choice < 0.2) return { events: [makeReply(now)] };
  if (choice < 0.3) return makeWait(loaded, now);
  if (choice < 0.7) return makeResolution(loaded, now, terms);
  if (choice < 0.77) return makeRelease(loaded, now);
  if (choice < 0.83) return makeTransfer(loaded, random, now);
  if (choice < 0.9) return makeAmendment(random, now);
  if (choice < 0.93 && loaded.inquiry.unansweredSince !== undefined) {
    return { events: [{ ...makeAgentHeader(now), type: 'NoReplyNeeded' }] };
  }
  return makeMessage(loaded, random, now, terms);
}

function makeRouting(random: RandomSource, now: Instant): InquiryDecision {
  const { policy } = pickOne([{}, { policy: 'continued' }], random) as { policy?: never };
  return {
    events: [
      {
        ...{ v: 1, at: now, by: { kind: 'system', part: 'routing' } },
        type: 'InquiryRouted',
        desk: pickOne(deskIds, random),
        priority: pickOne(priorities, random),
        category: 'network',
        ...(policy === undefined ? {} : { policy }),
        tags: [],
        rules: 0,
        trace: [],
        announceAt: computeLateAnnouncement(now),
      },
    ],
  };
}

function makeClaim({ inquiry }: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = inquiry.desk ?? pickOne(deskIds, () => 0);
  const fence = inquiry.fence + 1;
  // Long enough that some leases last and some are lost.
  const until = addSeconds(now, 43_200);
  return {
    events: [
      {
        ...makeAgentHeader(now),
        type: 'InquiryClaimed',
        ...{ desk, agent, name: 'Agent', fence, leaseUntil: until },
      },
    ],
    lease: { change: 'grant', lease: { agent, desk, fence, until, confirmed: true } },
  };
}

function makeRelease(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = loaded.inquiry.desk ?? pickOne(deskIds, () => 0);
  return {
    ...endLease(loaded),
    events: [
      {
        ...makeAgentHeader(now),
        type: 'InquiryReleased',
        agent,
        desk,
        announceAt: computeLateAnnouncement(now),
      },
    ],
  };
}

function makeTransfer(loaded: LoadedInquiry, random: RandomSource, now: Instant): InquiryDecision {
  const others = deskIds.filter((id) => id !== loaded.inquiry.desk);
  const announceAt = computeLateAnnouncement(now);
  return {
    ...endLease(loaded),
    events: [
      {
        ...makeAgentHeader(now),
        type: 'InquiryTransferred',
        desk: pickOne(others, random),
        announceAt,
      },
    ],
  };
}

function makeWait(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = loaded.inquiry.desk ?? pickOne(deskIds, () => 0);
  return {
    ...endLease(loaded),
    events: [
      {
        ...makeAgentHeader(now),
        type: 'RequesterAwaited',
        ...{ desk, agent, remindAt: addSeconds(now, 259_200), remindAfterSeconds: 259_200 },
      },
    ],
  };
}

function makeResume({ inquiry }: LoadedInquiry, now: Instant): InquiryEvent {
  const desk = inquiry.desk ?? pickOne(deskIds, () => 0);
  const announceAt = computeLateAnnouncement(now);
  return { ...makeAgentHeader(now), type: 'InquiryResumed', desk, reason: 'resumed', announceAt };
}

function makeResolution(
  loaded: LoadedInquiry,
  now: Instant,
  { lifecycle }: Terms,
): InquiryDecision {
  return {
    ...endLease(loaded),
    events: [
      {
        ...makeAgentHeader(now),
        type: 'InquiryResolved',
        silent: false,
        closeAt: addSeconds(now, lifecycle.close),
        reopenUntil: addSeconds(now, lifecycle.reopen),
      },
    ],
  };
}

function makeWithdrawal(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const event = { v: 1, at: now, by: byRequester, type: 'InquiryWithdrawn' } as const;
  return { ...endLease(loaded), events: [event] };
}

function makeMerge(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const { id: into, number: intoNumber } = loaded.inquiry;
  return {
    ...endLease(loaded),
    events: [{ ...makeAgentHeader(now), type: 'InquiryMerged', into, intoNumber }],
  };
}

function makeAmendment(random: RandomSource, now: Instant): InquiryDecision {
  return {
    events: [
      { ...makeAgentHeader(now), type: 'InquiryAmended', priority: pickOne(priorities, random) },
    ],
  };
}

function makeReply(now: Instant): InquiryEvent {
  const message = {
    id: 'r',
    kind: 'agent',
    from: {},
    text: '再起動を。',
    attachments: [],
  } as const;
  return { ...makeAgentHeader(now), type: 'ReplyPosted', message: { ...message, attachments: [] } };
}

function makeMessage(
  { inquiry }: LoadedInquiry,
  random: RandomSource,
  now: Instant,
  terms: Terms,
): InquiryDecision {
  const message = { id: 'm', kind: 'requester' as const, from: {}, text: 'まだです。' };
  const isMachine = random() < 0.1;
  const by = isMachine ? ({ kind: 'machine' } as const) : byRequester;
  return {
    events: decideContinuation(
      inquiry,
      { by, message: { ...message, attachments: [] }, effective: !isMachine, joined: [] },
      terms,
      now,
    ),
  };
}

/** A lead's review of a miss that its clock still shows, of the record that was missed first. */
function makeReview(
  { inquiry }: LoadedInquiry,
  random: RandomSource,
  now: Instant,
): InquiryDecision | undefined {
  const missed = inquiry.clocks.find(
    (clock) => clock.breachedAt !== undefined && clock.inherited === undefined,
  );
  if (missed?.judged === undefined || missed.target === undefined) return undefined;
  const { clock, cycle, run, judged } = missed;
  const said = { cause: pickOne(causes, random), party: pickOne(parties, random) };
  return {
    events: [{ ...makeAgentHeader(now), type: 'BreachReviewed', clock, cycle, ...said }],
    verdicts: [
      {
        key: { inquiryId: inquiry.id, clock, cycle, run, judged },
        review: { ...said, by: { sub: agent, name: 'Lead' }, at: now },
      },
    ],
  };
}

function endLease({ lease }: LoadedInquiry): Pick<InquiryDecision, 'lease'> {
  return lease === undefined ? {} : { lease: { change: 'end', fence: lease.fence } };
}

function makeAgentHeader(now: Instant) {
  return { v: 1 as const, at: now, by: byAgent };
}

function pickOne<Of>(list: readonly Of[], random: RandomSource): Of {
  return list[Math.floor(random() * list.length)] as Of;
}
