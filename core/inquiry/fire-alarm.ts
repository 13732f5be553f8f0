import { isClockRunning } from './clock/clock.ts';
import { computeServiceLevelChanges } from './clock/compute-service-level-changes.ts';
import type { InquiryEvent } from './events/events.ts';
import { evolve } from './evolve.ts';
import { computeOwedNotices } from './outbox/notice.ts';
import { type Inquiry, isOpenStatus, type Lease } from './snapshot.ts';
import type { Terms } from './terms/terms.ts';
import type { EventActor } from './values/actor.ts';
import { addSeconds, type Instant, instantOf } from './values/ids.ts';

const alarmActor: EventActor = { kind: 'system', part: 'alarm' };

/** Open inquiries with nothing due are in the alarms index under this instant. */
export const noAlarmAt = '9999-12-31T00:00:00.000Z' as Instant;

/**
 * At most so many items are written by one firing: events, with the notices and verdicts they
 * bring. Together with a reply to all participants they fit into one transaction of 100. The rest
 * fires afterwards.
 */
const alarmItemLimit = 30;

/**
 * The next instant at which time alone changes the inquiry; undefined once it is closed or merged.
 *
 * Every other inquiry has one, at the least `noAlarmAt`, so that the alarms index lists them all.
 */
export function computeAlarmAt(inquiry: Inquiry, lease: Lease | undefined): Instant | undefined {
  const { status, levels: appliedVersions } = inquiry;
  if (status === 'closed' || status === 'merged') return undefined;
  return findEarliest([
    findLifecycleAlarmAt(inquiry, lease) ?? noAlarmAt,
    isOpenStatus(inquiry.status) ? appliedVersions?.reckonAt : undefined,
    ...inquiry.clocks.flatMap(({ warning, missedFrom }) => [warning?.at, missedFrom]),
    ...inquiry.escalations.map(({ steps }) => steps[0]?.at),
  ]);
}

function findEarliest(instants: readonly (Instant | undefined)[]): Instant {
  let first = noAlarmAt;
  for (const instant of instants) if (instant !== undefined && instant < first) first = instant;
  return first;
}

/** The next alarm of the lifecycle itself, whatever the service levels. */
function findLifecycleAlarmAt(inquiry: Inquiry, lease: Lease | undefined): Instant | undefined {
  switch (inquiry.status) {
    case 'new':
    case 'queued':
      return inquiry.availableAt ?? inquiry.announceAt;
    case 'in_progress':
      if (inquiry.holder?.by === 'assignment') {
        return inquiry.holder.offeredUntil as Instant | undefined;
      }
      return lease?.until ?? (inquiry.holder?.since as Instant | undefined);
    case 'waiting':
      return inquiry.remindAt;
    case 'resolved':
      return inquiry.closeAt;
    case 'quarantined':
      return inquiry.quarantine?.ageAt;
    case 'closed':
    case 'merged':
      return undefined;
    default:
      return inquiry.status satisfies never;
  }
}

/**
 * Returns every event that time alone has made due by `now`, in order, each at its own instant.
 *
 * New versions of policies and calendars are applied to the clocks before any alarm that was due
 * since they came into force, so that none fires on an old deadline. Firing early or twice yields
 * nothing. A lease that has meanwhile been prolonged is not lost: the caller reads it together with
 * the inquiry.
 * @returns as many events as one append can take; firing again then yields the rest
 */
export function fireAlarm(
  inquiry: Inquiry,
  lease: Lease | undefined,
  terms: Terms,
  now: Instant,
): InquiryEvent[] {
  const events: InquiryEvent[] = [];
  let current = inquiry;
  let currentLease = lease;
  let items = 0;
  while (items < alarmItemLimit) {
    const bare = findNextEvent(current, currentLease, terms, now);
    if (bare === undefined) break;
    const added = computeServiceLevelChanges(
      current,
      bare,
      evolve(current, bare),
      terms.serviceLevels,
      now,
    );
    const event = { ...bare, ...added };
    const after = evolve(current, event);
    const itemCount =
      1 + computeOwedNotices(current, event, after).length + (event.clocks?.length ?? 0);
    if (events.length > 0 && items + itemCount > alarmItemLimit) break;
    items += itemCount;
    events.push(event);
    current = after;
    if (event.type === 'LeaseLost') currentLease = undefined;
  }
  return events;
}

function findNextEvent(
  inquiry: Inquiry,
  lease: Lease | undefined,
  terms: Terms,
  now: Instant,
): InquiryEvent | undefined {
  const due = computeAlarmAt(inquiry, lease);
  const isDue = due !== undefined && due <= now;
  const update = findServiceLevelUpdate(inquiry, terms, now);
  if (update !== undefined && (!isDue || update.from <= due)) return update.event;
  return isDue ? buildDueEvent(inquiry, lease, terms, due, now) : undefined;
}

