import type { AcceptedInput, EventOf, InquiryEvent, OpeningEvent } from './events/events.ts';
import {
  assignHolder,
  clearHolderAndAlarms,
  endInquiry,
  moveToDesk,
  queueAtDesk,
} from './evolve-desk.ts';
import { type Inquiry, participantLimit } from './snapshot.ts';
import { addParticipants, addUndeliverable, countMessage } from './snapshot-lists.ts';
import { findNextStatus } from './transitions.ts';
import { recordUnmaskingDecision, recordUnmaskingRequest, retainUnmaskings } from './unmasking.ts';
import type { InquiryId, Instant } from './values/ids.ts';

const linkLimit = 20;

/** Creates the snapshot from the opening event. */
export function createSnapshot(id: InquiryId, event: OpeningEvent): Inquiry {
  const blank = {
    id,
    number: event.number,
    version: 1,
    participants: [],
    priority: 'medium',
    tags: [],
    fence: 0,
    vendors: [],
    announced: 0,
    reminded: 0,
    resolutions: 0,
    links: [],
    undeliverable: [],
    messages: 0,
    references: [],
    clocks: [],
    escalations: [],
  } as const;
  if (event.type === 'InquiryReceived') {
    return withServiceLevels(
      { ...blank, ...createEmptyLists(), ...snapshotFieldsOf(event.received), status: 'new' },
      event,
    );
  }
  return {
    ...blank,
    ...createEmptyLists(),
    status: 'quarantined',
    channel: event.channel,
    automated: false,
    requester: event.sender,
    subject: event.subject,
    language: event.language,
    source: event.source,
    receivedAt: event.receivedAt,
    quarantine: { reason: event.reason, detail: event.detail, ageAt: event.ageAt },
  };
}

/**
 * Applies an event to an inquiry: total, and no more than a copy of what the event decided.
 *
 * Whether the event may follow is for `decide` and the table of transitions.
 */
export function evolve(inquiry: Inquiry, event: InquiryEvent): Inquiry {
  const changed = changeInquiry(inquiry, event);
  return withServiceLevels(
    {
      ...changed,
      status: findNextStatus(inquiry.status, event.type, changed.desk),
      version: inquiry.version + 1,
    },
    event,
  );
}

/** Copies what the event carries: clocks, escalations and the versions they were computed by. */
function withServiceLevels(inquiry: Inquiry, event: InquiryEvent): Inquiry {
  const { clocks, escalations, levels } = event;
  if (clocks === undefined && escalations === undefined && levels === undefined) return inquiry;
  const current = new Map(inquiry.clocks.map((clock) => [clock.clock, clock]));
  for (const clock of clocks ?? []) current.set(clock.clock, clock);
  return {
    ...inquiry,
    clocks: [...current.values()],
    escalations: escalations ?? inquiry.escalations,
    ...(levels === undefined ? {} : { levels }),
  };
}

/** Applies one more event, which opens the inquiry when there is none yet. */
export function applyEvent(
  id: InquiryId,
  inquiry: Inquiry | undefined,
  event: InquiryEvent,
): Inquiry {
  if (inquiry !== undefined) return evolve(inquiry, event);
  if (event.type === 'InquiryReceived' || event.type === 'InquiryQuarantined') {
    return createSnapshot(id, event);
  }
  throw new TypeError(`${event.type} opens no inquiry`);
}

/** Folds a whole stream; undefined when it does not begin with an opening event. */
export function foldEvents(id: InquiryId, events: readonly InquiryEvent[]): Inquiry | undefined {
  const [first, ...rest] = events;
  if (first?.type !== 'InquiryReceived' && first?.type !== 'InquiryQuarantined') return undefined;
  return rest.reduce(evolve, createSnapshot(id, first));
}

