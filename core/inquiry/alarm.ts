import type { EventActor } from './actor.ts';
import type { InquiryEvent } from './events.ts';
import { evolve } from './evolve.ts';
import { type Instant, instantOf, plusSeconds } from './ids.ts';
import type { Inquiry, Lease } from './snapshot.ts';
import type { Terms } from './terms.ts';

const alarmActor: EventActor = { kind: 'system', part: 'alarm' };

/** Open inquiries without anything due stand in the alarms index under this instant. */
export const noAlarm = '9999-12-31T00:00:00.000Z' as Instant;

/** After so long an outage it makes no difference any more how often something was due meanwhile. */
const ringLimit = 100;

/**
 * The next instant at which time alone changes the inquiry; undefined when it is not open.
 *
 * Every open inquiry has one, `noAlarm` at the least, so that the alarms index lists what is open.
 */
export function alarmAt(inquiry: Inquiry, lease: Lease | undefined): Instant | undefined {
  switch (inquiry.status) {
    case 'new':
    case 'queued':
      return inquiry.announceAt ?? noAlarm;
    case 'in_progress':
      if (inquiry.holder?.by === 'assignment') {
        return (inquiry.holder.offeredUntil as Instant | undefined) ?? noAlarm;
      }
      return lease?.until ?? (inquiry.holder?.since as Instant | undefined) ?? noAlarm;
    case 'waiting':
      return inquiry.remindAt ?? noAlarm;
    case 'resolved':
      return inquiry.closeAt ?? noAlarm;
    case 'quarantined':
      return inquiry.quarantine?.ageAt ?? noAlarm;
    case 'closed':
    case 'merged':
      return undefined;
    default:
      return inquiry.status satisfies never;
  }
}

/**
 * Every event that time alone has made due by `now`, in order, each with its own instant.
 *
 * Ringing early or twice yields nothing. A lease that has meanwhile been prolonged is not lost:
 * the caller reads it together with the inquiry.
 */
export function ring(
  inquiry: Inquiry,
  lease: Lease | undefined,
  terms: Terms,
  now: Instant,
): InquiryEvent[] {
  const events: InquiryEvent[] = [];
  let current = inquiry;
  let living = lease;
  for (let due = alarmAt(current, living); due !== undefined && due <= now; ) {
    const event = dueEvent(current, living, terms, due, now);
    if (event === undefined || events.length === ringLimit) break;
    events.push(event);
    current = evolve(current, event);
    if (event.type === 'LeaseLost') living = undefined;
    due = alarmAt(current, living);
  }
  return events;
}

function dueEvent(
  inquiry: Inquiry,
  lease: Lease | undefined,
  terms: Terms,
  due: Instant,
  now: Instant,
): InquiryEvent | undefined {
  const { lifecycle } = terms;
  const common = { v: 1 as const, at: due, by: alarmActor };
  switch (inquiry.status) {
    case 'new': {
      const wait = Math.min(lifecycle.announce * 2 ** inquiry.announced, lifecycle.announceLimit);
      return announced(inquiry, common, plusSeconds(now, wait));
    }
    case 'queued':
      return announced(inquiry, common, plusSeconds(now, lifecycle.announceQueued));
    case 'in_progress': {
      const { holder } = inquiry;
      if (holder === undefined) return undefined;
      const announceAt = plusSeconds(due, lifecycle.announceQueued);
      const back = { agent: holder.agent, desk: holder.desk, announceAt };
      return holder.by === 'assignment'
        ? { ...common, type: 'AssignmentDeclined', ...back, reason: 'unanswered' }
        : { ...common, type: 'LeaseLost', ...back, fence: lease?.fence ?? holder.fence };
    }
    case 'waiting': {
      if (inquiry.desk === undefined) return undefined;
      if (inquiry.reminded < lifecycle.reminders) {
        const remindAt = plusSeconds(due, inquiry.remindAfterSeconds ?? lifecycle.remind);
        return { ...common, type: 'RequesterReminded', count: inquiry.reminded + 1, remindAt };
      }
      const announceAt = plusSeconds(due, lifecycle.announceQueued);
      return {
        ...common,
        type: 'InquiryResumed',
        desk: inquiry.desk,
        reason: 'no-answer',
        announceAt,
      };
    }
    case 'resolved':
      return { ...common, type: 'InquiryClosed' };
    case 'quarantined':
      return {
        ...common,
        type: 'QuarantineAged',
        ageAt: nextAge(due, lifecycle.quarantineAge, now),
      };
    case 'closed':
    case 'merged':
      return undefined;
    default:
      return inquiry.status satisfies never;
  }
}

function announced(
  inquiry: Inquiry,
  common: { v: 1; at: Instant; by: EventActor },
  announceAt: Instant,
): InquiryEvent {
  return {
    ...common,
    type: 'InquiryAnnounced',
    ...(inquiry.status === 'queued' && inquiry.desk !== undefined ? { desk: inquiry.desk } : {}),
    attempt: inquiry.announced + 1,
    announceAt,
  };
}

/** The next multiple of the period after now, so that an outage makes one reminder and not many. */
function nextAge(due: Instant, periodSeconds: number, now: Instant): Instant {
  const behind = Math.max(0, Date.parse(now) - Date.parse(due));
  const periods = Math.floor(behind / (periodSeconds * 1000)) + 1;
  return instantOf(Date.parse(due) + periods * periodSeconds * 1000);
}
