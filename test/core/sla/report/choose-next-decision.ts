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
import type { Chance } from './random-source.ts';

const agent = Sub.parse('agent');
const priorities: readonly Priority[] = ['critical', 'high', 'medium', 'low'];
const deskIds = ['staff', 'bpo', 'bpo-b', 'far'].map((id) => DeskId.parse(id));
const causes = ['vendor-late', 'wrong-route', 'capacity'];
const parties = ['us', 'vendor', 'requester'] as const;

const byAgent = { kind: 'agent', sub: agent, name: 'Agent', role: 'staff' } as const;
const byRequester = { kind: 'requester', name: 'Requester' } as const;

/** So late that no announcement, which changes no clock, is among the events. */
export function announceAtOf(now: Instant): Instant {
  return addSeconds(now, 90 * 86_400);
}

/** What somebody does next with an inquiry, by chance and its status; `end` when nothing any more. */
export function nextDeed(
  loaded: LoadedInquiry,
  random: Chance,
  now: Instant,
  terms: Terms,
): InquiryDecision | 'end' {
  const { inquiry } = loaded;
  if (random() < 0.1) {
    const review = reviewing(loaded, random, now);
    if (review !== undefined) return review;
  }
  switch (inquiry.status) {
    case 'new':
      return random() < 0.05 ? withdrawing(loaded, now) : routing(random, now);
    case 'queued':
      return fromQueue(loaded, random, now, terms);
    case 'in_progress':
      return fromWork(loaded, random, now, terms);
    case 'waiting':
      return random() < 0.6
        ? messaging(loaded, random, now, terms)
        : { events: [resuming(loaded, now)] };
    case 'resolved':
    case 'closed':
      if (random() < 0.85) return 'end';
      return random() < 0.5
        ? { events: [buildReopenedEvent(inquiry, byAgent, terms, now)] }
        : messaging(loaded, random, now, terms);
    default:
      return 'end';
  }
}

function fromQueue(
  loaded: LoadedInquiry,
  random: Chance,
  now: Instant,
  terms: Terms,
): InquiryDecision {
  const choice = random();
  if (choice < 0.75) return claiming(loaded, now);
  if (choice < 0.81) return transferring(loaded, random, now);
  if (choice < 0.87) return amending(random, now);
  if (choice < 0.9) return withdrawing(loaded, now);
  if (choice < 0.95) return merging(loaded, now);
  return messaging(loaded, random, now, terms);
}

function fromWork(
  loaded: LoadedInquiry,
  random: Chance,
  now: Instant,
  terms: Terms,
): InquiryDecision {
  const choice = random();
  if (choice < 0.2) return { events: [replying(now)] };
  if (choice < 0.3) return waiting(loaded, now);
  if (choice < 0.7) return resolving(loaded, now, terms);
  if (choice < 0.77) return releasing(loaded, now);
  if (choice < 0.83) return transferring(loaded, random, now);
  if (choice < 0.9) return amending(random, now);
  if (choice < 0.93 && loaded.inquiry.unansweredSince !== undefined) {
    return { events: [{ ...agents(now), type: 'NoReplyNeeded' }] };
  }
  return messaging(loaded, random, now, terms);
}

function routing(random: Chance, now: Instant): InquiryDecision {
  const { policy } = pick([{}, { policy: 'continued' }], random) as { policy?: never };
  return {
    events: [
      {
        ...{ v: 1, at: now, by: { kind: 'system', part: 'routing' } },
        type: 'InquiryRouted',
        desk: pick(deskIds, random),
        priority: pick(priorities, random),
        category: 'network',
        ...(policy === undefined ? {} : { policy }),
        tags: [],
        rules: 0,
        trace: [],
        announceAt: announceAtOf(now),
      },
    ],
  };
}

function claiming({ inquiry }: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = inquiry.desk ?? pick(deskIds, () => 0);
  const fence = inquiry.fence + 1;
  // Long enough that some are worked and some are lost.
  const until = addSeconds(now, 43_200);
  return {
    events: [
      {
        ...agents(now),
        type: 'InquiryClaimed',
        ...{ desk, agent, name: 'Agent', fence, leaseUntil: until },
      },
    ],
    lease: { change: 'grant', lease: { agent, desk, fence, until, confirmed: true } },
  };
}