function changeInquiry(inquiry: Inquiry, event: InquiryEvent): Inquiry {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryQuarantined':
      return inquiry;
    case 'QuarantineAged':
      return inquiry.quarantine === undefined
        ? inquiry
        : { ...inquiry, quarantine: { ...inquiry.quarantine, ageAt: event.ageAt } };
    case 'InquiryAdmitted': {
      const { quarantine: _, ...admitted } = { ...inquiry, ...snapshotFieldsOf(event.received) };
      return admitted;
    }
    case 'QuarantineDiscarded':
      return { ...clearHolderAndAlarms(inquiry), closedAt: event.at, closedBy: 'discarded' };
    case 'InquiryAnnounced': {
      const { availableAt: _, ...available } = inquiry;
      return { ...available, announced: event.attempt, announceAt: event.announceAt };
    }
    case 'InquiryRouted':
      return {
        ...moveToDesk(inquiry, event),
        ...(event.policy === undefined ? {} : { policy: event.policy }),
        priority: event.priority,
        category: event.category,
        tags: event.tags,
        ...routingFieldsOf(event),
      };
    case 'InquiryClaimed':
    case 'InquiryAssigned':
      return assignHolder(inquiry, event);
    case 'AssignmentAccepted': {
      if (inquiry.holder === undefined) return inquiry;
      const { offeredUntil: _, ...holder } = inquiry.holder;
      return { ...inquiry, holder: { ...holder, acceptedAt: event.at } };
    }
    case 'AssignmentDeclined':
    case 'InquiryReleased':
    case 'LeaseLost':
    case 'InquiryResumed':
      return queueAtDesk(inquiry, event);
    case 'InquiryTransferred':
      return moveToDesk(inquiry, event);
    case 'MessageReceived':
      return {
        ...countMessage(inquiry, event.message.messageId),
        participants: addParticipants(inquiry.participants, event.joined),
        ...(isAwaitingAnswer(inquiry, event)
          ? { unansweredSince: inquiry.unansweredSince ?? event.at }
          : {}),
      };
    case 'ReplyPosted': {
      const posted = countMessage(inquiry, event.message.messageId);
      return event.by.kind === 'agent' ? markAnswered(posted, event.at) : posted;
    }
    case 'NotePosted':
      return countMessage(inquiry, event.message.messageId);
    case 'NobodyFound':
      return { ...inquiry, nobodyAt: inquiry.nobodyAt ?? event.at };
    case 'UnmaskingAsked':
      return { ...inquiry, unmaskings: recordUnmaskingRequest(inquiry.unmaskings ?? [], event) };
    case 'UnmaskingSettled':
      return { ...inquiry, unmaskings: recordUnmaskingDecision(inquiry.unmaskings ?? [], event) };
    case 'NoReplyNeeded': {
      const { unansweredSince: _, ...answeredInquiry } = inquiry;
      return answeredInquiry;
    }
    case 'RequesterAwaited':
      return {
        ...clearHolderAndAlarms(inquiry),
        remindAt: event.remindAt,
        remindAfterSeconds: event.remindAfterSeconds,
        reminded: 0,
      };
    case 'RequesterReminded':
      return { ...inquiry, reminded: event.count, remindAt: event.remindAt };
    case 'InquiryResolved':
      return {
        ...markAnswered(
          clearHolderAndAlarms(
            event.message === undefined ? inquiry : countMessage(inquiry, undefined),
          ),
          event.at,
        ),
        ...(event.byLink === undefined ? {} : { reopensByLink: event.byLink }),
        resolvedAt: event.at,
        resolutions: inquiry.resolutions + 1,
        closeAt: event.closeAt,
        reopenUntil: event.reopenUntil,
      };
    case 'InquiryReopened': {
      const {
        resolvedAt: _r,
        closedAt: _c,
        closedBy: _b,
        reopensByLink: _l,
        ...open
      } = queueAtDesk(inquiry, event);
      return event.by.kind === 'requester' && !inquiry.automated
        ? { ...open, unansweredSince: event.at }
        : open;
    }
    case 'InquiryWithdrawn':
      return { ...endInquiry(inquiry, event.at), closedBy: 'withdrawn' };
    case 'InquiryClosed':
      return endInquiry(inquiry, event.at);
    case 'InquiryMerged':
      return { ...clearHolderAndAlarms(inquiry), mergedInto: event.into };
    case 'InquiryAbsorbed':
      return {
        ...inquiry,
        participants: addParticipants(inquiry.participants, event.joined),
        links: [...new Set([...inquiry.links, event.from])].slice(0, linkLimit),
      };
    case 'InquiryAmended':
      return applyAmendment(inquiry, event);
    case 'DeliveryFailed':
      return event.permanent
        ? { ...inquiry, undeliverable: addUndeliverable(inquiry.undeliverable, event.address) }
        : inquiry;
    case 'InquiryRated': {
      const rating = { score: event.score, resolution: inquiry.resolutions };
      return {
        ...inquiry,
        rating: event.comment === undefined ? rating : { ...rating, comment: event.comment },
      };
    }
    case 'ClocksReckoned':
    case 'ClockWarned':
    case 'ClockBreached':
    case 'EscalationStepped':
    case 'EscalationAcknowledged':
    case 'BreachReviewed':
      return inquiry;
    default:
      return event satisfies never;
  }
}