/**
 * Finds the event that recomputes the clocks by a version that was recorded since they were
 * computed.
 */
function findServiceLevelUpdate(
  inquiry: Inquiry,
  { serviceLevels }: Terms,
  now: Instant,
): { readonly from: Instant; readonly event: InquiryEvent } | undefined {
  const { levels: appliedVersions } = inquiry;
  // Without applied versions there are no clocks to compute.
  if (appliedVersions === undefined || !isOpenStatus(inquiry.status)) return undefined;
  const update = serviceLevels.findUpdateAfter(appliedVersions);
  if (update === undefined) return undefined;
  const { from, versions } = update;
  const at = update.at < now ? update.at : now;
  return {
    from: from < at ? from : at,
    event: { v: 1, at, by: alarmActor, type: 'ClocksReckoned', mark: versions },
  };
}

function buildDueEvent(
  inquiry: Inquiry,
  lease: Lease | undefined,
  terms: Terms,
  due: Instant,
  now: Instant,
): InquiryEvent | undefined {
  const common = { v: 1 as const, at: due, by: alarmActor };
  const { levels: appliedVersions } = inquiry;
  if (appliedVersions?.reckonAt === due && isOpenStatus(inquiry.status)) {
    return { ...common, type: 'ClocksReckoned', mark: terms.serviceLevels.versionsAt(due) };
  }
  return (
    findDueClockEvent(inquiry, due, now) ??
    findDueEscalationEvent(inquiry, due) ??
    findDueLifecycleEvent(inquiry, lease, terms, due, now)
  );
}

function findDueClockEvent(
  { clocks }: Inquiry,
  due: Instant,
  now: Instant,
): InquiryEvent | undefined {
  const running = clocks.filter(isClockRunning);
  const warning = running.find((clock) => clock.warning?.at === due);
  if (warning?.warning !== undefined && warning.dueAt !== undefined) {
    const { clock, cycle, dueAt } = warning;
    const { percent } = warning.warning;
    return { v: 1, at: due, by: alarmActor, type: 'ClockWarned', clock, cycle, percent, dueAt };
  }
  const missed = running.find((clock) => clock.missedFrom === due);
  if (missed?.dueAt === undefined) return undefined;
  const { clock, cycle, dueAt: breachedAt } = missed;
  return {
    ...{ v: 1, at: breachedAt, by: alarmActor, type: 'ClockBreached' },
    ...{ clock, cycle, breachedAt, detectedAt: now },
  };
}

function findDueEscalationEvent({ escalations }: Inquiry, due: Instant): InquiryEvent | undefined {
  const escalation = escalations.find(({ steps }) => steps[0]?.at === due);
  const [step] = escalation?.steps ?? [];
  if (escalation === undefined || step === undefined) return undefined;
  const { id, reason, clock, cycle, percent, taken } = escalation;
  return {
    ...{ v: 1, at: due, by: alarmActor, type: 'EscalationStepped' },
    escalation: id,
    reason,
    ...(clock === undefined ? {} : { clock }),
    ...(cycle === undefined ? {} : { cycle }),
    ...(percent === undefined ? {} : { percent }),
    step: taken + 1,
    tell: step.tell,
  };
}

function findDueLifecycleEvent(
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
      return buildAnnouncement(inquiry, common, addSeconds(now, wait));
    }
    case 'queued':
      return buildAnnouncement(inquiry, common, addSeconds(now, lifecycle.announceQueued));
    case 'in_progress': {
      const { holder } = inquiry;
      if (holder === undefined) return undefined;
      const announceAt = addSeconds(due, lifecycle.announceQueued);
      const returned = { agent: holder.agent, desk: holder.desk, announceAt };
      return holder.by === 'assignment'
        ? { ...common, type: 'AssignmentDeclined', ...returned, reason: 'unanswered' }
        : { ...common, type: 'LeaseLost', ...returned, fence: lease?.fence ?? holder.fence };
    }
    case 'waiting': {
      if (inquiry.desk === undefined) return undefined;
      if (inquiry.reminded < lifecycle.reminders) {
        const remindAt = addSeconds(due, inquiry.remindAfterSeconds ?? lifecycle.remind);
        return { ...common, type: 'RequesterReminded', count: inquiry.reminded + 1, remindAt };
      }
      const announceAt = addSeconds(due, lifecycle.announceQueued);
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
        ageAt: computeNextAgeAt(due, lifecycle.quarantineAge, now),
      };
    case 'closed':
    case 'merged':
      return undefined;
    default:
      return inquiry.status satisfies never;
  }
}

function buildAnnouncement(
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
function computeNextAgeAt(due: Instant, periodSeconds: number, now: Instant): Instant {
  const behind = Math.max(0, Date.parse(now) - Date.parse(due));
  const periods = Math.floor(behind / (periodSeconds * 1000)) + 1;
  return instantOf(Date.parse(due) + periods * periodSeconds * 1000);
}