function releasing(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = loaded.inquiry.desk ?? pick(deskIds, () => 0);
  return {
    ...leaseEnd(loaded),
    events: [
      { ...agents(now), type: 'InquiryReleased', agent, desk, announceAt: announceAtOf(now) },
    ],
  };
}

function transferring(loaded: LoadedInquiry, random: Chance, now: Instant): InquiryDecision {
  const others = deskIds.filter((id) => id !== loaded.inquiry.desk);
  const announceAt = announceAtOf(now);
  return {
    ...leaseEnd(loaded),
    events: [
      { ...agents(now), type: 'InquiryTransferred', desk: pick(others, random), announceAt },
    ],
  };
}

function waiting(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const desk = loaded.inquiry.desk ?? pick(deskIds, () => 0);
  return {
    ...leaseEnd(loaded),
    events: [
      {
        ...agents(now),
        type: 'RequesterAwaited',
        ...{ desk, agent, remindAt: addSeconds(now, 259_200), remindAfterSeconds: 259_200 },
      },
    ],
  };
}

function resuming({ inquiry }: LoadedInquiry, now: Instant): InquiryEvent {
  const desk = inquiry.desk ?? pick(deskIds, () => 0);
  const announceAt = announceAtOf(now);
  return { ...agents(now), type: 'InquiryResumed', desk, reason: 'resumed', announceAt };
}

function resolving(loaded: LoadedInquiry, now: Instant, { lifecycle }: Terms): InquiryDecision {
  return {
    ...leaseEnd(loaded),
    events: [
      {
        ...agents(now),
        type: 'InquiryResolved',
        silent: false,
        closeAt: addSeconds(now, lifecycle.close),
        reopenUntil: addSeconds(now, lifecycle.reopen),
      },
    ],
  };
}

function withdrawing(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const event = { v: 1, at: now, by: byRequester, type: 'InquiryWithdrawn' } as const;
  return { ...leaseEnd(loaded), events: [event] };
}

function merging(loaded: LoadedInquiry, now: Instant): InquiryDecision {
  const { id: into, number: intoNumber } = loaded.inquiry;
  return {
    ...leaseEnd(loaded),
    events: [{ ...agents(now), type: 'InquiryMerged', into, intoNumber }],
  };
}

function amending(random: Chance, now: Instant): InquiryDecision {
  return {
    events: [{ ...agents(now), type: 'InquiryAmended', priority: pick(priorities, random) }],
  };
}

function replying(now: Instant): InquiryEvent {
  const message = {
    id: 'r',
    kind: 'agent',
    from: {},
    text: '再起動を。',
    attachments: [],
  } as const;
  return { ...agents(now), type: 'ReplyPosted', message: { ...message, attachments: [] } };
}

function messaging(
  { inquiry }: LoadedInquiry,
  random: Chance,
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

/** A lead's word on a miss that its clock still shows; said of the record that was missed first. */
function reviewing(
  { inquiry }: LoadedInquiry,
  random: Chance,
  now: Instant,
): InquiryDecision | undefined {
  const missed = inquiry.clocks.find(
    (clock) => clock.breachedAt !== undefined && clock.inherited === undefined,
  );
  if (missed?.judged === undefined || missed.target === undefined) return undefined;
  const { clock, cycle, run, judged } = missed;
  const said = { cause: pick(causes, random), party: pick(parties, random) };
  return {
    events: [{ ...agents(now), type: 'BreachReviewed', clock, cycle, ...said }],
    verdicts: [
      {
        key: { inquiryId: inquiry.id, clock, cycle, run, judged },
        review: { ...said, by: { sub: agent, name: 'Lead' }, at: now },
      },
    ],
  };
}

function leaseEnd({ lease }: LoadedInquiry): Pick<InquiryDecision, 'lease'> {
  return lease === undefined ? {} : { lease: { change: 'end', fence: lease.fence } };
}

function agents(now: Instant) {
  return { v: 1 as const, at: now, by: byAgent };
}

function pick<Of>(list: readonly Of[], random: Chance): Of {
  return list[Math.floor(random() * list.length)] as Of;
}
