import type { Holder } from './actor.ts';
import type { InquiryEvent, OpeningEvent, Received } from './events.ts';
import type { Address, InquiryId } from './ids.ts';
import type { Party } from './message.ts';
import { type Inquiry, participantLimit } from './snapshot.ts';
import { statusAfter } from './transitions.ts';

const referenceLimit = 10;
const linkLimit = 20;

/** The snapshot that an opening event makes. */
export function begin(id: InquiryId, event: OpeningEvent): Inquiry {
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
  } as const;
  if (event.type === 'InquiryReceived') {
    return { ...blank, ...mutableLists(), ...fromReceived(event.received), status: 'new' };
  }
  return {
    ...blank,
    ...mutableLists(),
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
 * The inquiry after an event: total, and no more than a copy of what the event decided.
 *
 * It judges nothing: whether the event may follow is for `decide` and the table of transitions.
 */
export function evolve(inquiry: Inquiry, event: InquiryEvent): Inquiry {
  const changed = changedBy(inquiry, event);
  return {
    ...changed,
    status: statusAfter(inquiry.status, event.type, changed.desk),
    version: inquiry.version + 1,
  };
}

/** Folds a whole stream, which begins with an opening event; undefined when it does not. */
export function fold(id: InquiryId, events: readonly InquiryEvent[]): Inquiry | undefined {
  const [first, ...rest] = events;
  if (first?.type !== 'InquiryReceived' && first?.type !== 'InquiryQuarantined') return undefined;
  return rest.reduce(evolve, begin(id, first));
}

function changedBy(inquiry: Inquiry, event: InquiryEvent): Inquiry {
  switch (event.type) {
    case 'InquiryReceived':
    case 'InquiryQuarantined':
      return inquiry;
    case 'QuarantineAged':
      return inquiry.quarantine === undefined
        ? inquiry
        : { ...inquiry, quarantine: { ...inquiry.quarantine, ageAt: event.ageAt } };
    case 'InquiryAdmitted': {
      const { quarantine: _, ...admitted } = { ...inquiry, ...fromReceived(event.received) };
      return admitted;
    }
    case 'QuarantineDiscarded':
      return { ...withoutAlarms(inquiry), closedAt: event.at, closedBy: 'discarded' };
    case 'InquiryAnnounced':
      return { ...inquiry, announced: event.attempt, announceAt: event.announceAt };
    case 'InquiryRouted':
      return {
        ...moved(inquiry, event),
        priority: event.priority,
        category: event.category,
        tags: event.tags,
      };
    case 'InquiryClaimed':
    case 'InquiryAssigned':
      return held(inquiry, event);
    case 'AssignmentAccepted': {
      if (inquiry.holder === undefined) return inquiry;
      const { offeredUntil: _, ...holder } = inquiry.holder;
      return { ...inquiry, holder: { ...holder, acceptedAt: event.at } };
    }
    case 'AssignmentDeclined':
    case 'InquiryReleased':
    case 'LeaseLost':
    case 'InquiryResumed':
      return arrived(inquiry, event);
    case 'InquiryTransferred':
      return moved(inquiry, event);
    case 'MessageReceived':
      return {
        ...withMessage(inquiry, event.message.messageId),
        participants: joined(inquiry.participants, event.joined),
      };
    case 'ReplyPosted':
    case 'NotePosted':
      return withMessage(inquiry, event.message.messageId);
    case 'RequesterAwaited':
      return {
        ...withoutAlarms(inquiry),
        remindAt: event.remindAt,
        remindAfterSeconds: event.remindAfterSeconds,
        reminded: 0,
      };
    case 'RequesterReminded':
      return { ...inquiry, reminded: event.count, remindAt: event.remindAt };
    case 'InquiryResolved':
      return {
        ...withoutAlarms(event.message === undefined ? inquiry : withMessage(inquiry, undefined)),
        resolvedAt: event.at,
        resolutions: inquiry.resolutions + 1,
        closeAt: event.closeAt,
        reopenUntil: event.reopenUntil,
      };
    case 'InquiryReopened': {
      const { resolvedAt: _r, closedAt: _c, closedBy: _b, ...open } = arrived(inquiry, event);
      return open;
    }
    case 'InquiryWithdrawn':
      return { ...withoutAlarms(inquiry), closedAt: event.at, closedBy: 'withdrawn' };
    case 'InquiryClosed':
      return { ...withoutAlarms(inquiry), closedAt: event.at };
    case 'InquiryMerged':
      return { ...withoutAlarms(inquiry), mergedInto: event.into };
    case 'InquiryAbsorbed':
      return {
        ...inquiry,
        participants: joined(inquiry.participants, event.joined),
        links: [...new Set([...inquiry.links, event.from])].slice(0, linkLimit),
      };
    case 'InquiryAmended':
      return {
        ...inquiry,
        priority: event.priority ?? inquiry.priority,
        ...(event.category === undefined ? {} : { category: event.category }),
        tags: event.tags ?? inquiry.tags,
        requester: event.requester ?? inquiry.requester,
      };
    case 'DeliveryFailed':
      return event.permanent
        ? { ...inquiry, undeliverable: appended(inquiry.undeliverable, event.address) }
        : inquiry;
    case 'InquiryRated': {
      const rating = { score: event.score, resolution: inquiry.resolutions };
      return {
        ...inquiry,
        rating: event.comment === undefined ? rating : { ...rating, comment: event.comment },
      };
    }
    default:
      return event satisfies never;
  }
}

function mutableLists() {
  return {
    participants: [],
    tags: [],
    vendors: [],
    links: [],
    undeliverable: [],
    references: [],
  };
}

function fromReceived(received: Received) {
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
    references: received.message.messageId === undefined ? [] : [received.message.messageId],
  };
}