/**
 * Whether an effective message of the requester's side arrived on an open inquiry that a person
 * opened.
 */
function isAwaitingAnswer(inquiry: Inquiry, event: EventOf<'MessageReceived'>): boolean {
  const { message, by } = event;
  const isOpen = inquiry.status !== 'resolved' && inquiry.status !== 'closed';
  const isEffective =
    message.kind === 'requester' && by.kind === 'requester' && !message.unverified;
  return isOpen && isEffective && !inquiry.automated;
}

function applyAmendment(inquiry: Inquiry, event: EventOf<'InquiryAmended'>): Inquiry {
  const { expedite: previousExpedite, ...rest } = inquiry;
  return {
    ...rest,
    priority: event.priority ?? inquiry.priority,
    ...(event.category === undefined ? {} : { category: event.category }),
    ...(event.service === undefined ? {} : { service: event.service }),
    ...(event.skills === undefined ? {} : { skills: event.skills }),
    ...((event.expedite ?? previousExpedite) === true ? { expedite: true as const } : {}),
    tags: event.tags ?? inquiry.tags,
    requester: event.requester ?? inquiry.requester,
    ...retainUnmaskings(inquiry, event.requester),
  };
}

/** What routing may set, absent where the rules set nothing. */
function routingFieldsOf({ service, skills, expedite, flag }: EventOf<'InquiryRouted'>) {
  return {
    ...(service === undefined ? {} : { service }),
    ...(skills === undefined || skills.length === 0 ? {} : { skills }),
    ...(expedite === undefined ? {} : { expedite }),
    ...(flag === undefined ? {} : { flag }),
  };
}

function markAnswered(inquiry: Inquiry, at: Instant): Inquiry {
  const { unansweredSince: _, ...answeredInquiry } = inquiry;
  return { ...answeredInquiry, respondedAt: inquiry.respondedAt ?? at };
}

function createEmptyLists() {
  return {
    participants: [],
    tags: [],
    vendors: [],
    links: [],
    undeliverable: [],
    references: [],
    clocks: [],
    escalations: [],
  };
}

function snapshotFieldsOf(received: AcceptedInput) {
  return {
    channel: received.channel,
    automated: received.automated,
    requester: received.requester,
    participants: received.participants.slice(0, participantLimit),
    subject: received.subject,
    language: received.language,
    ...(received.priority === undefined ? {} : { priority: received.priority }),
    source: received.source,
    receivedAt: received.receivedAt,
    ...(received.call === undefined ? {} : { call: received.call }),
    links: received.links,
    announceAt: received.announceAt,
    announced: 0,
    messages: 1,
    ...responseFieldsOf(received),
    references: received.message.messageId === undefined ? [] : [received.message.messageId],
  };
}

/** An inquiry from a person awaits an answer, unless it was answered on the call. */
function responseFieldsOf({ automated, call, receivedAt }: AcceptedInput) {
  if (automated) return {};
  if (call !== undefined && call.outcome !== 'open') return { respondedAt: call.startedAt };
  return { unansweredSince: receivedAt };
}
