import type { InquiryEvent } from './events/events.ts';
import type { Inquiry } from './snapshot.ts';
import type { Terms } from './terms/terms.ts';
import type { EventActor } from './values/actor.ts';
import { addSeconds, type Instant } from './values/ids.ts';
import type { Correspondent, Message } from './values/message.ts';
import type { SourceFacts } from './values/vocabulary.ts';

/** A message that continues the thread of an inquiry. */
export type InquiryContinuation = {
  readonly by: EventActor;
  readonly message: Message;
  /**
   * Whether it may resume or reopen the inquiry: a requester's or participant's may, a machine's
   * may not.
   */
  readonly effective: boolean;
  readonly joined: readonly Correspondent[];
  readonly source?: SourceFacts;
};

/**
 * Whether a message can still be added: not to a merged or quarantined inquiry, nor long after its
 * resolution.
 */
export function isOpenToMessages(inquiry: Inquiry, now: Instant): boolean {
  if (inquiry.status === 'merged' || inquiry.status === 'quarantined') return false;
  return inquiry.status !== 'closed' || (inquiry.reopenUntil ?? '') >= now;
}

/**
 * Decides the events of an incoming message: it is received and, if effective, resumes a waiting
 * inquiry and reopens a resolved or recently closed one, unless only the link may reopen it.
 */
export function decideContinuation(
  inquiry: Inquiry,
  continuation: InquiryContinuation,
  terms: Terms,
  now: Instant,
): InquiryEvent[] {
  const { by, message, effective, joined, source } = continuation;
  const common = { v: 1 as const, at: now, by };
  const received: InquiryEvent = {
    ...common,
    type: 'MessageReceived',
    message,
    joined: [...joined],
    ...(source === undefined ? {} : { source }),
  };
  if (!effective || inquiry.reopensByLink) return [received];
  const announceAt = addSeconds(now, terms.lifecycle.announceQueued);
  if (inquiry.status === 'waiting' && inquiry.desk !== undefined) {
    const { desk } = inquiry;
    return [
      received,
      { ...common, type: 'InquiryResumed', desk, reason: 'requester-replied', announceAt },
    ];
  }
  if (inquiry.status === 'resolved' || inquiry.status === 'closed') {
    return [received, buildReopenedEvent(inquiry, by, terms, now)];
  }
  return [received];
}

/** The event that reopens an inquiry at its desk, or for routing when it never had one. */
export function buildReopenedEvent(
  inquiry: Inquiry,
  by: EventActor,
  terms: Terms,
  now: Instant,
  reason?: string,
): InquiryEvent {
  const { desk, policy } = inquiry;
  const { announce, announceQueued } = terms.lifecycle;
  const { reopen } = terms.serviceLevels.findPolicy(
    terms.serviceLevels.versionsAt(now).policies,
    policy,
  );
  return {
    v: 1,
    at: now,
    by,
    type: 'InquiryReopened',
    ...(desk === undefined ? {} : { desk }),
    ...(reason === undefined ? {} : { reason }),
    ...(reopen === 'continue' ? { continues: true as const } : {}),
    announceAt: addSeconds(now, desk === undefined ? announce : announceQueued),
  };
}