/** It waits at a desk, the one named or the one where it was. */
function arrived(
  inquiry: Inquiry,
  event: {
    at: Inquiry['receivedAt'];
    desk?: Inquiry['desk'] | undefined;
    announceAt: Inquiry['receivedAt'];
  },
): Inquiry {
  const desk = event.desk ?? inquiry.desk;
  return {
    ...withoutAlarms(inquiry),
    ...(desk === undefined ? {} : { desk, queuedAt: event.at }),
    announceAt: event.announceAt,
    announced: 0,
  };
}

/** It waits at a desk to which routing or somebody sent it. */
function moved(
  inquiry: Inquiry,
  event: Extract<InquiryEvent, { type: 'InquiryRouted' | 'InquiryTransferred' }>,
): Inquiry {
  const { vendor: _, ...waiting } = arrived(inquiry, event);
  const { vendor } = event;
  if (vendor === undefined) return waiting;
  return { ...waiting, vendor, vendors: [...new Set([...inquiry.vendors, vendor])] };
}

function held(
  inquiry: Inquiry,
  event: Extract<InquiryEvent, { type: 'InquiryClaimed' | 'InquiryAssigned' }>,
): Inquiry {
  const holder: Holder = {
    agent: event.agent,
    name: event.name,
    desk: event.desk,
    ...(event.vendor === undefined ? {} : { vendor: event.vendor }),
    fence: event.fence,
    since: event.at,
    ...(event.type === 'InquiryClaimed'
      ? { by: 'claim' as const }
      : { by: 'assignment' as const, offeredUntil: event.offeredUntil }),
  };
  return { ...withoutAlarms(inquiry), holder, fence: event.fence };
}

/** Nobody holds it and nothing is due: each event that calls for an alarm sets it anew. */
function withoutAlarms(inquiry: Inquiry): Inquiry {
  const {
    holder: _h,
    queuedAt: _q,
    announceAt: _a,
    remindAt: _m,
    remindAfterSeconds: _s,
    closeAt: _c,
    ...rest
  } = inquiry;
  return rest;
}

function withMessage(inquiry: Inquiry, messageId: string | undefined): Inquiry {
  return {
    ...inquiry,
    messages: inquiry.messages + 1,
    references:
      messageId === undefined
        ? inquiry.references
        : [...inquiry.references, messageId].slice(-referenceLimit),
  };
}

function joined(present: readonly Party[], joining: readonly Party[]): Party[] {
  const known = new Set(present.map((party) => party.address));
  return [...present, ...joining.filter((party) => !known.has(party.address))].slice(
    0,
    participantLimit,
  );
}

function appended(addresses: readonly Address[], address: Address): Address[] {
  return [...new Set([...addresses, address])].slice(0, participantLimit);
}
